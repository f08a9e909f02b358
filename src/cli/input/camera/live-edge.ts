/** Packets this late (ms) are stale: what is shown now should be what is now. */
const STALE = 1000
/** Skipping ends when a keyframe comes that is no later than this (ms). */
const CAUGHT_UP = 300
/** A picture that stands still for longer (ms) is worse than a late one. */
const MOST_SKIPPING = 5000
/** A larger step of the stamps (ms) is a new clock, not time. */
const MAX_STEP = 5000
/** The shortest way of the last one to two such times (ms) is what lateness is measured by: clocks drift. */
const WINDOW = 10_000

/**
 * Tells which packets of a live stream are worth decoding. When decoding is too slow, or the network has
 * delivered late and all at once, what came in between is left out up to a keyframe.
 */
export class LiveEdge {
  #last: number | undefined
  #skippingSince: number | undefined
  #best = Number.POSITIVE_INFINITY
  #bestBefore = Number.POSITIVE_INFINITY
  #windowEnd = Number.NEGATIVE_INFINITY

  /** `stamp`: when the packet is to be decoded, ms on the sender's clock; undefined when it does not tell. `now` in ms. */
  wants(stamp: number | undefined, isKeyframe: boolean, now: number): boolean {
    if (stamp === undefined) return true
    const step = this.#last === undefined ? 0 : stamp - this.#last
    this.#last = stamp
    if (step < 0 || step > MAX_STEP) this.#forget()
    let late = this.#lateness(now - stamp, now)
    if (this.#skippingSince === undefined) {
      if (late <= STALE) return true
      this.#skippingSince = now
    }
    if (now - this.#skippingSince > MOST_SKIPPING) {
      // so late is how it is: the next keyframe will do
      this.#forget()
      this.#skippingSince = now
      late = this.#lateness(now - stamp, now)
    }
    if (!isKeyframe || late > CAUGHT_UP) return false
    this.#skippingSince = undefined
    return true
  }

  #lateness(way: number, now: number): number {
    if (now >= this.#windowEnd) {
      this.#bestBefore = this.#best
      this.#best = Number.POSITIVE_INFINITY
      this.#windowEnd = now + WINDOW
    }
    this.#best = Math.min(this.#best, way)
    return way - Math.min(this.#best, this.#bestBefore)
  }

  #forget(): void {
    this.#skippingSince = undefined
    this.#best = this.#bestBefore = Number.POSITIVE_INFINITY
    this.#windowEnd = Number.NEGATIVE_INFINITY
  }
}
