/** Says when more comes in than is borne: so much a second, and so much at once. */
export class IntakeMeter {
  #messages: number
  #bytes: number
  #at: number | undefined

  /** @param rate of messages and bytes that is borne, a second; for a moment that of two seconds is */
  constructor(private readonly rate: { readonly messages: number; readonly bytes: number }) {
    this.#messages = 2 * rate.messages
    this.#bytes = 2 * rate.bytes
  }

  /**
   * Counts a message.
   *
   * @param size bytes
   * @param now ms on the monotonic clock
   * @returns false when it is one too many
   */
  admits(size: number, now: number): boolean {
    const seconds = (now - (this.#at ?? now)) / 1_000
    this.#at = now
    const { messages, bytes } = this.rate
    this.#messages = Math.min(2 * messages, this.#messages + seconds * messages) - 1
    this.#bytes = Math.min(2 * bytes, this.#bytes + seconds * bytes) - size
    return this.#messages >= 0 && this.#bytes >= 0
  }
}
