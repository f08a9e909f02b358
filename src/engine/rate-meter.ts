const WINDOW_MS = 1_000

/** Counts events in the last second. */
export class RateMeter {
  #times: number[] = []

  /** @param now ms, never going back */
  count(now: number): void {
    this.#times.push(now)
    if (this.#times.length > 64 && (this.#times[this.#times.length >> 1] as number) < now - WINDOW_MS)
      this.#trim(now)
  }

  perSecond(now: number): number {
    this.#trim(now)
    return this.#times.length
  }

  #trim(now: number): void {
    this.#times = this.#times.filter((time) => time > now - WINDOW_MS)
  }
}
