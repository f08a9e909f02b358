import { type Summary, summarize } from '../statistics.js'
import type { PaintedImage } from '../support/glass.js'
import type { Delivered } from './relay-process.js'

/** Rates are means over this, ms. */
const RATE_WINDOW_MS = 1000
/** A picture that stands this long is not live, however young it was when it was painted, ms. */
const STANDSTILL_MS = 500

/** What one viewer saw in a time, and what its network delivered. Times in ms on the monotonic clock. */
export class Watched {
  constructor(
    readonly start: number,
    readonly end: number,
    readonly images: readonly PaintedImage[],
    private readonly deliveries: readonly Delivered[],
    /** When the network changed. */
    readonly changes: readonly number[] = [],
    /** Painted frames whose number could not be read. */
    readonly unreadable = 0,
    /** Of the last picture. */
    readonly width = Number.NaN,
    /** Round trip as the browser measured it last, ms. */
    readonly rtt = Number.NaN,
  ) {}

  /** What every scenario tells of a recording. */
  get numbers() {
    const { n, p50, p95 } = this.ages()
    const { unreadable, width, rtt } = this
    return {
      n,
      p50,
      p95,
      fps: this.fps(),
      freeze: this.longestFreeze(),
      rate: this.rate() / 1e6,
      unreadable,
      width,
      rtt,
    }
  }

  ages(from = this.start, to = this.end): Summary {
    return summarize(this.#between(from, to).map(({ age }) => age))
  }

  /** New images a second. */
  fps(from = this.start, to = this.end): number {
    return (this.#between(from, to).length * 1000) / (to - from)
  }

  /** The longest time without a new image. */
  longestFreeze(from = this.start, to = this.end): number {
    return Math.max(...this.#gaps(from, to))
  }

  /** How often there was no new image for longer than this. */
  freezes(longerThan: number, from = this.start, to = this.end): number {
    return this.#gaps(from, to).filter((gap) => gap > longerThan).length
  }

  /** What the network delivered, all overhead included, bit/s. */
  rate(from = this.start, to = this.end): number {
    return ((this.#bytes(to) - this.#bytes(from)) * 8000) / (to - from)
  }

  /** The highest mean rate of a second, bit/s. */
  highestRate(from = this.start, to = this.end): number {
    return this.#rates(from, to).reduce((most, { rate }) => Math.max(most, rate), 0)
  }

  /** How long it takes until `rate` (bit/s) is delivered for a second, that second included, ms; Infinity: never. */
  timeToRate(rate: number, from: number): number {
    const found = this.#rates(from, this.end).find((window) => window.rate >= rate)
    return found ? found.to - from : Number.POSITIVE_INFINITY
  }

  /**
   * How long it takes until images are younger than `limit` ms when they are painted, and stay so to the
   * end, without a standstill; Infinity: never.
   */
  timeToFresh(limit: number, from: number): number {
    const images = this.#between(from, this.end)
    const last = images.at(-1)
    if (!last || this.end - last.at > STANDSTILL_MS) return Number.POSITIVE_INFINITY
    const bad = images.findLastIndex(({ age }) => age > limit)
    const halt = images.findLastIndex(({ at }, i) => at - (images[i - 1]?.at ?? from) > STANDSTILL_MS)
    if (bad === -1 && halt === -1) return 0
    const fresh = images[Math.max(bad + 1, halt)]
    return fresh ? fresh.at - from : Number.POSITIVE_INFINITY
  }

  #between(from: number, to: number): PaintedImage[] {
    return this.images.filter(({ at }) => at >= from && at < to)
  }

  /** Between two new images, the one that stood at `from` included; the last gap ends with `to`. */
  #gaps(from: number, to: number): number[] {
    const before = this.images.findLast(({ at }) => at < from)?.at ?? from
    const times = [before, ...this.#between(from, to).map(({ at }) => at), to]
    return times.slice(1).map((at, i) => at - times[i]!)
  }

  #rates(from: number, to: number): { readonly to: number; readonly rate: number }[] {
    return this.deliveries
      .filter(({ at }) => at >= from + RATE_WINDOW_MS && at <= to)
      .map(({ at }) => ({ to: at, rate: this.rate(at - RATE_WINDOW_MS, at) }))
  }

  /** Delivered until a time; between two samples as if evenly. */
  #bytes(time: number): number {
    const next = this.deliveries.findIndex(({ at }) => at >= time)
    const after = this.deliveries[next === -1 ? this.deliveries.length - 1 : next]
    const before = this.deliveries[next - 1]
    if (!after) return 0
    if (!before || next === -1) return after.bytes
    const share = (time - before.at) / (after.at - before.at)
    return before.bytes + share * (after.bytes - before.bytes)
  }
}
