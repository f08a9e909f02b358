import { TICKS_PER_S } from './media-clock.js'

/** Of each new interval so much goes into the expected one. */
const WEIGHT = 0.1
/** Before two frames have come, ms. */
const FIRST_GUESS_MS = 33
/** A gap longer than this says nothing about the next one: a still image is sent again now and then, ms. */
const MOST_MS = 250
const LEAST_MS = 4
/** Rather too long: a video that runs out of frames for a moment stumbles, one that lags a little plays faster. */
const SURPLUS = 1.02

/**
 * Frames on the timeline of a file that is written while it is played: one after the other without a gap,
 * because a browser stops at a gap for good. How long a frame lasts is not known when it comes, so the
 * timeline only follows the clock roughly; whoever plays it stays close to its end.
 */
export class MediaPace {
  #interval = FIRST_GUESS_MS
  #before: number | undefined
  #end = 0

  /** @param received ms */
  next(received: number): { at: number; duration: number } {
    const gap = this.#before === undefined ? undefined : received - this.#before
    this.#before = received
    if (gap !== undefined && gap <= MOST_MS)
      this.#interval += WEIGHT * (Math.max(LEAST_MS, gap) - this.#interval)
    const at = this.#end
    const duration = Math.round(((this.#interval * SURPLUS) / 1_000) * TICKS_PER_S)
    this.#end = at + duration
    return { at, duration }
  }
}
