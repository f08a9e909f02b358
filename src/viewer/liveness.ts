/** How often the server is asked whether it is there, ms. */
export const PING_INTERVAL_MS = 1_000
/** How often to look at the answer, ms. */
export const CHECK_INTERVAL_MS = 250
/** Unanswered this long: ask over HTTP whether the session still exists, ms. */
const SUSPECT_MS = 1_000
/** Unanswered this long: the session is lost, ms. */
const DEAD_MS = 3_000
/** No look for this long means that the page itself stood still (sleep, a frozen tab), ms. */
const FROZEN_MS = 2_000

/**
 * Whether the server still answers. It says nothing about the picture: an image that stands still
 * is the normal case, not an error.
 */
export class Liveness {
  #waitingSince: number | undefined
  #lastLook: number

  constructor(now: number) {
    this.#lastLook = now
  }

  /** A ping was sent. */
  pinged(now: number): void {
    this.#waitingSince ??= now
  }

  /** Something came from the server. */
  heard(): void {
    this.#waitingSince = undefined
  }

  check(now: number): 'alive' | 'suspect' | 'dead' {
    const frozen = now - this.#lastLook > FROZEN_MS
    this.#lastLook = now
    if (this.#waitingSince === undefined) return 'alive'
    // The answer may lie in the event queue behind this very timer: the wait begins again.
    if (frozen) this.#waitingSince = now
    const waited = now - this.#waitingSince
    if (waited >= DEAD_MS) return 'dead'
    return waited >= SUSPECT_MS ? 'suspect' : 'alive'
  }
}
