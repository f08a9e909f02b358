import type { Vp8Header } from './vp8-header.js'

/** VP8's two loop filters: the simple one leaves colours alone and smooths less (RFC 6386, section 15). */
export type LoopFilter = 'simple' | 'normal'

/** With fewer bits than this for each pixel and second, what moves is likely to be starved (measured with moving texture). */
const LEAN = 3
/** It is, when new pictures are quantized this coarsely, averaged over so many … */
const STARVED = 60
const WINDOW = 30
/** … and a session has had so many: its rate control takes up to two seconds until it knows the content. */
const SETTLED = 90
/** Filtered this much … */
const STRONG = 10
/** … what was encoded this finely loses what it gained. */
const FINE = 15
/** Pictures in a row until that is no accident. */
const IN_A_ROW = 8
/** The least time from one change to the next, ms; each costs a keyframe. */
const CHANGE_INTERVAL = 10_000

/**
 * Which loop filter VP8 is encoded with. libvpx's fast search for its strength looks at one strip of the picture, and
 * stops where nothing changes (vp8cx_pick_filter_level_fast): where that strip is flat, the strength of the first, coarse
 * pictures stays for ever, and the normal filter then undoes what each refinement improves. Measured at 1280×720: a
 * rendered scene 62 dB with the simple filter, 48 with the normal one, at fewer bytes; a plot 59 and 53; texture and
 * grain alike. But with too few bits for what moves, texture gets 34 dB with the simple one and 41 with the normal one.
 * So: simple, unless what moves is starved. Pure: time comes in as `now`, ms.
 */
export class LoopFilterChoice {
  #filter: LoopFilter = 'simple'
  #isLean: boolean | undefined
  #quantizer = 0
  #moving = 0
  #overfiltered = 0
  #changedAt = Number.NEGATIVE_INFINITY

  get filter(): LoopFilter {
    return this.#filter
  }

  /** @param isNew it is not the picture before once more */
  update({ quantizer, filterLevel }: Vp8Header, isNew: boolean, now: number): void {
    if (isNew) {
      this.#moving++
      this.#quantizer += (quantizer - this.#quantizer) / Math.min(this.#moving, WINDOW)
    }
    this.#overfiltered = quantizer <= FINE && filterLevel >= STRONG ? this.#overfiltered + 1 : 0
    if (now - this.#changedAt < CHANGE_INTERVAL) return
    const isStarved = this.#moving >= SETTLED && this.#quantizer >= STARVED
    if (this.#filter === 'simple' ? isStarved : this.#overfiltered >= IN_A_ROW) {
      this.#filter = this.#filter === 'simple' ? 'normal' : 'simple'
      this.#changedAt = now
    }
  }

  /**
   * A session begins: what the one before was like says nothing about it.
   * @param bits for each pixel and second
   */
  begin(bits: number): void {
    this.#moving = 0
    this.#overfiltered = 0
    const isLean = bits < LEAN
    if (isLean !== this.#isLean) this.#filter = isLean ? 'normal' : 'simple'
    this.#isLean = isLean
  }
}
