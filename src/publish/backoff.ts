/** Times in ms. */
const FIRST = 400
const FACTOR = 1.6
const MOST = 30_000
/** Each wait is this much shorter or longer, at most, so that a hundred publishers do not come back in one moment. */
const JITTER = 0.3
/** A connection that lasted so long was a good one: what comes next is a new misfortune. */
const GOOD_AFTER = 10_000
/** An engine that asks for more patience than this is asked before. */
const MOST_RETRY_AFTER = 600_000

/** How long to wait before the next attempt. */
export class Backoff {
  #wait = FIRST

  /** @param random 0…1 */
  constructor(private readonly random: () => number = Math.random) {}

  /** A connection has ended. @param lasted ms */
  connectionEnded(lasted: number): void {
    if (lasted >= GOOD_AFTER) this.#wait = FIRST
  }

  /** @param retryAfter what the engine asked for, ms. @returns ms */
  next(retryAfter = 0): number {
    const wait = this.#wait * (1 + JITTER * (2 * this.random() - 1))
    this.#wait = Math.min(MOST, this.#wait * FACTOR)
    return Math.round(Math.max(wait, Math.min(MOST_RETRY_AFTER, retryAfter)))
  }
}

/** Reads a Retry-After header (RFC 9110 §10.2.3): seconds, or a date. @returns ms; undefined when there is none */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  if (header === null) return undefined
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header) * 1_000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
