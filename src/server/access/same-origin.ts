import type { AccessRequest } from './types.js'

/** What of a request says where it comes from. */
export type Origins = Pick<AccessRequest, 'method' | 'url' | 'headers'>

/**
 * Whether a browser says that a page of another origin made this request. Another port is another origin, although
 * cookies, even with SameSite=Strict, go there as well.
 *
 * Sec-Fetch-Site is sent to HTTPS and to loopback alone. Without it Origin tells, which every request of a page has
 * that changes something, opens a WebSocket or could read the answer across origins. A program sends neither.
 */
export function isOfAnotherOrigin({ url, headers }: Origins): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined) return site !== 'same-origin' && site !== 'none'
  const { origin } = headers
  if (origin === undefined) return false
  try {
    return new URL(origin).host !== (headers.host ?? new URL(url).host)
  } catch {
    return true // `null`, of a sandboxed page
  }
}

/**
 * Whether a cookie counts that came with this request. A page of another origin must not make use of it, neither to
 * change something nor to look; a link on such a page may, since what it leads to is seen by the person alone.
 */
export function cookieCounts(request: Origins): boolean {
  const isReading = request.method === 'GET' || request.method === 'HEAD'
  if (isOfAnotherOrigin(request)) return isReading && request.headers['sec-fetch-mode'] === 'navigate'
  // No page of today sends one without either header: who does is no browser, and has no use for a cookie.
  const { 'sec-fetch-site': site, origin } = request.headers
  return isReading || site !== undefined || origin !== undefined
}
