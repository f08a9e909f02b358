/** Below this share of the estimate the application is the limit (libwebrtc: alr_detector.h). */
const USE = 0.65
/** How full of unused bytes the budget is when that begins and ends. */
const BEGIN = 0.8
const END = 0.5
/** Bursts within this time even out, ms (IntervalBudget: kWindow). */
const WINDOW = 500

/**
 * Tells whether the application sends less than the network would take. Then what arrives says nothing
 * of capacity, nor do a few lost packets (libwebrtc: alr_detector.cc).
 */
export class ApplicationLimit {
  /** Bytes not used, up to a window's worth; below 0: used ahead. */
  #unused = 0
  #now: number | undefined
  #since: number | undefined

  /** Since when, ms; undefined: not limited. */
  get since(): number | undefined {
    return this.#since
  }

  /** Lets time pass at an estimate, bits per second, in which `bytes` of media were sent. */
  update(bytes: number, estimate: number, now: number): void {
    const rate = (USE * estimate) / 8000
    const most = rate * WINDOW
    const elapsed = Math.max(0, now - (this.#now ?? now))
    this.#now = now
    this.#unused = Math.max(-most, Math.min(most, this.#unused + elapsed * rate) - bytes)
    const level = most > 0 ? this.#unused / most : 0
    if (this.#since === undefined && level > BEGIN) this.#since = now
    else if (this.#since !== undefined && level < END) this.#since = undefined
  }
}
