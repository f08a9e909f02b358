/** Requests that are passed on at once: a receiver that has bad luck asks a few times in a row. */
const AT_ONCE = 4
/** Then one in this time, ms: each costs the other viewers of the rung bits, too. */
const REFILL_TIME = 1_500

/**
 * Bounds how many keyframes one viewer can have made for all: what comes too often waits until its turn.
 * Pure: time comes in as `now`, ms.
 */
export class KeyframeRequests {
  #tokens = AT_ONCE
  #refilledAt = Number.NEGATIVE_INFINITY
  #pending = false

  /** @returns whether to ask for a keyframe now */
  request(now: number): boolean {
    this.#pending = true
    return this.due(now)
  }

  /** Whether a request that had to wait is due now. */
  due(now: number): boolean {
    if (!this.#pending) return false
    const refills = Math.min(AT_ONCE, Math.floor((now - this.#refilledAt) / REFILL_TIME))
    if (refills > 0) {
      this.#tokens = Math.min(AT_ONCE, this.#tokens + refills)
      this.#refilledAt = now
    }
    if (this.#tokens === 0) return false
    this.#tokens--
    this.#pending = false
    return true
  }

  /** A keyframe is on its way: nothing is wanted any more. */
  served(): void {
    this.#pending = false
  }
}
