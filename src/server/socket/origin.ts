import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a page may open a WebSocket here. Browsers do not ask before (no CORS), but say where the page is from: it has
 * to be from this server, or from one that the option `cors` names. What sends no Origin is no page.
 *
 * A proxy may have changed Host, and TLS may end there; so only names and ports are compared, and what the proxy says
 * of the first Host counts as well: a page cannot set these headers.
 */
export function isOriginAllowed(
  headers: IncomingHttpHeaders,
  origins: readonly string[] | '*' | undefined,
): boolean {
  const { origin, host } = headers
  if (origin === undefined || origins === '*' || origins?.includes(origin)) return true
  const own = [host, first(headers['x-forwarded-host']), forwardedHost(first(headers.forwarded))]
  try {
    const page = new URL(origin)
    return own.some((name) => name !== undefined && page.host === new URL(`${page.protocol}//${name}`).host)
  } catch {
    return false // `null`: a page from nowhere
  }
}

function first(header: string | string[] | undefined): string | undefined {
  return (Array.isArray(header) ? header[0] : header)?.split(',')[0]?.trim()
}

/** RFC 7239 §4. */
function forwardedHost(forwarded: string | undefined): string | undefined {
  return forwarded && /(?:^|;)\s*host="?([^";]+)"?/i.exec(forwarded)?.[1]
}
