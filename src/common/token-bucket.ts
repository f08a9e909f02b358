/** So much a second, and so much at once. Starts full. Pure: times come in, ms on the monotonic clock. */
export class TokenBucket {
  #tokens: number
  #at: number | undefined

  /**
   * @param rate tokens a second
   * @param burst tokens that it holds
   */
  constructor(
    private readonly rate: number,
    private readonly burst: number,
  ) {
    this.#tokens = burst
  }

  /** Takes so many, if there are; else none. */
  take(count: number, now: number): boolean {
    if (this.wait(count, now) > 0) return false
    this.#tokens -= count
    return true
  }

  /** Takes so many, whether there are or not: what is owed has to come in first. */
  charge(count: number, now: number): void {
    this.#advance(now)
    this.#tokens -= count
  }

  /** How long until there are so many, ms; 0: there are. */
  wait(count: number, now: number): number {
    this.#advance(now)
    return this.#tokens >= count ? 0 : ((count - this.#tokens) / this.rate) * 1_000
  }

  isFull(now: number): boolean {
    this.#advance(now)
    return this.#tokens >= this.burst
  }

  /** A clock that goes back counts as one that stands still. */
  #advance(now: number): void {
    const elapsed = Math.max(0, now - (this.#at ?? now))
    this.#tokens = Math.min(this.burst, this.#tokens + (elapsed / 1_000) * this.rate)
    this.#at = Math.max(now, this.#at ?? now)
  }
}
