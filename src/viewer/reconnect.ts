/**
 * Why an attempt failed, as far as waiting is concerned: nobody listens at that address, or the track
 * is not there (`absent`, most often a program that is being restarted), or else (`refused`).
 */
export type FailureKind = 'absent' | 'refused'

/** The shortest wait, ms. */
const FLOOR_MS = 250
/** The longest wait on a visible page, ms. */
const CEILING_MS = 5_000
/**
 * Asking a port that nobody listens on, or for a track that is not there, costs next to nothing, and
 * the person who restarts the program sits in front of this page: for the first minutes it is asked
 * at least once a second.
 */
const ABSENT_CEILING_MS = 1_000
/** A supervisor has a crashed program running again within a second or two: those are asked for more often. */
const CRASHED_CEILING_MS = 500
const CRASHED_FOR_MS = 5_000
const ABSENT_EAGER_FOR_MS = 300_000
/** Nobody looks at a hidden page: it waits 5 to 30 s, and is woken when it is shown. */
const HIDDEN_FLOOR_MS = 5_000
const HIDDEN_CEILING_MS = 30_000

/**
 * How long to wait before the next attempt: doubling, and half of it random, so that a hundred
 * viewers of one server do not come back in the same millisecond.
 */
export class Backoff {
  readonly #random: () => number
  #attempts = 0
  #kind: FailureKind | undefined
  #failingSince: number | undefined

  /** @param random uniform in [0, 1), as `Math.random` */
  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /** Attempts that failed since the last success. */
  get attempts(): number {
    return this.#attempts
  }

  /** Milliseconds to wait after a failure at `now` (ms). */
  next(kind: FailureKind, now: number, hidden: boolean): number {
    this.#failingSince ??= now
    // A server that has come back but is busy starting deserves quick attempts again.
    if (kind !== this.#kind) this.#attempts = 0
    this.#kind = kind
    const floor = hidden ? HIDDEN_FLOOR_MS : FLOOR_MS
    const wait = Math.min(this.#ceiling(kind, now, hidden), floor * 2 ** (this.#attempts + 1))
    this.#attempts += 1
    return Math.max(floor, (wait / 2) * (1 + this.#random()))
  }

  /** The connection has held: the next failure is the first one again. */
  reset(): void {
    this.#attempts = 0
    this.#kind = undefined
    this.#failingSince = undefined
  }

  #ceiling(kind: FailureKind, now: number, hidden: boolean): number {
    if (hidden) return HIDDEN_CEILING_MS
    const failing = now - (this.#failingSince ?? now)
    if (kind === 'refused' || failing >= ABSENT_EAGER_FOR_MS) return CEILING_MS
    return failing < CRASHED_FOR_MS ? CRASHED_CEILING_MS : ABSENT_CEILING_MS
  }
}
