import {
  createServer as createHttpServer,
  type RequestListener,
  type Server,
  type ServerOptions,
} from 'node:http'
import { createServer as createHttpsServer, type Server as SecureServer } from 'node:https'
import type { Duplex } from 'node:stream'
import { ListenError } from '../common/errors.js'
import { readCertificate, type TlsFiles, watchCertificate } from './certificate.js'
import { IncomingBody } from './incoming-body.js'
import { toNodeHandler } from './node-handler.js'
import type { App } from './routing.js'
import { PixelcastRequest } from './socket/incoming.js'
import type { Upgrade } from './socket/upgrade.js'

export interface ListenOptions {
  /** Address or name to listen on. */
  readonly host: string
  /** 0..65535; 0 takes any free port. */
  readonly port: number
  /** HTTPS instead of HTTP, with this certificate; new ones are taken when the files change. */
  readonly tls?: TlsFiles | undefined
  /** Takes requests for a WebSocket. Default: they are answered as any other. */
  readonly upgrade?: Upgrade | undefined
  /** A renewed certificate is in use. */
  readonly onCertificate?: (() => void) | undefined
  /** Something failed that ends nothing: a renewed certificate that cannot be used. */
  readonly onError?: ((error: unknown) => void) | undefined
}

export interface Listening {
  readonly host: string
  /** The port that was taken. */
  readonly port: number
  /** Ends every connection at once, also those that wait for a next request. Idempotent. */
  close(): Promise<void>
}

/**
 * Request line and headers have to be here by then, and so has the TLS handshake before them: a connection that dawdles
 * is of no use to a viewer.
 */
const HEADERS_TIMEOUT_MS = 10_000
/** A page polls about once a second; longer than most proxies keep theirs would be wrong as well. */
const KEEP_ALIVE_TIMEOUT_MS = 10_000

/** How often Node looks for connections that are over their time. */
const TIMEOUT_CHECK_MS = 2_000

/**
 * Opens the HTTP port. Throws `ListenError` when that is not possible, saying what to do about it, and
 * `OptionError` for a certificate that cannot be used.
 */
export async function listen(app: App, listenOptions: ListenOptions): Promise<Listening> {
  const { host, port, tls, upgrade, onCertificate, onError } = listenOptions
  const options = {
    IncomingMessage: PixelcastRequest,
    headersTimeout: HEADERS_TIMEOUT_MS,
    // Node's limit holds for all requests, and a stream of images has no end: see IncomingBody.
    requestTimeout: 0,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_MS,
  }
  const handler = toNodeHandler((request, incoming, outgoing) =>
    app.fetch(request, {
      body: new IncomingBody(incoming, outgoing),
      address: incoming.socket.remoteAddress,
    }),
  )
  const { server, unwatch } = tls
    ? await secureServer(tls, options, handler, { onCertificate, onError })
    : { server: createHttpServer(options, handler), unwatch: () => {} }
  // Without a listener Node asks for the body before anybody has looked at the headers.
  server.on('checkContinue', handler)
  if (upgrade) server.on('upgrade', upgrade)
  const sockets = keepSockets(server)
  try {
    await open(server, host, port)
  } catch (error) {
    unwatch()
    throw error
  }
  // A connection that cannot be accepted (out of file handles) is an event of its own, and without a
  // listener it would end the thread. Malformed HTTP needs none: Node answers 400 and hangs up.
  server.on('error', () => {})
  const address = server.address()
  let closing: Promise<void> | undefined
  return {
    host,
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => {
      unwatch()
      closing ??= new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
        // Not among those before the first byte of HTTP: a handshake that dawdles would hold this up.
        for (const socket of sockets) socket.destroy()
      })
      return closing
    },
  }
}

async function secureServer(
  files: TlsFiles,
  options: ServerOptions<typeof PixelcastRequest>,
  handler: RequestListener,
  { onCertificate, onError = () => {} }: Pick<ListenOptions, 'onCertificate' | 'onError'>,
) {
  const current = await readCertificate(files)
  const server = createHttpsServer({ ...options, handshakeTimeout: HEADERS_TIMEOUT_MS, ...current }, handler)
  const unwatch = watchCertificate(
    files,
    (certificate) => {
      server.setSecureContext(certificate)
      onCertificate?.()
    },
    onError,
  )
  return { server, unwatch }
}

/** The connections that are open, from their first moment; below TLS, if there is any. */
function keepSockets(server: Server | SecureServer): ReadonlySet<Duplex> {
  const sockets = new Set<Duplex>()
  server.on('connection', (socket: Duplex) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  return sockets
}

function open(server: Server | SecureServer, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) =>
      reject(new ListenError(explain(error, host, port), error.code, { cause: error }))
    server.once('error', onError)
    server.listen({ host, port }, () => {
      server.off('error', onError)
      resolve()
    })
  })
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is taken: stop the program that uses it, or choose another port (0 takes any free one)`
    case 'EACCES':
      return `port ${port} on ${host} is not permitted: ports below 1024 need privileges, choose a higher one`
    case 'EADDRNOTAVAIL':
      return `this machine has no address ${host}: choose one of its own, 127.0.0.1 for this machine only, 0.0.0.0 for all`
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `${host} is not the name of an address: choose 127.0.0.1 for this machine only, 0.0.0.0 for all`
    default:
      return `cannot listen on port ${port} of ${host}: ${error.message}`
  }
}
