import { burstBits, type EncodeTarget, hasLongestBurst } from './bitrate.js'

/** Smaller changes are not worth telling an encoder. */
const LIVE_STEP = 0.05
/** For an encoder that must be opened anew, which costs a keyframe: down by this at once … */
const REOPEN_DOWN = 0.15
/** … but not again within this time, ms, unless the rate has halved. */
const REOPEN_DOWN_AFTER = 500
const HALF = 0.5
/** Up by this when it has been open for a while, ms, and the picture could be better … */
const REOPEN_UP = 0.3
const REOPEN_UP_AFTER = 5_000
/** … by this, or with as much more for a keyframe, sooner, and however good it is: libvpx improves little of a still picture without one. */
const DOUBLE = 1
const DOUBLE_AFTER = 2_000
const A_LITTLE = 0.1
/** At the start the estimate of a fast network doubles several times within a second. */
const START_TIME = 3_000
const DOUBLE_AFTER_AT_START = 300

/** What to do about a new rate: nothing, tell the open encoder, or open another. */
export type RateChange = 'keep' | 'adjust' | 'reopen'

/**
 * Decides when an encoder follows its rate. One that follows while it runs (libx264) does so at once; one
 * that has to be opened anew (libvpx) only when it matters. Pure: time comes in as `now`, ms.
 */
export class RateFollower {
  #rate = 0
  #burst = 0
  #openedAt = Number.NEGATIVE_INFINITY
  #startedAt: number | undefined

  /** @param live the encoder follows while it runs */
  constructor(private readonly live: boolean) {}

  /** @param wantsMore what it makes is not as good as it could be with a higher rate */
  decide(target: EncodeTarget, wantsMore: boolean, now: number): RateChange {
    const change = target.bitrate / this.#rate - 1
    if (this.live) return Math.abs(change) > LIVE_STEP ? 'adjust' : 'keep'
    if (change <= -HALF) return 'reopen'
    if (change <= -REOPEN_DOWN) return now - this.#openedAt >= REOPEN_DOWN_AFTER ? 'reopen' : 'keep'
    return now >= this.riseDueAt(target, wantsMore) ? 'reopen' : 'keep'
  }

  /** When to open it anew for a higher rate, ms; Infinity: not for this one. */
  riseDueAt(target: EncodeTarget, wantsMore: boolean): number {
    const change = target.bitrate / this.#rate - 1
    if (this.live || this.#startedAt === undefined) return Number.POSITIVE_INFINITY
    if (change >= DOUBLE || this.#mayBurst(target)) {
      const isStart = this.#openedAt - this.#startedAt < START_TIME
      return this.#openedAt + (isStart ? DOUBLE_AFTER_AT_START : DOUBLE_AFTER)
    }
    return wantsMore && change >= REOPEN_UP ? this.#openedAt + REOPEN_UP_AFTER : Number.POSITIVE_INFINITY
  }

  /** A keyframe may become much larger, or a little, and then as large as any. */
  #mayBurst(target: EncodeTarget): boolean {
    const burst = burstBits(target)
    return burst / this.#burst - 1 >= (hasLongestBurst(target) ? A_LITTLE : DOUBLE)
  }

  /** The encoder was told, or opened, with this rate. */
  follow(target: EncodeTarget, now: number): void {
    this.#rate = target.bitrate
    this.#burst = burstBits(target)
    this.#openedAt = now
    this.#startedAt ??= now
  }
}
