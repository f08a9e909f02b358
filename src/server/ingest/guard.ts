import { SignalingError, show } from '../../common/errors.js'
import { digestOf, isSameDigest } from '../../common/token.js'
import { readBearer } from '../access/credential.js'
import { isOfAnotherOrigin } from '../access/same-origin.js'
import type { AccessRequest } from '../access/types.js'
import type { IngestSettings } from './settings.js'

/** How a request came: `loopback`, only this machine can reach the server; `own-server`, another one let it through. */
export type Way = 'loopback' | 'own-server' | 'anywhere'

/** Headers that a proxy adds: the sender is somewhere else then, also when the proxy is on loopback. */
export const OF_PROXIES = ['forwarded', 'x-forwarded-for', 'via']

/** Throws `SignalingError` (403) when images are not taken over HTTP at all. */
export function checkTaken(settings: IngestSettings | undefined): asserts settings is IngestSettings {
  if (!settings)
    throw new SignalingError(
      403,
      'images are not taken over HTTP; to take them: createServer({ ingest: true }), or pixelcast serve --ingest',
    )
}

/**
 * Whether the sender of a request may send images where the right to publish is not asked for: see `Access`. Throws
 * `SignalingError` (403).
 *
 * Programs of this machine may send, and no page: a page of any origin can make the browser of whoever opens it POST
 * to 127.0.0.1, without asking (CSRF). Browsers say so: in Origin, which every POST and PUT of a page has, and in
 * Sec-Fetch-Site. An own web server knows who else may send.
 */
export function checkSender(headers: Headers, way: Way): void {
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

/**
 * Before anybody is asked about it: without a token what a page of another origin sends is refused. The application may
 * go by what the browser brings along by itself, such as an address or a cookie of its own (CSRF). Throws
 * `SignalingError` (403).
 */
export function checkPage(request: AccessRequest): void {
  const { authorization, origin, 'sec-fetch-site': site } = request.headers
  if (readBearer(authorization) !== undefined || !isOfAnotherOrigin(request)) return
  throw new SignalingError(
    403,
    `Origin: expected none, or this server's own, got ${show(origin ?? site)}: pages of other origins may send ` +
      'images only with a token',
  )
}

/** RFC 6750 §2.1 and §3. Throws `SignalingError` (401). */
export function checkToken(authorization: string | null, token: string): void {
  const given = /^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
  if (given !== undefined && isSameDigest(digestOf(given), digestOf(token))) return
  const expected = 'Authorization: expected Bearer and a token of this server'
  const why = authorization === null ? '' : ', error="invalid_token"'
  throw new SignalingError(401, `${expected}, got ${authorization === null ? 'none' : 'something else'}`, {
    'WWW-Authenticate': `Bearer realm="pixelcast"${why}`,
  })
}
