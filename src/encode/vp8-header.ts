/** What an encoder decided for a whole picture. */
export interface Vp8Header {
  /** Index of the base quantizer: 0 (finest) to 127. */
  readonly quantizer: number
  /** Strength of the loop filter: 0 (none) to 63. */
  readonly filterLevel: number
}

/** The frame tag, and after it in a keyframe the start code and the size (RFC 6386, section 9.1), bytes. */
const TAG = 3
const KEYFRAME_HEADER = 10
const SEGMENTS = 4
const TREE_PROBABILITIES = 3
const DELTAS = 8

/**
 * Reads the start of an encoded VP8 picture (RFC 6386, sections 9.2 to 9.6, all fields of it in section 19.2).
 * For an encoder's own output: what is too short reads as zeros.
 */
export function readVp8Header(data: Uint8Array, keyframe: boolean): Vp8Header {
  const bits = new BoolDecoder(data, keyframe ? KEYFRAME_HEADER : TAG)
  if (keyframe) bits.skip(2) // colour space, clamping
  if (bits.flag()) skipSegmentation(bits)
  bits.skip(1) // filter type
  const filterLevel = bits.literal(6)
  bits.skip(3) // sharpness
  if (bits.flag() && bits.flag()) for (let i = 0; i < DELTAS; i++) bits.skipOptional(7)
  bits.skip(2) // partitions
  return { quantizer: bits.literal(7), filterLevel }
}

function skipSegmentation(bits: BoolDecoder): void {
  const updatesMap = bits.flag()
  if (bits.flag()) {
    bits.skip(1) // absolute or delta
    for (let i = 0; i < SEGMENTS; i++) bits.skipOptional(8) // quantizer and its sign
    for (let i = 0; i < SEGMENTS; i++) bits.skipOptional(7) // filter level and its sign
  }
  if (updatesMap) for (let i = 0; i < TREE_PROBABILITIES; i++) bits.skipOptional(8)
}

/** The arithmetic decoder of RFC 6386, section 7.3, for the header's bits, which are all equally probable. */
class BoolDecoder {
  #value: number
  #range = 255
  #shifts = 0

  constructor(
    private readonly data: Uint8Array,
    private position: number,
  ) {
    this.#value = (this.#next() << 8) | this.#next()
  }

  flag(): boolean {
    const split = (this.#range + 1) >> 1
    const isSet = this.#value >= split << 8
    if (isSet) {
      this.#range -= split
      this.#value -= split << 8
    } else {
      this.#range = split
    }
    while (this.#range < 128) {
      this.#value <<= 1
      this.#range <<= 1
      if (++this.#shifts % 8 === 0) this.#value |= this.#next()
    }
    return isSet
  }

  /** An unsigned number of so many bits. */
  literal(bits: number): number {
    let value = 0
    for (let i = 0; i < bits; i++) value = 2 * value + Number(this.flag())
    return value
  }

  skip(bits: number): void {
    this.literal(bits)
  }

  /** A field that is there when the flag before it is set. */
  skipOptional(bits: number): void {
    if (this.flag()) this.skip(bits)
  }

  #next(): number {
    return this.data[this.position++] ?? 0
  }
}
