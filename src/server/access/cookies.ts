import { parse, serialize } from 'hono/utils/cookie'
import type { AccessRequest } from './types.js'

/** A browser sends no more than some of these, of pages that were opened in the last days. */
const MOST_COOKIES = 20

const PREFIX = 'pixelcast-'

/** The secrets in the cookies of a request, as many as can be of this server's making. */
export function readCookies({ headers }: Pick<AccessRequest, 'headers'>): string[] {
  if (!headers.cookie?.includes(PREFIX)) return []
  return Object.entries(parse(headers.cookie))
    .filter(([name, value]) => name.startsWith(PREFIX) && value !== '')
    .slice(0, MOST_COOKIES)
    .map(([, value]) => value)
}

/**
 * Browsers do not tell ports apart, so the port is part of the name, or two servers on one machine would overwrite
 * each other's. One that a ticket was redeemed for has a name of its own and leaves others as they are.
 *
 * There is no Path: a browser then takes the folder of the address that sets it, and that is where this server is
 * mounted, whatever a proxy or another web server has put in front of it. So it has to be set by `access` alone.
 *
 * @param maxAge seconds; 0 removes it
 */
export function cookie(
  request: AccessRequest,
  secret: string,
  { maxAge, own }: { readonly maxAge: number; readonly own?: string },
): string {
  return serialize(`${PREFIX}${portOf(request)}${own === undefined ? '' : `-${own}`}`, secret, {
    httpOnly: true,
    sameSite: 'Strict',
    secure: isSecure(request),
    maxAge,
  })
}

function portOf({ url, headers }: AccessRequest): string {
  const host = headers.host ?? new URL(url).host
  return /:(\d{1,5})$/.exec(host)?.[1] ?? 'web'
}

/** Whether the browser speaks HTTPS, also when that ends at a proxy. Who claims it falsely gets a cookie of no use. */
function isSecure({ url, headers }: AccessRequest): boolean {
  return (
    url.startsWith('https:') ||
    headers.origin?.startsWith('https:') === true ||
    headers['x-forwarded-proto']?.split(',')[0]?.trim() === 'https'
  )
}
