import type { ServerMessage, ViewerMessage } from '../common/channel-protocol.js'
import type { SocketViewerMessage } from '../common/socket-protocol.js'
import { ClockSync } from './clock.js'
import { CHECK_INTERVAL_MS, Liveness, PING_INTERVAL_MS } from './liveness.js'

/** The first pings follow each other closely, so that the clocks agree before the first statistics. */
const FIRST_PINGS_MS = [40, 80, 160, 320]
/** A network that does not carry away what is sent: what can be done without is left out beyond this, bytes. */
const BUSY_BYTES = 16_384

export interface ChannelHandlers {
  message(message: ServerMessage): void
  /** Pings go unanswered; `dead` is the last word, `suspect` comes before it and may come often. */
  silence(state: 'suspect' | 'dead'): void
  closed(): void
}

/** What carries the messages: a data channel or a WebSocket. */
export interface Pipe {
  readonly bufferedAmount: number
  readonly isOpen: boolean
  send(text: string): void
}

/** The messages of one session, over whatever carries them; pings and what they tell. */
export class Channel {
  readonly clock = new ClockSync()
  readonly #pipe: Pipe
  readonly #handlers: ChannelHandlers
  readonly #timers: ReturnType<typeof setTimeout>[] = []
  #liveness = new Liveness(performance.now())
  #nextPing = 0
  #nextId = 1
  #opened = false
  #stopped = false

  constructor(pipe: Pipe, handlers: ChannelHandlers) {
    this.#pipe = pipe
    this.#handlers = handlers
  }

  /** Of a data channel, whose events it takes. */
  static over(channel: RTCDataChannel, handlers: ChannelHandlers): Channel {
    const pipe: Pipe = {
      get bufferedAmount() {
        return channel.bufferedAmount
      },
      get isOpen() {
        return channel.readyState === 'open'
      },
      send: (text) => channel.send(text),
    }
    const made = new Channel(pipe, handlers)
    channel.onopen = () => made.opened()
    channel.onmessage = (event: MessageEvent<unknown>) => void made.receive(event.data)
    // A plain WHEP server refuses the channel; only one that was open says something by closing.
    channel.onclose = () => {
      if (made.#opened && !made.#stopped) handlers.closed()
    }
    return made
  }

  /** Whether sending lags behind. */
  get busy(): boolean {
    return this.#pipe.bufferedAmount > BUSY_BYTES
  }

  /** Sends a message; false when the channel is not open. */
  send(message: ViewerMessage | SocketViewerMessage): boolean {
    if (this.#stopped || !this.#pipe.isOpen) return false
    this.#pipe.send(JSON.stringify(message))
    return true
  }

  /** Stops timers and events; whoever has what carries it closes that. */
  stop(): void {
    this.#stopped = true
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.length = 0
  }

  /** The pipe is open: pings begin. */
  opened(): void {
    this.#opened = true
    this.#liveness = new Liveness(performance.now())
    for (const delay of FIRST_PINGS_MS) this.#timers.push(setTimeout(() => this.#ping(), delay))
    this.#tick()
  }

  #tick(): void {
    const now = performance.now()
    const state = this.#liveness.check(now)
    if (state !== 'alive') this.#handlers.silence(state)
    if (this.#stopped) return
    if (now >= this.#nextPing) {
      this.#nextPing = now + PING_INTERVAL_MS
      this.#ping()
    }
    this.#timers[0] = setTimeout(() => this.#tick(), CHECK_INTERVAL_MS)
  }

  #ping(): void {
    const at = performance.now()
    if (this.send({ t: 'ping', id: this.#nextId++, at })) this.#liveness.pinged(at)
  }

  /** Takes a message as it came. Notes about frames are given back to the caller and told to nobody. */
  receive(data: unknown): ServerMessage | undefined {
    if (this.#stopped) return undefined
    this.#liveness.heard(performance.now())
    const message = parse(data)
    if (!message || message.t === 'meta' || message.t === 'again') return message
    if (message.t === 'pong') this.clock.add(message.at, performance.now(), message.clock)
    this.#handlers.message(message)
    return message
  }

  /** Something else came from the server. */
  heard(): void {
    this.#liveness.heard(performance.now())
  }
}

/** A message of a kind this viewer does not know (a newer server) is passed over. */
function parse(data: unknown): ServerMessage | undefined {
  if (typeof data !== 'string') return undefined
  try {
    const value: unknown = JSON.parse(data)
    return typeof value === 'object' && value !== null && 't' in value ? (value as ServerMessage) : undefined
  } catch {
    return undefined
  }
}
