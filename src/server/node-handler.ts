import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { show } from '../common/errors.js'
import { problem, problemOf } from './problem.js'

/** What web frameworks hang on a request. */
type FrameworkRequest = IncomingMessage & {
  /** Express: the URL before the mount path was cut off. */
  originalUrl?: string
  /** A body parser's result. */
  body?: unknown
  rawBody?: unknown
}

/**
 * Makes `(req, res)` of a fetch handler, for Express (also under a mount path), Fastify (`request.raw`,
 * `reply.raw` after `reply.hijack()`), Connect and plain `node:http`. A body that a parser has consumed is
 * taken from `req.body` when it is still text or bytes. Never throws.
 */
export function toNodeHandler(
  fetch: (
    request: Request,
    incoming: IncomingMessage,
    outgoing: ServerResponse,
  ) => Response | Promise<Response>,
): (request: IncomingMessage, response: ServerResponse) => void {
  const listener = getRequestListener(
    async (request, bindings) => {
      const incoming = bindings.incoming as FrameworkRequest
      const outgoing = bindings.outgoing as ServerResponse
      // The adapter does not look at all of it, and whoever reads the URL later would throw.
      if (!URL.canParse(request.url))
        return problem(400, `Host: expected a name or an address, got ${show(incoming.headers.host)}`)
      return redirectToFolder(incoming) ?? lostBody(incoming) ?? (await fetch(request, incoming, outgoing))
    },
    {
      // The application's own Request and Response stay as they are.
      overrideGlobalObjects: false,
      // A request of HTTP/1.0 has no Host, and the name is of no importance to the routes.
      hostname: 'localhost',
      errorHandler: (error) =>
        error instanceof Error && error.name === 'RequestError'
          ? problem(400, error.message)
          : problemOf(error),
    },
  )
  return (request, response) => {
    restoreBody(request)
    listener(request, response).catch(() => response.destroy())
  }
}

/** The adapter reads `rawBody` instead of the stream, which has run dry. */
function restoreBody(request: FrameworkRequest): void {
  const { body } = request
  if (request.rawBody !== undefined || !request.readableDidRead) return
  if (typeof body === 'string') request.rawBody = Buffer.from(body)
  else if (body instanceof Uint8Array) request.rawBody = Buffer.from(body)
}

/** A parser that made an object of the body leaves nothing to restore it from. */
function lostBody(request: FrameworkRequest): Response | undefined {
  const { headers, readableDidRead, rawBody } = request
  const hadBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined
  if (!hadBody || !readableDidRead || Buffer.isBuffer(rawBody)) return undefined
  return problem(
    500,
    'a body parser consumed the body before this handler: mount the handler before it, ' +
      "or let it leave text, as express.text({ type: 'application/*' }) does",
  )
}

/**
 * Mounted at `/cam`, the index page has to be asked for as `/cam/`, or its relative links would miss the
 * mount path.
 */
function redirectToFolder({ originalUrl, url, method }: FrameworkRequest): Response | undefined {
  if (originalUrl === undefined || (method !== 'GET' && method !== 'HEAD')) return undefined
  const [path = '', query] = originalUrl.split('?')
  if (url?.split('?')[0] !== '/' || path.endsWith('/')) return undefined
  const folder = path.slice(path.lastIndexOf('/') + 1)
  return new Response(null, {
    status: 307,
    headers: { Location: `${folder}/${query === undefined ? '' : `?${query}`}` },
  })
}
