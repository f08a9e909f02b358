import { Hono } from 'hono'
import { cors } from 'hono/cors'
import type { EngineApi } from '../engine/api.js'
import { Access, type AccessRule } from './access/access.js'
import { addAccess } from './access/routes.js'
import type { WrongTokens } from './access/wrong-tokens.js'
import { hostGuard } from './host-guard.js'
import { addIngest } from './ingest/routes.js'
import type { IngestGate, IngestSettings } from './ingest/settings.js'
import { hostName, isLoopback } from './loopback.js'
import { addMetrics, type MetricsPage } from './metrics/routes.js'
import { type AnsweredRequest, observe } from './observe.js'
import { addPages } from './pages.js'
import { asPlainText, isProblem, problem, problemOf } from './problem.js'
import { addReadiness } from './readiness.js'
import { AddressReader, type TrustProxy } from './requester.js'
import type { App, ServerEnv } from './routing.js'
import { addTracks } from './tracks.js'
import { addWhep } from './whep.js'

export interface AppOptions {
  /**
   * The address that the server listens on. On loopback, requests have to name loopback or an IP address
   * in Host (DNS rebinding); default: no such check.
   */
  readonly host?: string
  /** Further names that Host may have on loopback, without port; `*` for any. */
  readonly allowedHosts?: readonly string[]
  /** Origins whose pages may use WHEP and read the JSON routes, or `*` for all. Default: none. */
  readonly cors?: readonly string[] | '*'
  /** Requests for a WebSocket get to the engine (`createUpgrade`), so that sessions can be begun for one. Default false. */
  readonly sockets?: boolean
  /** Heading of the index page; default `pixelcast`. */
  readonly title?: string
  /** Folder of the built viewer, with `pages/index.html` in it; default: the package's own. */
  readonly viewerDirectory?: string
  /** How images are taken over HTTP, and where they go. Default: not at all. */
  readonly ingest?: { readonly settings: IngestSettings; readonly gate: IngestGate }
  /** Longest body of a request that is no image, bytes; default 131,072. */
  readonly bodyBytes?: number
  /** Proxies that are believed where a request comes from; default: none. */
  readonly trustProxy?: TrustProxy
  /** Metrics at `/metrics`. With `token` undefined only for programs of this machine, when the server is on loopback. */
  readonly metrics?: { readonly page: MetricsPage; readonly token: string | undefined }
  /** Called with every request when it was answered. `wantsDetail`: with the text of errors. */
  readonly observer?: {
    readonly onRequest: (request: AnsweredRequest) => void
    readonly wantsDetail: boolean
  }
  /** Who may do what. Default: nothing is asked for. */
  readonly access?: Access
  /** Called with what was thrown when a request is answered 500. */
  readonly onError?: (error: unknown) => void
}

/** Without ingest nobody comes so far. */
const NO_GATE: IngestGate = { track: () => undefined, createTrack: async () => {}, report: () => {} }

/**
 * The HTTP side of an engine: pages, WHEP, snapshots, ingest, health. Sees nothing of the engine but
 * `EngineApi`, knows nothing of sockets or threads. It never rejects a request with an exception: what goes
 * wrong is a problem answer (RFC 9457).
 */
export function createApp(engine: EngineApi, options: AppOptions = {}): App {
  const access = options.access ?? new Access()
  return build(options, access, (app) => {
    addPages(app, access, () => engine.tracks().map(({ name }) => name), options)
    addAccess(app, engine, access)
    addTracks(app, engine, access)
    addReadiness(app, engine)
    addMetrics(app, {
      page: options.metrics?.page,
      token: options.metrics?.token,
      isOpen: isPrivate(options),
      wrongTokens: access.wrongTokens,
    })
    addIngestTo(app, access, options)
    addWhep(app, engine, { ...options, access })
  })
}

