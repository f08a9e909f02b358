import type { ServerMessage, ViewerMessage } from '../common/channel-protocol.js'
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

/** The data channel `pixelcast` of one session: messages, pings and what they tell. */
export class Channel {
  readonly clock = new ClockSync()
  readonly #channel: RTCDataChannel
  readonly #handlers: ChannelHandlers
  readonly #timers: ReturnType<typeof setTimeout>[] = []
  #liveness = new Liveness(performance.now())
  #nextPing = 0
  #nextId = 1
  #opened = false
  #stopped = false

  constructor(channel: RTCDataChannel, handlers: ChannelHandlers) {
    this.#channel = channel
    this.#handlers = handlers
    channel.onopen = () => this.#open()
    channel.onmessage = (event: MessageEvent<unknown>) => this.#receive(event.data)
    // A plain WHEP server refuses the channel; only one that was open says something by closing.
    channel.onclose = () => {
      if (this.#opened && !this.#stopped) handlers.closed()
    }
  }

  /** Whether sending lags behind. */
  get busy(): boolean {
    return this.#channel.bufferedAmount > BUSY_BYTES
  }

  /** Sends a message; false when the channel is not open. */
  send(message: ViewerMessage): boolean {
    if (this.#channel.readyState !== 'open') return false
    this.#channel.send(JSON.stringify(message))
    return true
  }

  /** Stops timers and events; the peer connection closes the channel itself. */
  stop(): void {
    this.#stopped = true
    this.#channel.onopen = this.#channel.onmessage = this.#channel.onclose = null
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.length = 0
  }

  #open(): void {
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

  #receive(data: unknown): void {
    this.#liveness.heard(performance.now())
    const message = parse(data)
    if (!message) return
    if (message.t === 'pong') this.clock.add(message.at, performance.now(), message.clock)
    this.#handlers.message(message)
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
