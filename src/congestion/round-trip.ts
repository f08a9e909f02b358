/** Before it is known, ms (libwebrtc: kDefaultRtt). */
const DEFAULT = 200
/** Weight of a new sample (RFC 6298 §2). */
const SMOOTHING = 1 / 8
/** Beyond this it is a broken clock, ms. */
const LONGEST = 60_000

/** How long it takes until a change of the rate can show. */
export class RoundTrip {
  #time: number | undefined

  /** Smoothed, ms. */
  get time(): number {
    return this.#time ?? DEFAULT
  }

  onReport(time: number): void {
    if (time >= 0 && time <= LONGEST) this.#add(time)
  }

  /**
   * Feedback is about packets of up to a quarter of a second; the last one sent waited least for it, if
   * at all (libwebrtc: GoogCcNetworkController, feedback_rtt).
   */
  onFeedback(packets: readonly { readonly sentAt: number }[], now: number): void {
    if (packets.length === 0) return
    let last = Number.NEGATIVE_INFINITY
    for (const { sentAt } of packets) last = Math.max(last, sentAt)
    this.onReport(now - last)
  }

  #add(sample: number): void {
    this.#time = this.#time === undefined ? sample : this.#time + (sample - this.#time) * SMOOTHING
  }
}
