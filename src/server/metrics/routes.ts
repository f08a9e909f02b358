import { SignalingError } from '../../common/errors.js'
import { readBearer } from '../access/credential.js'
import { accessRequest } from '../access/request.js'
import type { AccessRequest } from '../access/types.js'
import type { WrongTokens } from '../access/wrong-tokens.js'
import { checkToken, OF_PROXIES } from '../ingest/guard.js'
import { type App, resource } from '../routing.js'

/** Where the numbers come from. */
export interface MetricsPage {
  readonly contentType: string
  render(): Promise<string>
}

export interface MetricsRoute {
  /** Undefined: nothing is told here. */
  readonly page: MetricsPage | undefined
  /** What who asks has to show. */
  readonly token: string | undefined
  /** Without a token: whoever gets here may ask. */
  readonly isOpen: boolean
  /** Slows down who tries tokens. */
  readonly wrongTokens: WrongTokens
}

/** `GET /metrics`, in the text format of Prometheus. */
export function addMetrics(app: App, { page, token, isOpen, wrongTokens }: MetricsRoute): void {
  resource(app, '/metrics', {
    GET: async (context) => {
      if (!page)
        throw new SignalingError(
          404,
          'metrics are not told here; to tell them: createServer({ metrics: true }), or pixelcast serve --metrics-port 9090',
        )
      const { headers } = context.req.raw
      if (token !== undefined) checkTried(accessRequest(context), token, wrongTokens)
      else if (!context.env?.forwarded) checkNeighbour(headers, isOpen)
      return new Response(await page.render(), {
        headers: { 'Content-Type': page.contentType, 'Cache-Control': 'no-store' },
      })
    },
  })
}

/** Throws `SignalingError` (401, 429). */
function checkTried({ headers, address }: AccessRequest, token: string, wrongTokens: WrongTokens): void {
  const bearer = readBearer(headers.authorization)
  const trial = bearer === undefined ? undefined : wrongTokens.begin(address, bearer)
  try {
    checkToken(headers.authorization ?? null, token)
    trial?.right()
  } catch (error) {
    trial?.wrong()
    throw error
  }
}

/**
 * Without a token: programs of this machine, and who opens the address by hand. A page of another site could make
 * the browser ask; it is refused although it could not read the answer. Throws `SignalingError` (403).
 */
function checkNeighbour(headers: Headers, isOpen: boolean): void {
  const site = headers.get('sec-fetch-site') ?? 'none'
  if (headers.has('origin') || (site !== 'none' && site !== 'same-origin'))
    throw new SignalingError(403, 'Origin: expected none: pages are told metrics only with a token')
  const proxy = OF_PROXIES.find((name) => headers.has(name))
  if (isOpen && proxy === undefined) return
  throw new SignalingError(
    403,
    'other machines are told metrics only with a token: createServer({ metrics: { token } }), or on a port of their ' +
      `own: { metrics: { port } }${proxy === undefined ? '' : ` (the header ${proxy} says that the request came through a proxy)`}`,
  )
}
