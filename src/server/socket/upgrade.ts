import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { SOCKET_PROTOCOL } from '../../common/socket-protocol.js'
import type { EngineApi, MessagePipe, SocketState } from '../../engine/api.js'
import { hostCheck } from '../host-guard.js'
import { problem, problemOf } from '../problem.js'
import { isOriginAllowed } from './origin.js'
import { answerRaw } from './raw-answer.js'
import { SocketPipe } from './socket-pipe.js'
import { MAX_MESSAGE_BYTES } from './stray-meter.js'

export interface UpgradeOptions {
  /** As in `AppOptions`. */
  readonly host?: string | undefined
  readonly allowedHosts?: readonly string[] | undefined
  readonly cors?: readonly string[] | '*' | undefined
}

export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** The ends of the path that sessions have their WebSockets at, whatever a server in front has put before it. */
const SOCKET_PATH = /\/whep\/sessions\/([^/]+)\/socket$/

/** Of a request for an upgrade: the session that it is for, if any. */
export function sessionOf(url: string | undefined): string | undefined {
  const [path = ''] = (url ?? '').split('?')
  const segment = SOCKET_PATH.exec(path)?.[1]
  try {
    return segment && decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** Takes the WebSockets of sessions that were begun for one (see common/socket-protocol.ts). Never throws. */
export function createUpgrade(engine: EngineApi, options: UpgradeOptions = {}): Upgrade {
  const refusesHost = hostCheck(options.host, options.allowedHosts)
  const accept = createAccept()
  return (request, socket, head) => {
    const answer = (response: Response) => void answerRaw(socket, response).catch(() => socket.destroy())
    try {
      const session = sessionOf(request.url)
      const refusal =
        refusesHost(request.headers.host ?? '') ??
        refuseRequest(request, options.cors) ??
        (session === undefined ? nothingHere(request.url) : refuseSession(engine.socketState(session)))
      if (refusal || session === undefined) return answer(refusal ?? nothingHere(request.url))
      accept(request, socket, head, (pipe) => {
        if (!engine.attachSocket(session, pipe)) pipe.close('the session has ended')
      })
    } catch (error) {
      answer(problemOf(error))
    }
  }
}

/** Makes pipes of upgrades that were found good; what is wrong with the handshake itself is answered. */
export function createAccept() {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: () => SOCKET_PROTOCOL,
  })
  return (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    onPipe: (pipe: MessagePipe) => void,
  ): void =>
    server.handleUpgrade(request, socket, head, (webSocket: WebSocket) =>
      onPipe(new SocketPipe(webSocket, socket)),
    )
}

/** What can be told without the session. */
export function refuseRequest(
  { headers, method }: IncomingMessage,
  cors: readonly string[] | '*' | undefined,
): Response | undefined {
  if (method !== 'GET') return problem(405, `${method} cannot be upgraded; allowed: GET`, { Allow: 'GET' })
  if (!isOriginAllowed(headers, cors))
    return problem(
      403,
      `Origin: pages of ${JSON.stringify(String(headers.origin).slice(0, 100))} may not watch; the option cors names those that may. ` +
        'Behind a proxy, let it pass Host on, or X-Forwarded-Host',
    )
  const protocols = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  if (!protocols.includes(SOCKET_PROTOCOL))
    return problem(
      400,
      `Sec-WebSocket-Protocol: expected ${SOCKET_PROTOCOL}, got ${protocols.join(', ') || 'none'}`,
    )
  return undefined
}

function nothingHere(url: string | undefined): Response {
  return problem(404, `there is no WebSocket at ${String(url).slice(0, 200)}`)
}

/** What is told of a session that cannot have a WebSocket now. */
export function refuseSession(state: SocketState): Response | undefined {
  switch (state) {
    case 'none':
      return problem(404, 'there is no such session (any more)')
    case 'other':
      return problem(409, 'this session goes over WebRTC, and has no WebSocket')
    case 'taken':
      return problem(409, 'this session has its WebSocket: a session has one')
    case 'awaited':
      return undefined
  }
}
