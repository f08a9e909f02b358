/** Good enough to be watched without seeing blocks; what a smaller picture, scaled up, does not surpass. */
const GOOD_DB = 34
/** About what twice the bits give. */
const DB_PER_DOUBLING = 5
/** Before anything was encoded: video with some motion. */
const TYPICAL = 0.02
/** A still screen, and noise. */
const RANGE = { min: 0.001, max: 0.1 }
/** Weight of a new sample: a second at 30 fps changes the average by two thirds. */
const SMOOTHING = 1 / 30

/** What is known of an encoded picture. */
export interface EncodedSample {
  readonly bytes: number
  /** Of the coded picture. */
  readonly pixels: number
  /** Against the source, dB; undefined when the encoder does not say. */
  readonly psnr: number | undefined
  readonly keyframe: boolean
}

/**
 * How many bits this content needs: a slide is sharp at a rate at which a street is blocks. From it the
 * ladder knows when a smaller picture would look better.
 */
export class ContentCost {
  #bits = TYPICAL

  /** Bits that a pixel needs in each picture for it to look good. */
  get bitsPerPixel(): number {
    return this.#bits
  }

  update({ bytes, pixels, psnr, keyframe }: EncodedSample): void {
    // A keyframe costs many times as much and is rare.
    if (keyframe || psnr === undefined) return
    const bits = ((bytes * 8) / pixels) * 2 ** ((GOOD_DB - psnr) / DB_PER_DOUBLING)
    this.#bits += (Math.min(RANGE.max, Math.max(RANGE.min, bits)) - this.#bits) * SMOOTHING
  }
}
