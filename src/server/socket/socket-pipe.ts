import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import type { MessagePipe, PipeEvents } from '../../engine/api.js'
import { StrayMeter } from './stray-meter.js'

/** How often the other end is asked whether it is there … */
const PING_INTERVAL_MS = 3_000
/** … and how long nothing need come from it, ms. */
const SILENCE_MS = 10_000
/** How long the other end may take to confirm the end, ms. */
const CLOSING_MS = 1_000
/** RFC 6455 §7.4.1: the server goes away, or the session does. */
const GOING_AWAY = 1001
/** Of a close frame's reason, bytes (RFC 6455 §5.5). */
const MAX_REASON_BYTES = 123

/** A WebSocket as the engine's pipe. Nothing of it throws, and nothing keeps the process alive. */
export class SocketPipe implements MessagePipe {
  #events: PipeEvents | undefined
  #isOver = false
  #heardAt = performance.now()
  readonly #strays = new StrayMeter()
  readonly #pinger: NodeJS.Timeout

  /** @param socket below the WebSocket */
  constructor(
    private readonly webSocket: WebSocket,
    private readonly socket: Duplex,
  ) {
    webSocket.on('message', (data, isBinary) => {
      this.#heardAt = performance.now()
      const bytes = data as Buffer
      this.#strays.made(bytes.length, this.#heardAt)
      if (!this.#isOver) this.#events?.onMessage(isBinary ? undefined : bytes.toString(), bytes.length)
    })
    webSocket.on('pong', () => {
      this.#heardAt = performance.now()
    })
    webSocket.on('close', (code) => this.#end(code === 1006 ? 'the connection broke off' : 'the viewer left'))
    // Malformed frames, messages that are too large, a connection that was reset: `close` follows.
    webSocket.on('error', () => {})
    // Before the WebSocket reads them, and after it: only then is it known which of them were messages.
    socket.prependListener('data', (chunk: Buffer) => this.#strays.came(chunk.length, performance.now()))
    socket.on('data', () => {
      if (this.#strays.isTooMuch(performance.now())) this.#cutOff('the viewer sent too many control frames')
    })
    this.#pinger = setInterval(() => this.#ping(), PING_INTERVAL_MS)
    this.#pinger.unref()
  }

  get buffered(): number {
    return this.webSocket.bufferedAmount
  }

  sendText(text: string): void {
    if (this.#canSend) this.webSocket.send(text, ignoreError)
  }

  sendBytes(head: Uint8Array, body: Uint8Array): void {
    if (!this.#canSend) return
    // Two fragments of one message: nothing is copied. In one piece for the system, and the network.
    this.socket.cork()
    this.webSocket.send(head, { binary: true, fin: false }, ignoreError)
    this.webSocket.send(body, { binary: true, fin: true }, ignoreError)
    this.socket.uncork()
  }

  listen(events: PipeEvents): void {
    this.#events = events
  }

  close(reason: string): void {
    if (this.#isOver) return
    this.#over()
    // Whole characters, as many as there is room for.
    const text = Buffer.alloc(MAX_REASON_BYTES)
    const { written } = new TextEncoder().encodeInto(reason, text)
    this.webSocket.close(GOING_AWAY, text.subarray(0, written))
    setTimeout(() => this.webSocket.terminate(), CLOSING_MS).unref()
  }

  get #canSend(): boolean {
    return !this.#isOver && this.webSocket.readyState === this.webSocket.OPEN
  }

  #ping(): void {
    if (performance.now() - this.#heardAt > SILENCE_MS) this.#cutOff('nothing was heard for 10 s')
    else this.webSocket.ping(undefined, false, ignoreError)
  }

  #cutOff(reason: string): void {
    this.webSocket.terminate()
    this.#end(reason)
  }

  #over(): void {
    this.#isOver = true
    clearInterval(this.#pinger)
  }

  #end(reason: string): void {
    if (this.#isOver) return
    this.#over()
    this.#events?.onClose(reason)
  }
}

/** The socket may go down at any time; `close` tells. */
function ignoreError(): void {}
