/** Of what a viewer's network carries: the rest is for the pictures, and for answers to its pings. */
const SHARE = 0.5
/** So much of it may be used at once, ms: what is on its way for longer comes after its frame. */
const BURST_TIME = 1_000

/**
 * How many bytes may be said about frames beside them. What goes over the data channel knows nothing of the
 * estimate that the pictures keep to: without a bound it would take all of a slow network, and a second of
 * metadata waiting there would be of frames long gone (seen: 600 kbit/s, 20 kB a frame, and the viewer lost
 * its connection every five seconds).
 */
export class NoteBudget {
  #tokens = Number.POSITIVE_INFINITY
  #now = Number.NEGATIVE_INFINITY

  /**
   * May a message be sent? It counts as sent if so. A large one may overdraw what there is, and those
   * after it wait.
   *
   * @param rate of the network, bit/s
   */
  allow(bytes: number, rate: number, now: number): boolean {
    const perMs = (SHARE * rate) / 8_000
    const elapsed = Math.max(0, now - this.#now)
    this.#tokens = Math.min(perMs * BURST_TIME, this.#tokens + (elapsed < Infinity ? elapsed * perMs : 0))
    this.#now = Math.max(this.#now, now)
    if (this.#tokens <= 0) return false
    this.#tokens -= bytes
    return true
  }
}
