import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { MessageChannel } from 'node:worker_threads'
import { problemOf } from '../server/problem.js'
import { answerRaw } from '../server/socket/raw-answer.js'
import { createAccept, refuseRequest, refuseSession, sessionOf } from '../server/socket/upgrade.js'
import type { EngineThread } from './engine-thread.js'
import { bridge } from './port-pipe.js'

/**
 * Takes WebSockets that came to the application's own web server: each lives in the application's thread, and its
 * messages go to the engine's and back.
 */
export class Upgrades {
  readonly #accept = createAccept()

  constructor(
    private readonly thread: EngineThread,
    /** The server's number in the engine; another one when it had to be opened again. */
    private readonly server: () => number,
    private readonly cors: readonly string[] | '*' | undefined,
  ) {}

  /** @returns false, and does nothing, when the request is not for the WebSocket of a session */
  handle(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const session = sessionOf(request.url)
    if (session === undefined) return false
    // Until somebody else listens: a connection that breaks off must not end the process.
    const onError = () => socket.destroy()
    socket.on('error', onError)
    this.#take(session, request, socket, head)
      .catch((error: unknown) => answerRaw(socket, problemOf(error)))
      .catch(() => socket.destroy())
      .finally(() => socket.off('error', onError))
    return true
  }

  async #take(session: string, request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const refusal =
      refuseRequest(request, this.cors) ??
      refuseSession(await this.thread.call('socketState', { server: this.server(), session }))
    if (refusal) return answerRaw(socket, refusal)
    this.#accept(request, socket, head, (pipe) => {
      const { port1, port2 } = new MessageChannel()
      bridge(pipe, port1)
      this.thread
        .call('attachSocket', { server: this.server(), session, port: port2 }, [port2])
        .catch(() => pipe.close('the session has ended'))
    })
  }
}
