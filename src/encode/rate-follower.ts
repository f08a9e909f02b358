/** Smaller changes are not worth telling an encoder. */
const LIVE_STEP = 0.05
/** For an encoder that must be opened anew: down by this at once … */
const REOPEN_DOWN = 0.15
/** … and up by this when it has been open for a while, ms: each time costs a keyframe. */
const REOPEN_UP = 0.3
const REOPEN_UP_AFTER = 5_000
/** At the start the estimate of a fast network multiplies within a second: not to wait then. */
const START_TIME = 3_000
const START_UP = 1
const START_UP_AFTER = 300
/** Not again within this time, ms, unless the rate has halved. */
const REOPEN_DOWN_AFTER = 500

/** What to do about a new rate: nothing, tell the open encoder, or open another. */
export type RateChange = 'keep' | 'adjust' | 'reopen'

/**
 * Decides when an encoder follows its rate. One that follows while it runs (libx264) does so at once; one
 * that has to be opened anew (libvpx) only when it matters. Pure: time comes in as `now`, ms.
 */
export class RateFollower {
  #rate = 0
  #openedAt = Number.NEGATIVE_INFINITY
  #startedAt: number | undefined

  /** @param live the encoder follows while it runs */
  constructor(private readonly live: boolean) {}

  decide(rate: number, now: number): RateChange {
    const change = rate / this.#rate - 1
    if (this.live) return Math.abs(change) > LIVE_STEP ? 'adjust' : 'keep'
    const since = now - this.#openedAt
    if (change <= -0.5) return 'reopen'
    if (change <= -REOPEN_DOWN) return since >= REOPEN_DOWN_AFTER ? 'reopen' : 'keep'
    const starting = now - (this.#startedAt ?? now) < START_TIME
    if (starting && change >= START_UP && since >= START_UP_AFTER) return 'reopen'
    return change >= REOPEN_UP && since >= REOPEN_UP_AFTER ? 'reopen' : 'keep'
  }

  /** The encoder was told, or opened, with this rate. */
  follow(rate: number, now: number): void {
    this.#rate = rate
    this.#openedAt = now
    this.#startedAt ??= now
  }
}
