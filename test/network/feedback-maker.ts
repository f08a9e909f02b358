import type { TransportFeedback } from '../../src/rtp/index.js'

/** Bounds of the time between feedbacks, ms (libwebrtc: TransportSequenceNumberFeedbackGenerator: 50..250, at first 100). */
export const FEEDBACK_INTERVAL = { least: 50, most: 100 }
const REFERENCE_UNIT = 64

/**
 * Makes the feedback that Chromium's receiver would: of all packets from the first not reported to the
 * last that came; from an earlier one when it came late.
 */
export class FeedbackMaker {
  readonly #arrivals = new Map<number, number>()
  /** The next feedback begins here; unwrapped. */
  #first: number | undefined
  #last = -1
  #count = 0

  /** @param offset added to the time makes the receiver's clock */
  constructor(private readonly offset = 5_000_000) {}

  onPacket(unwrappedSequenceNumber: number, now: number): void {
    if (this.#arrivals.has(unwrappedSequenceNumber)) return
    this.#arrivals.set(unwrappedSequenceNumber, now + this.offset)
    this.#first = Math.min(this.#first ?? unwrappedSequenceNumber, unwrappedSequenceNumber)
    this.#last = Math.max(this.#last, unwrappedSequenceNumber)
  }

  /** Undefined when nothing came since the last one. */
  make(): TransportFeedback | undefined {
    const first = this.#first
    if (first === undefined || first > this.#last) return undefined
    const begin = this.#arrivals.get(first) ?? [...this.#arrivals.values()].at(-1)
    if (begin === undefined) return undefined
    const reference = Math.floor(begin / REFERENCE_UNIT)
    const arrivals = new Float64Array(this.#last - first + 1)
    for (let i = 0; i < arrivals.length; i++) {
      const at = this.#arrivals.get(first + i)
      arrivals[i] = at === undefined ? Number.NaN : Math.round((at - reference * REFERENCE_UNIT) * 4) / 4
    }
    this.#first = this.#last + 1
    for (const key of this.#arrivals.keys()) if (key < this.#last - 500) this.#arrivals.delete(key)
    return {
      type: 'transport-feedback',
      senderSsrc: 1,
      mediaSsrc: 2,
      baseSequenceNumber: first & 0xffff,
      feedbackCount: this.#count++ & 0xff,
      referenceTime: reference & 0xffffff,
      arrivals,
    }
  }
}
