/** The token of a link that ends with `#token=…`. Not as in a form: there a plus is a space. */
export function tokenOf(hash: string): string | undefined {
  const text = /^#(?:.*&)?token=([^&]*)/.exec(hash)?.[1]
  if (!text) return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The same of the page's address, where it is then no more: not in the history, and not on somebody's screenshot. */
export function takeToken(): string | undefined {
  const token = tokenOf(location.hash)
  if (token !== undefined) history.replaceState(history.state, '', location.pathname + location.search)
  return token
}
