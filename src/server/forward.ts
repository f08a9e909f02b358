import { MAX_SDP_BYTES } from '../signaling/index.js'
import { readBody } from './body.js'
import { problemOf } from './problem.js'
import type { App } from './routing.js'

export { toNodeHandler } from './node-handler.js'

/** A request as plain data, to be posted to another thread. */
export interface SerializedRequest {
  readonly method: string
  /** Absolute. */
  readonly url: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: Uint8Array<ArrayBuffer>
  /** Of whoever is at the other end of its connection; undefined: not known. */
  readonly address?: string | undefined
  /** Requests for a WebSocket would get here as well. Default false. */
  readonly sockets?: boolean
}

/** A response as plain data. */
export interface SerializedResponse {
  readonly status: number
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: Uint8Array<ArrayBuffer>
}

/** RFC 9110 §6.4.1, and what the constructor of Response refuses a body for. */
const WITHOUT_BODY = new Set([101, 204, 205, 304])

/**
 * Turns a request into plain data; with a body over `limit` bytes (default 128 KiB), or one that breaks
 * off, into the response that says so. Never rejects.
 */
export async function serializeRequest(
  request: Request,
  limit: number = MAX_SDP_BYTES,
): Promise<SerializedRequest | Response> {
  try {
    const { method, url } = request
    const body = await readBody(request, limit)
    return { method, url, headers: [...request.headers], ...(body.byteLength > 0 && { body }) }
  } catch (error) {
    return problemOf(error)
  }
}

/**
 * Lets the app answer a request that came through the application's own web server. Host is not checked:
 * that is for the server in front, which knows its names. Never rejects.
 */
export async function runSerialized(app: App, serialized: SerializedRequest): Promise<SerializedResponse> {
  let response: Response
  try {
    const { method, url, body } = serialized
    const hasBody = body !== undefined && method !== 'GET' && method !== 'HEAD'
    const headers = serialized.headers.map(([name, value]): [string, string] => [name, value])
    const request = new Request(url, { method, headers, ...(hasBody && { body }) })
    const { address, sockets = false } = serialized
    response = await app.fetch(request, { forwarded: true, address, sockets })
  } catch (error) {
    response = problemOf(error)
  }
  const body = response.body ? new Uint8Array(await response.arrayBuffer()) : undefined
  return { status: response.status, headers: [...response.headers], ...(body && { body }) }
}

export function toResponse({ status, headers, body }: SerializedResponse): Response {
  return new Response(body === undefined || WITHOUT_BODY.has(status) ? null : body, {
    status,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
  })
}
