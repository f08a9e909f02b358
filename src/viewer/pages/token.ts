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
