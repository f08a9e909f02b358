import { SignalingError } from '../../common/errors.js'
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
}

/** `GET /metrics`, in the text format of Prometheus. */
export function addMetrics(app: App, { page, token, isOpen }: MetricsRoute): void {
  resource(app, '/metrics', {
    GET: async (context) => {
      if (!page)
        throw new SignalingError(
          404,
          'metrics are not told here; to tell them: createServer({ metrics: true }), or pixelcast serve --metrics-port 9090',
        )
      const { headers } = context.req.raw
      if (token !== undefined) checkToken(headers.get('authorization'), token)
      else if (!context.env?.forwarded) checkNeighbour(headers, isOpen)
      return new Response(await page.render(), {
        headers: { 'Content-Type': page.contentType, 'Cache-Control': 'no-store' },
      })
    },
  })
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
