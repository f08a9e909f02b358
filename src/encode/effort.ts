/** How hard an encoder tries: as it was configured, or as little as it can. */
export type Effort = 'normal' | 'least'

/** Above this share of the time that there is, averaged, the next hard picture comes too late. */
const TOO_MUCH = 0.9
/** Least effort takes about 0.7 times as long (x264 ultrafast against superfast, VP8 speed 16 against 12): with this share there is room to go back. */
const LITTLE = 0.4
/** Weight of a new sample: a second at 30 fps changes the average by two thirds. */
const SMOOTHING = 1 / 30
/** Pictures before anything is decided: the first of a session are slow. */
const LEAST_SAMPLES = 20
/** How long it must have been easy before more effort is tried, ms; each change costs a keyframe. */
const RISE_TIME = 10_000
/** Doubled each time that it did not last, up to this. */
const MOST_RISE_TIME = 320_000

/**
 * Keeps an encoder from falling behind: when encoding takes longer than there is time from one image to
 * the next, less effort; when there is plenty again for long, more. What is still too slow then loses
 * images in the queue, never time. Pure: times come in, in ms.
 */
export class EffortControl {
  #load = 0
  #samples = 0
  #effort: Effort = 'normal'
  #changedAt = 0
  #easySince: number | undefined
  #riseTime = RISE_TIME

  get effort(): Effort {
    return this.#effort
  }

  /**
   * A picture was encoded.
   * @param took ms
   * @param budget ms that it may take at the rate at which images come
   * @returns the effort for the next one
   */
  update(took: number, budget: number, now: number): Effort {
    const load = Math.min(4, took / Math.max(0.1, budget))
    this.#samples++
    this.#load += (load - this.#load) * Math.max(SMOOTHING, 1 / this.#samples)
    if (this.#samples < LEAST_SAMPLES) return this.#effort
    if (this.#effort === 'normal') {
      if (this.#load > TOO_MUCH) this.#relax(now)
    } else if (this.#load > LITTLE) {
      this.#easySince = undefined
    } else {
      this.#easySince ??= now
      if (now - this.#easySince >= this.#riseTime) this.#change('normal', now)
    }
    return this.#effort
  }

  #relax(now: number): void {
    // It was tried not long ago, and did not last: the next try waits longer.
    const relapsed = this.#changedAt > 0 && now - this.#changedAt < 2 * this.#riseTime
    this.#riseTime = relapsed ? Math.min(MOST_RISE_TIME, this.#riseTime * 2) : RISE_TIME
    this.#change('least', now)
  }

  #change(effort: Effort, now: number): void {
    this.#effort = effort
    this.#changedAt = now
    this.#easySince = undefined
    this.#samples = 0
    this.#load = 0
  }
}
