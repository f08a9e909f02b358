/** A burst may be this long at the rate of sending, ms: libwebrtc's pacer sends 40 ms at once too. */
const BURST_TIME = 40
/** … but not more bytes than these, about 16 packets: a usual delta frame, and no switch's queue. */
const BURST_BYTES = 16 * 1264
/** … unless that is less than a late timer makes up for, ms: Node's have a resolution of one. */
const TIMER_SLACK = 2
/** Lowest rate of sending, bits per second, so that no wait is endless. */
const LOWEST_RATE = 10_000

/**
 * A token bucket. Sending is allowed while there are tokens, and the last packet may overdraw them; the
 * debt is waited for. Starts full.
 */
export class SendBudget {
  /** Bytes per ms. */
  #rate = 0
  #burst = 0
  #tokens = 0
  #now: number | undefined
  readonly #burstBytes: number

  /**
   * @param rate bits per second
   * @param even packets keep their distance, as far as timers allow: for a probe, which is measured by it
   */
  constructor(rate: number, even = false) {
    this.#burstBytes = even ? 0 : BURST_BYTES
    this.setRate(rate)
    this.#tokens = this.#burst
  }

  setRate(rate: number): void {
    this.#rate = Math.max(rate || 0, LOWEST_RATE) / 8000
    this.#burst = Math.max(Math.min(this.#rate * BURST_TIME, this.#burstBytes), this.#rate * TIMER_SLACK)
    this.#tokens = Math.min(this.#tokens, this.#burst)
  }

  /** Lets time pass; a clock that goes back counts as one that stands still. */
  advance(now: number): void {
    const elapsed = Math.max(0, now - (this.#now ?? now))
    this.#tokens = Math.min(this.#burst, this.#tokens + elapsed * this.#rate)
    this.#now = now
  }

  get available(): boolean {
    return this.#tokens > 0
  }

  spend(bytes: number): void {
    this.#tokens -= bytes
  }

  /** ms until there are tokens again, above 0. Only when there are none. */
  get wait(): number {
    return (1 - this.#tokens) / this.#rate
  }

  /** ms that this many bytes take. */
  timeFor(bytes: number): number {
    return bytes / this.#rate
  }
}
