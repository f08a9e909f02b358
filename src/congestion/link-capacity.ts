/** Weight of a new sample: of the rate at an overuse, and of a probe (libwebrtc: link_capacity_estimator.cc). */
const OVERUSE_WEIGHT = 0.05
const PROBE_WEIGHT = 0.5
/** Bounds of the variance, relative to the estimate in kbit/s (same place). */
const LEAST_DEVIATION = 0.4
const MOST_DEVIATION = 2.5
/** Rates this many standard deviations away are about another link (draft-ietf-rmcat-gcc-02 §5.5: three). */
const DEVIATIONS = 3

/** What got through when the link was overused: where capacity lies, as long as it stays there. */
export class LinkCapacity {
  /** kbit/s, for the variance is relative to it. */
  #estimate: number | undefined
  #deviation = LEAST_DEVIATION

  /** Bits per second; undefined: not known, or not any more. */
  get estimate(): number | undefined {
    return this.#estimate === undefined ? undefined : this.#estimate * 1000
  }

  /** Bits per second; more than this that gets through shows a faster link. */
  get upperBound(): number {
    return ((this.#estimate ?? Number.POSITIVE_INFINITY) + this.#spread()) * 1000
  }

  get lowerBound(): number {
    return Math.max(0, (this.#estimate ?? 0) - this.#spread()) * 1000
  }

  onOveruse(acknowledged: number): void {
    this.#update(acknowledged, OVERUSE_WEIGHT)
  }

  onProbe(rate: number): void {
    this.#update(rate, PROBE_WEIGHT)
  }

  reset(): void {
    this.#estimate = undefined
    this.#deviation = LEAST_DEVIATION
  }

  #spread(): number {
    return this.#estimate === undefined ? 0 : DEVIATIONS * Math.sqrt(this.#deviation * this.#estimate)
  }

  #update(rate: number, weight: number): void {
    const sample = rate / 1000
    const estimate =
      this.#estimate === undefined ? sample : this.#estimate + weight * (sample - this.#estimate)
    const error = estimate - sample
    const deviation = (1 - weight) * this.#deviation + (weight * (error * error)) / Math.max(estimate, 1)
    this.#deviation = Math.min(MOST_DEVIATION, Math.max(LEAST_DEVIATION, deviation))
    this.#estimate = estimate
  }
}
