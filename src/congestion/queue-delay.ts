/** The shortest delay is sought in this many spans of this length, ms: clocks drift less than 1 ms in it. */
const SPANS = 3
const SPAN = 5000

/**
 * How long packets wait on their way beyond the least that was seen: the queue we stand in. The clocks at
 * the two ends differ by an unknown amount, which cancels out. Not part of GCC, which looks at changes
 * only and so never knows how much there is to drain.
 */
export class QueueDelay {
  /** Least difference of arrival and sending by span, the newest last. */
  #least: number[] = []
  #spanEnd = Number.NEGATIVE_INFINITY
  #delay = 0
  #grows = false

  /** The last feedback's packets waited longer than those of the one before. */
  get grows(): boolean {
    return this.#grows
  }

  /** ms; of the packet that waited least in the last feedback, so that jitter does not count. */
  get delay(): number {
    return this.#delay
  }

  update(packets: readonly { readonly sentAt: number; readonly arrivedAt: number }[], now: number): void {
    if (packets.length === 0) return
    let least = Number.POSITIVE_INFINITY
    for (const { sentAt, arrivedAt } of packets) least = Math.min(least, arrivedAt - sentAt)
    if (now >= this.#spanEnd) {
      this.#spanEnd = now + SPAN
      this.#least.push(least)
      if (this.#least.length > SPANS) this.#least.shift()
    } else if (least < this.#least.at(-1)!) {
      this.#least[this.#least.length - 1] = least
    }
    const delay = Math.max(0, least - Math.min(...this.#least))
    this.#grows = delay > this.#delay
    this.#delay = delay
  }

  /** The receiver's clock has changed, or nothing came for long. */
  reset(): void {
    this.#least = []
    this.#spanEnd = Number.NEGATIVE_INFINITY
    this.#delay = 0
  }
}
