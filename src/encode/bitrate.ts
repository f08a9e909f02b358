/** Bits a second that each pixel gets, by default, at most. */
const BITS_PER_PIXEL_SECOND = 6
const LEAST = 1_000_000
const MOST = 60_000_000

/** The upper bound of the encoded rate for a size, bit/s, when the application gave none. */
export function defaultBitrate(width: number, height: number): number {
  return Math.min(MOST, Math.max(LEAST, Math.round(width * height * BITS_PER_PIXEL_SECOND)))
}
