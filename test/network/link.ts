import { seeded } from '../support/random.js'

/** What a link does to packets; times in ms, rates in bits per second, shares 0..1. */
export interface LinkConditions {
  /** One way. Default 0. */
  readonly delay: number
  /** Each packet's delay differs by up to this, either way. Default 0. */
  readonly jitter: number
  /** Packets may overtake each other through jitter; else a late one holds up those behind it. Default false. */
  readonly reorder: boolean
  /** Share of packets that get lost. Default 0. */
  readonly loss: number
  /** Mean number of packets lost in a row; 1 is random loss. Default 1. */
  readonly burst: number
  /** Default: no limit. */
  readonly rate: number
  /** What may wait for its turn, ms at `rate`; more is dropped. Default 300. */
  readonly queue: number
}

const PERFECT: LinkConditions = {
  delay: 0,
  jitter: 0,
  reorder: false,
  loss: 0,
  burst: 1,
  rate: Number.POSITIVE_INFINITY,
  queue: 300,
}

interface Waiting<T> {
  readonly packet: T
  /** Bytes that have not gone yet. */
  left: number
}

interface OnItsWay<T> {
  readonly packet: T
  readonly at: number
}

/**
 * One direction of a network: loss first, then a queue before a bottleneck, then the way. Pure: runs in
 * whatever time it is given, simulated or real.
 */
export class Link<T> {
  #conditions: LinkConditions
  readonly #random: () => number
  readonly #queue: Waiting<T>[] = []
  #queuedBytes = 0
  /** Sorted by time of arrival. */
  readonly #way: OnItsWay<T>[] = []
  #now = 0
  #lastArrival = 0
  #isLosing = false
  #lost = 0
  #dropped = 0

  constructor(seed: number, conditions: Partial<LinkConditions> = {}) {
    this.#random = seeded(seed)
    this.#conditions = { ...PERFECT, ...conditions }
  }

  get conditions(): LinkConditions {
    return this.#conditions
  }

  /** Packets lost on the way, and packets for which the queue had no room. */
  get stats(): { readonly lost: number; readonly dropped: number } {
    return { lost: this.#lost, dropped: this.#dropped }
  }

  /** How long a packet sent now would wait, ms. */
  get queueDelay(): number {
    return this.#queuedBytes === 0 ? 0 : (this.#queuedBytes * 8000) / this.#conditions.rate
  }

  /** Changes conditions; what is on its way is not affected, what waits is. */
  change(conditions: Partial<LinkConditions>, now: number): void {
    this.#advance(now)
    this.#conditions = { ...this.#conditions, ...conditions }
  }

  send(packet: T, bytes: number, now: number): void {
    this.#advance(now)
    const { rate, queue } = this.#conditions
    if (this.#loses()) {
      this.#lost++
      return
    }
    if (rate === Number.POSITIVE_INFINITY) {
      this.#depart(packet, now)
      return
    }
    // One packet always has room, or a slow link with a short queue would pass nothing.
    if (this.#queuedBytes > 0 && ((this.#queuedBytes + bytes) * 8000) / rate > queue) {
      this.#dropped++
      return
    }
    this.#queue.push({ packet, left: bytes })
    this.#queuedBytes += bytes
  }

  /** Packets that have arrived by now, in order. */
  receive(now: number): { readonly packet: T; readonly at: number }[] {
    this.#advance(now)
    let count = 0
    while (count < this.#way.length && this.#way[count]!.at <= now) count++
    return this.#way.splice(0, count)
  }

  /** When something happens next, ms; undefined: never, unless something is sent. */
  get nextAt(): number | undefined {
    const arrival = this.#way[0]?.at
    const head = this.#queue[0]
    if (!head) return arrival
    const departure = this.#now + (head.left * 8000) / this.#conditions.rate
    return Math.min(arrival ?? Number.POSITIVE_INFINITY, departure)
  }

  /** Lets the bottleneck work until `now`. */
  #advance(now: number): void {
    const { rate } = this.#conditions
    while (this.#queue.length > 0) {
      const head = this.#queue[0]!
      const done = this.#now + (head.left * 8000) / rate
      if (done > now) {
        const bytes = Math.max(0, ((now - this.#now) * rate) / 8000)
        head.left -= bytes
        this.#queuedBytes -= bytes
        break
      }
      this.#queuedBytes -= head.left
      this.#queue.shift()
      this.#now = done
      this.#depart(head.packet, done)
    }
    if (this.#queue.length === 0) this.#queuedBytes = 0
    this.#now = Math.max(this.#now, now)
  }

  #depart(packet: T, now: number): void {
    const { delay, jitter, reorder } = this.#conditions
    const at = now + Math.max(0, delay + (2 * this.#random() - 1) * jitter)
    const arrival = reorder ? at : Math.max(this.#lastArrival, at)
    this.#lastArrival = Math.max(this.#lastArrival, arrival)
    let index = this.#way.length
    while (index > 0 && this.#way[index - 1]!.at > arrival) index--
    this.#way.splice(index, 0, { packet, at: arrival })
  }

  /** Gilbert's model: a good state without loss and a bad one in which all is lost (RFC 6534 §4 names both). */
  #loses(): boolean {
    const { loss, burst } = this.#conditions
    const chance = this.#random()
    if (loss <= 0) this.#isLosing = false
    else if (loss >= 1) this.#isLosing = true
    else if (this.#isLosing) this.#isLosing = chance >= 1 / burst
    else this.#isLosing = chance < loss / (burst * (1 - loss))
    return this.#isLosing
  }
}
