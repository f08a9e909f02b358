/** How often the server is asked whether it is there, ms. */
export const PING_INTERVAL_MS = 500
/** How often to look at the answer, ms. */
export const CHECK_INTERVAL_MS = 125
/** Unanswered this long: ask over HTTP whether the session still exists, ms … */
const SUSPECT_MS = 500
/** … or this many times as long as an answer took lately: it is the network that is slow then. */
const SUSPECT_TIMES = 3
/** What one slow answer says is soon forgotten: of each answer so much of the one before it. */
const MEMORY = 0.8
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
  /** What an answer takes, ms. */
  #usual = 0

  constructor(now: number) {
    this.#lastLook = now
  }

  /** A ping was sent. */
  pinged(now: number): void {
    this.#waitingSince ??= now
  }

  /** Something came from the server. */
  heard(now: number): void {
    if (this.#waitingSince !== undefined)
      this.#usual = Math.max(this.#usual * MEMORY, now - this.#waitingSince)
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
    return waited >= Math.max(SUSPECT_MS, SUSPECT_TIMES * this.#usual) ? 'suspect' : 'alive'
  }
}
