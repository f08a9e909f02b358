/** The share of the target that retransmissions may take; libwebrtc lets them have all (RateLimiter), and then nothing new gets through. */
const MOST_SHARE = 0.5
/** Over this time, ms (libwebrtc: kRetransmitWindowSizeMs). */
const WINDOW = 500
/** In so many parts. */
const SLOTS = 10
const SLOT = WINDOW / SLOTS

/**
 * Bounds what is sent again, whatever a viewer asks for, and tells what it leaves for media: the target
 * is for both.
 */
export class RetransmissionBudget {
  readonly #bytes = new Float64Array(SLOTS)
  #slot = 0

  /**
   * May a packet be sent again? It counts as sent if so.
   * @param target of the viewer, bits per second
   */
  allow(bytes: number, target: number, now: number): boolean {
    this.#advance(now)
    if (this.#sum() + bytes > (MOST_SHARE * target * WINDOW) / 8000) return false
    const slot = this.#slot % SLOTS
    this.#bytes[slot] = this.#bytes[slot]! + bytes
    return true
  }

  /** What is left of the target for media, bits per second. */
  mediaRate(target: number, now: number): number {
    this.#advance(now)
    return Math.max((1 - MOST_SHARE) * target, target - (this.#sum() * 8000) / WINDOW)
  }

  #sum(): number {
    return this.#bytes.reduce((sum, bytes) => sum + bytes, 0)
  }

  #advance(now: number): void {
    const slot = Math.max(this.#slot, Math.floor(now / SLOT))
    for (let i = 0; i < Math.min(SLOTS, slot - this.#slot); i++) this.#bytes[(slot - i) % SLOTS] = 0
    this.#slot = slot
  }
}
