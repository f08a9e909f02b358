import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { SignalingError } from '../common/errors.js'
import { serializeRequest, toNodeHandler, toResponse } from '../server/forward.js'
import { problemOf } from '../server/problem.js'
import type { EngineThread } from './engine-thread.js'
import type { Ingest } from './ingest.js'
import type { ServerSettings } from './messages.js'
import type { Restarts } from './restarts.js'
import { Upgrades } from './upgrades.js'

export interface OwnWebServerParts {
  readonly settings: Pick<ServerSettings, 'upgrades' | 'cors'>
  readonly thread: EngineThread
  readonly ingest: Ingest
  readonly restarts: Restarts
  /** Longest body that goes to the engine thread, bytes. */
  readonly bodyBytes: number
  /** The server's number in the engine thread. */
  server(): number
}

/** The routes of a server for requests that come through the application's own web server, in its thread. */
export class OwnWebServer {
  readonly #upgrades: Upgrades

  constructor(private readonly parts: OwnWebServerParts) {
    this.#upgrades = new Upgrades(parts.thread, parts.server, parts.settings.cors)
  }

  readonly nodeHandler: (request: IncomingMessage, response: ServerResponse) => void = toNodeHandler(
    (request, { socket }) => this.answer(request, socket.remoteAddress),
  )

  /** @returns false, having done nothing, when the request is for something else than a session's WebSocket */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    return this.#upgrades.handle(request, socket, head)
  }

  /** @param address where the request comes from, if that is known */
  async answer(request: Request, address?: string): Promise<Response> {
    const { thread, ingest, restarts, bodyBytes, settings } = this.parts
    const answer = ingest.fetch(request, address)
    if (answer) return answer
    const serialized = await serializeRequest(request, bodyBytes)
    if (serialized instanceof Response) return serialized
    try {
      const request = { ...serialized, address, sockets: settings.upgrades }
      const response = await restarts.whenOpen(() =>
        thread.call('request', { server: this.parts.server(), request }),
      )
      return toResponse(response)
    } catch (error) {
      if (error instanceof SignalingError) return problemOf(error)
      throw error
    }
  }
}
