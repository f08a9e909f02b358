/** A still image is sent again every two seconds: no frame for this long, and something is broken, ms. */
const FROZEN_AFTER_MS = 5_000
/** The first picture may be a large keyframe on a slow network, ms. */
const FIRST_AFTER_MS = 10_000
/** A stream so slow that its usual gap is longer than that is not frozen within four of them. */
const GAPS = 4
/** No look for this long means that the page itself stood still (sleep, a throttled tab), ms. */
const ASLEEP_MS = 3_000

/**
 * Whether the picture stands still although the server sends: it answers, it has an image, and yet no
 * frame is decoded. Told once a second how many were.
 */
export class FrozenPicture {
  #decoded = 0
  #since: number
  #lastLook: number
  #longestGap = 0

  constructor(now: number) {
    this.#since = this.#lastLook = now
  }

  /**
   * @param decoded frames decoded since the connection began
   * @param expected whether frames are to come: the page is shown, and the server has an image to send
   */
  check(now: number, decoded: number, expected: boolean): boolean {
    const asleep = now - this.#lastLook > ASLEEP_MS
    this.#lastLook = now
    if (decoded !== this.#decoded) {
      if (this.#decoded > 0 && !asleep) this.#longestGap = Math.max(this.#longestGap, now - this.#since)
      this.#decoded = decoded
      this.#since = now
    } else if (asleep || !expected) this.#since = now
    const patience = decoded === 0 ? FIRST_AFTER_MS : Math.max(FROZEN_AFTER_MS, GAPS * this.#longestGap)
    return now - this.#since > patience
  }
}
