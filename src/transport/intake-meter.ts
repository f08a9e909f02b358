/** Counts what comes in, by the second, and says when it is too much. */
export class IntakeMeter {
  #since = Number.NEGATIVE_INFINITY
  #messages = 0
  #bytes = 0

  /** @param maxMessages and @param maxBytes in any second that begins with a message */
  constructor(
    private readonly maxMessages: number,
    private readonly maxBytes: number,
  ) {}

  /**
   * Counts a message.
   *
   * @param size bytes
   * @param now ms on the monotonic clock
   * @returns false when it is one too many
   */
  admits(size: number, now: number): boolean {
    if (now - this.#since >= 1_000) {
      this.#since = now
      this.#messages = 0
      this.#bytes = 0
    }
    this.#messages++
    this.#bytes += size
    return this.#messages <= this.maxMessages && this.#bytes <= this.maxBytes
  }
}
