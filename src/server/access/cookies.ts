import { parse, serialize } from 'hono/utils/cookie'
import type { AccessRequest } from './types.js'

/** More are not looked at; Node takes headers of 16 kB, which is fewer. */
const MOST_COOKIES = 500
/** In one answer: proxies take headers of a few kB. */
const MOST_REMOVED = 20

const PREFIX = 'pixelcast-'

/** A cookie as it came. */
export interface ReadCookie {
  readonly name: string
  readonly secret: string
}

/** The cookies of a request that can be of this server's making. Browsers send first what was set first. */
export function readCookies({ headers }: Pick<AccessRequest, 'headers'>): ReadCookie[] {
  if (!headers.cookie?.includes(PREFIX)) return []
  return Object.entries(parse(headers.cookie))
    .filter(([name, value]) => name.startsWith(PREFIX) && value !== '')
    .slice(-MOST_COOKIES)
    .map(([name, secret]) => ({ name, secret }))
}

/** Takes cookies away again, as far as they have the name of one of this server's. */
export function removeCookies(request: AccessRequest, cookies: readonly ReadCookie[]): string[] {
  const own = nameOf(request)
  return cookies
    .filter(({ name }) => name === own || name.startsWith(`${own}-`))
    .slice(0, MOST_REMOVED)
    .map(({ name }) => serialize(name, '', { ...rulesOf(request), maxAge: 0 }))
}

/**
 * Browsers do not tell ports apart, so the port is part of the name, or two servers on one machine would overwrite
 * each other's. One that a ticket was redeemed for has a name of its own and leaves others as they are.
 *
 * There is no Path: a browser then takes the folder of the address that sets it, and that is where this server is
 * mounted, whatever a proxy or another web server has put in front of it. So it has to be set by `access` alone.
 *
 * @param maxAge seconds
 */
export function cookie(
  request: AccessRequest,
  secret: string,
  { maxAge, own }: { readonly maxAge: number; readonly own?: string },
): string {
  return serialize(own === undefined ? nameOf(request) : `${nameOf(request)}-${own}`, secret, {
    ...rulesOf(request),
    maxAge,
  })
}

function rulesOf(request: AccessRequest) {
  return { httpOnly: true, sameSite: 'Strict', secure: isSecure(request) } as const
}

function nameOf({ url, headers }: AccessRequest): string {
  const host = headers.host ?? new URL(url).host
  return `${PREFIX}${/:(\d{1,5})$/.exec(host)?.[1] ?? 'web'}`
}

/** Whether the browser speaks HTTPS, also when that ends at a proxy. Who claims it falsely gets a cookie of no use. */
function isSecure({ url, headers }: AccessRequest): boolean {
  return (
    url.startsWith('https:') ||
    headers.origin?.startsWith('https:') === true ||
    headers['x-forwarded-proto']?.split(',')[0]?.trim() === 'https'
  )
}