/** Metrics alone, for a port of their own: whoever reaches it may ask. */
export function createMetricsApp(
  page: MetricsPage,
  options: Pick<AppOptions, 'trustProxy'> & {
    readonly host: string
    readonly token: string | undefined
    /** Slows down who tries tokens. Default: nothing does. */
    readonly wrongTokens?: WrongTokens
  },
): App {
  const access = new Access()
  const { token, wrongTokens = access.wrongTokens } = options
  return build(options, access, (app) => addMetrics(app, { page, token, wrongTokens, isOpen: true }))
}

/** The routes of the ingest alone, for requests that came through the application's own web server. */
export function createIngestApp(options: Omit<AppOptions, 'access'>, access: AccessRule = new Access()): App {
  return build(options, access, (app) => addIngestTo(app, access, options))
}

function build(options: AppOptions, access: AccessRule, addRoutes: (app: App) => void): App {
  const app: App = new Hono<ServerEnv>()
  const { cors: origins, observer } = options

  if (observer) app.use(observe(observer.onRequest, observer.wantsDetail))
  // Pages of another site cannot show a snapshot in an <img> either, unless everyone may; nor can those of another
  // port, where it takes a cookie.
  const forAll = origins === '*' ? 'cross-origin' : 'same-site'
  const resourcePolicy = access.isAsked('view') ? 'same-origin' : forAll
  app.use(async (context, next) => {
    await next()
    if (isProblem(context.res) && context.req.header('accept')?.includes('text/html'))
      context.res = await asPlainText(context.res)
    const { headers } = context.res
    headers.set('X-Content-Type-Options', 'nosniff')
    headers.set('Referrer-Policy', 'no-referrer')
    headers.set('Cross-Origin-Resource-Policy', resourcePolicy)
  })
  const addresses = new AddressReader(options.trustProxy)
  app.use(async (context, next) => {
    context.set('address', addresses.read(context.env?.address, context.req.header('x-forwarded-for')))
    await next()
  })
  app.use(hostGuard(options.host, options.allowedHosts))
  if (origins !== undefined)
    allowOrigins(app, origins, options.ingest !== undefined && access.isAsked('publish'))

  addRoutes(app)

  app.notFound(({ req }) => problem(404, `there is nothing at ${req.path.slice(0, 200)}`))
  app.onError((error) => {
    const response = problemOf(error)
    if (response.status === 500) options.onError?.(error)
    return response
  })
  return app
}

/** Only this machine can reach the server. */
function isPrivate({ host }: AppOptions): boolean {
  return host !== undefined && isLoopback(hostName(host))
}

function addIngestTo(app: App, access: AccessRule, options: AppOptions): void {
  const { ingest } = options
  addIngest(app, {
    settings: ingest?.settings,
    gate: ingest?.gate ?? NO_GATE,
    access,
    isPrivate: isPrivate(options),
  })
}

/**
 * No credentials: a cookie is for the server's own pages, and bearer tokens need no permission of their own.
 *
 * @param withPut pages may send images; they have to show the token
 */
function allowOrigins(app: App, origins: readonly string[] | '*', withPut: boolean): void {
  const middleware = cors({
    origin: origins === '*' ? '*' : [...origins],
    allowMethods: ['GET', 'HEAD', 'POST', ...(withPut ? ['PUT'] : []), 'PATCH', 'DELETE'],
    allowHeaders: ['Content-Type', 'If-Match', 'Authorization'],
    exposeHeaders: ['Location', 'Link', 'ETag', 'Retry-After'],
    maxAge: 600,
  })
  // Around the middleware, which answers a preflight by itself.
  app.use('/whep/:name', async (context, next) => {
    await next()
    if (context.req.method === 'OPTIONS') context.res.headers.set('Accept-Post', 'application/sdp')
  })
  app.use(async (context, next) => {
    // An OPTIONS request without this header is not a preflight but a question to the resource itself.
    const preflight = context.req.header('access-control-request-method') !== undefined
    if (context.req.method !== 'OPTIONS' || preflight) return middleware(context, next)
    await next()
  })
}
