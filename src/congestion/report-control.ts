/** Below this share of loss there is room, above the other there is none (draft-ietf-rmcat-gcc-02 §6). */
const LOW_LOSS = 0.02
const HIGH_LOSS = 0.1
/** Growth, once in the time it takes until it shows, ms (libwebrtc: SendSideBandwidthEstimation, kBweIncreaseInterval). */
const INCREASE = 1.05
const INCREASE_INTERVAL = 1000
/** A further cut waits for reports about what the last one did, ms, beside the round trip (kBweDecreaseInterval). */
const DECREASE_INTERVAL = 300

/**
 * The rate for a viewer whose browser sends no transport-wide feedback: what the receiver estimates
 * (draft-alvestrand-rmcat-remb-03), and the loss in its reports. Rates in bits per second.
 */
export class ReportControl {
  #rate: number
  #estimate = Number.POSITIVE_INFINITY
  #grewAt: number | undefined
  #cutAt = Number.NEGATIVE_INFINITY

  constructor(startRate: number) {
    this.#rate = startRate
  }

  get rate(): number {
    return Math.min(this.#rate, this.#estimate)
  }

  /** @param fractionLost 0..1 */
  onReport(fractionLost: number, roundTripTime: number, maxRate: number, now: number): void {
    this.#grewAt ??= now
    if (fractionLost > HIGH_LOSS && now - this.#cutAt >= DECREASE_INTERVAL + roundTripTime) {
      this.#rate *= 1 - fractionLost / 2
      this.#cutAt = now
    } else if (fractionLost < LOW_LOSS && now - this.#grewAt >= INCREASE_INTERVAL) {
      this.#rate *= INCREASE
      this.#grewAt = now
    }
    this.#rate = Math.min(this.#rate, maxRate)
  }

  onEstimate(rate: number): void {
    // The receiver's estimate grows from what it gets; once it is above, it is the better of the two.
    this.#rate = this.#estimate === Number.POSITIVE_INFINITY ? Math.max(this.#rate, rate) : this.#rate
    this.#estimate = rate
  }
}
