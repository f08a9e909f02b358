import type { IncomingMessage, ServerResponse } from 'node:http'
import type { BodyControl, ReadBody } from './routing.js'

/** The whole body has to be here by then, at most 128 KiB of it, unless its route has a limit of its own. */
const BODY_TIMEOUT_MS = 20_000
/** What Node itself says in this case; the response may be half written by another. */
const TIMEOUT_ANSWER = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n'

/** The body of a request, and the time that it has, which Node can limit for all requests alike only. */
export class IncomingBody implements BodyControl {
  readonly #incoming: IncomingMessage
  readonly #outgoing: ServerResponse
  readonly #timer: NodeJS.Timeout | undefined
  #accepted = false

  constructor(incoming: IncomingMessage, outgoing: ServerResponse, timeout = BODY_TIMEOUT_MS) {
    this.#incoming = incoming
    this.#outgoing = outgoing
    const { headers } = incoming
    const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined
    if (!hasBody || incoming.complete) return
    this.#timer = setTimeout(() => this.#expire(), timeout)
    incoming.once('close', () => clearTimeout(this.#timer))
  }

  accept(): void {
    if (this.#accepted || this.#incoming.headers.expect?.toLowerCase() !== '100-continue') return
    this.#accepted = true
    if (!this.#outgoing.headersSent) this.#outgoing.writeContinue()
  }

  takeTime(): void {
    clearTimeout(this.#timer)
  }

  readonly read: ReadBody = (onChunk, onEnd) => {
    const incoming = this.#incoming
    const onOver = () => onEnd()
    const onBroken = () => onEnd(incoming.errored ?? new Error('the client has left'))
    // what is left is for the adapter to throw away, or to hang up on
    let pause: NodeJS.Timeout | undefined
    const resume = () => {
      pause = undefined
      incoming.resume()
    }
    const onData = (chunk: Uint8Array) => {
      const wait = onChunk(chunk)
      if (wait <= 0 || pause) return
      incoming.pause()
      pause = setTimeout(resume, wait)
    }
    const stop = () => {
      incoming.off('data', onData).off('end', onOver).off('error', onBroken).off('close', onBroken)
      if (!pause) return
      clearTimeout(pause)
      resume()
    }
    incoming.on('end', onOver).on('error', onBroken).on('close', onBroken).on('data', onData)
    if (incoming.destroyed) onBroken()
    return stop
  }

  #expire(): void {
    const { socket, complete } = this.#incoming
    if (complete || socket.destroyed) return
    if (!this.#outgoing.headersSent) socket.write(TIMEOUT_ANSWER)
    socket.destroySoon()
  }
}
