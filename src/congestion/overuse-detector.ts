/** The slope counts as if it had lasted this many groups (libwebrtc: kMinNumDeltas) … */
const MOST_GROUPS = 60
/** … times this (kDefaultTrendlineThresholdGain), to be compared with the threshold. */
const GAIN = 4
/** ms (draft-ietf-rmcat-gcc-02 §5.4, table 3: del_var_th(0)), and its bounds there. */
const THRESHOLD_AT_START = 12.5
const LOWEST_THRESHOLD = 6
const HIGHEST_THRESHOLD = 600
/** How fast it follows, per ms (§5.4: K_u, K_d): up slowly, or a growing queue would pass for jitter. */
const K_UP = 0.0087
const K_DOWN = 0.039
/** A value this far above the threshold is a sudden drop of capacity and no reason to adapt, ms (kMaxAdaptOffsetMs). */
const LARGEST_OFFSET = 15
/** Time that one adaptation counts at most, ms. */
const LONGEST_STEP = 100
/** The slope must be too steep for longer than this, ms (§5.4: overuse_time_th), in two groups or more. */
const OVERUSE_TIME = 10
const OVERUSE_GROUPS = 2

/** What the delay says: a queue fills up, none does, or one is emptying. */
export type Usage = 'over' | 'normal' | 'under'

/**
 * Decides from the slope of the delay whether the link is overused. The threshold adapts to the path's
 * jitter, so that neither jitter reads as overuse nor a TCP flow that keeps the queue full starves us
 * (draft-ietf-rmcat-gcc-02 §5.4; libwebrtc: TrendlineEstimator::Detect).
 */
export class OveruseDetector {
  #threshold = THRESHOLD_AT_START
  #groups = 0
  #lastSlope = 0
  #lastUpdate: number | undefined
  /** Time above the threshold, ms; undefined: not above it. */
  #time: number | undefined
  #samples = 0
  #usage: Usage = 'normal'

  get usage(): Usage {
    return this.#usage
  }

  /** ms, as the scaled slope is. */
  get threshold(): number {
    return this.#threshold
  }

  /**
   * @param sent ms between the sending of the last two groups
   * @param now ms on the receiver's clock
   */
  update(slope: number, sent: number, now: number): void {
    this.#groups = Math.min(this.#groups + 1, MOST_GROUPS)
    if (this.#groups < 2) return
    const value = this.#groups * slope * GAIN
    if (value > this.#threshold) {
      // At first the time above it is unknown: half of the time since the last group is the best guess.
      this.#time = this.#time === undefined ? sent / 2 : this.#time + sent
      this.#samples++
      if (this.#time > OVERUSE_TIME && this.#samples >= OVERUSE_GROUPS && slope >= this.#lastSlope) {
        this.#time = 0
        this.#samples = 0
        this.#usage = 'over'
      }
    } else {
      this.#time = undefined
      this.#samples = 0
      this.#usage = value < -this.#threshold ? 'under' : 'normal'
    }
    this.#lastSlope = slope
    this.#adapt(Math.abs(value), now)
  }

  reset(): void {
    this.#groups = 0
    this.#lastSlope = 0
    this.#lastUpdate = undefined
    this.#time = undefined
    this.#samples = 0
    this.#usage = 'normal'
  }

  #adapt(value: number, now: number): void {
    const elapsed = Math.min(Math.max(0, now - (this.#lastUpdate ?? now)), LONGEST_STEP)
    this.#lastUpdate = now
    if (value > this.#threshold + LARGEST_OFFSET) return
    const k = value < this.#threshold ? K_DOWN : K_UP
    // More than the whole way in one step would swing: 0.039 × 100 ms is four times the way.
    const step = Math.min(1, k * elapsed)
    const threshold = this.#threshold + step * (value - this.#threshold)
    this.#threshold = Math.min(HIGHEST_THRESHOLD, Math.max(LOWEST_THRESHOLD, threshold))
  }
}
