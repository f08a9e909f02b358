import { createHash, timingSafeEqual } from 'node:crypto'
import { SignalingError, show } from '../../common/errors.js'
import type { IngestSettings } from './settings.js'

/** How a request came: `loopback`, only this machine can reach the server; `own-server`, another one let it through. */
export type Way = 'loopback' | 'own-server' | 'anywhere'

/** Headers that a proxy adds: the sender is somewhere else then, also when the proxy is on loopback. */
export const OF_PROXIES = ['forwarded', 'x-forwarded-for', 'via']

/**
 * Whether the sender of a request may send images. Throws `SignalingError` (401, 403).
 *
 * With a token it has to be shown, and nothing else matters: no browser sends an Authorization header of
 * this kind by itself, so that a page which sends it was given the token. Without one, programs of this
 * machine may send, and no page: a page of any origin can make the browser of whoever opens it POST to
 * 127.0.0.1, without asking (CSRF). Browsers say so: in Origin, which every POST and PUT of a page has, and
 * in Sec-Fetch-Site. An own web server knows who else may send.
 */
export function checkSender(
  headers: Headers,
  settings: IngestSettings | undefined,
  way: Way,
): asserts settings is IngestSettings {
  if (!settings)
    throw new SignalingError(
      403,
      'images are not taken over HTTP; to take them: createServer({ ingest: true }), or pixelcast serve --ingest',
    )
  if (settings.token !== undefined) {
    checkToken(headers.get('authorization'), settings.token)
    return
  }
  const page = headers.get('origin') ?? headers.get('sec-fetch-site')
  if (page !== null)
    throw new SignalingError(
      403,
      `Origin: expected none, got ${show(page)}: pages may send images only with a token (the option ingest.token)`,
    )
  if (way === 'own-server') return
  const proxy = OF_PROXIES.find((name) => headers.has(name))
  if (way === 'anywhere' || proxy !== undefined)
    throw new SignalingError(
      403,
      'images from other machines are taken only with a token: createServer({ ingest: { token } }), or ' +
        'pixelcast serve --ingest --ingest-token TOKEN; then send Authorization: Bearer TOKEN' +
        (proxy === undefined ? '' : ` (the header ${proxy} says that the request came through a proxy)`),
    )
}

/** RFC 6750 §2.1 and §3. Throws `SignalingError` (401). */
export function checkToken(authorization: string | null, token: string): void {
  const given = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
  if (given !== undefined && isSame(given, token)) return
  const expected = 'Authorization: expected Bearer and the token of this server'
  const why = authorization === null ? '' : ', error="invalid_token"'
  throw new SignalingError(401, `${expected}, got ${authorization === null ? 'none' : 'something else'}`, {
    'WWW-Authenticate': `Bearer realm="pixelcast"${why}`,
  })
}

/** In a time that tells nothing about the token, not even its length. */
function isSame(given: string, token: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(given), hash(token))
}
