/** An image may take as long as this to be encoded while none came before it, ms. */
const FIRST_INTERVAL_MS = 1000
/** Time over which the images a second are counted for the encoders, ms. */
const PUSH_WINDOW_MS = 500

/** How fast images come, those that were superseded too. */
export class PushInterval {
  #at = 0
  #count = 0
  /** Between two images, ms. */
  ms = FIRST_INTERVAL_MS

  /** `pushed`: images since the track was made, 32 bit. */
  update(pushed: number, now: number): void {
    if (now - this.#at < PUSH_WINDOW_MS) return
    const more = (pushed - this.#count) >>> 0
    this.ms = this.#at === 0 || more === 0 ? FIRST_INTERVAL_MS : (now - this.#at) / more
    this.#at = now
    this.#count = pushed
  }
}
