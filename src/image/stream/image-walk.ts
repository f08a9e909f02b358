import type { EncodedFormat } from '../source.js'

/** `more`: the end is not there yet; `bad`: this is no such image; else the position behind its end. */
export type WalkResult = 'more' | 'bad' | number

/** As large as a slot of the engine: a larger image could not be shown anyway. */
export const MAX_IMAGE_BYTES = 256 * 1024 * 1024
const PNG_SIGNATURE = 8
/** Length, type and checksum around a chunk's data (PNG specification, section 5.3). */
const PNG_CHUNK = 12
const IEND = 0x49454e44
const RIFF_HEADER = 8

// Marker codes of ITU-T T.81, table B.1.
const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
const TEM = 0x01
const RST0 = 0xd0
const RST7 = 0xd7

/** Walks from the beginning of an image to its end, as far as there are bytes; goes on where it stopped. */
export class ImageWalk {
  #at: number
  #inScan = false

  constructor(
    readonly format: EncodedFormat,
    private start: number,
  ) {
    this.#at = format === 'jpeg' ? start + 2 : format === 'png' ? start + PNG_SIGNATURE : start
  }

  /** How far it got; after `bad` the place where something else begins. */
  get at(): number {
    return this.#at
  }

  /** The bytes were moved towards the start of their buffer. */
  moved(by: number): void {
    this.start -= by
    this.#at -= by
  }

  /** `bytes` hold what was there before, and more, up to `end`. */
  advance(bytes: Uint8Array, end: number): WalkResult {
    if (this.format === 'jpeg') return this.#advanceJpeg(bytes, end)
    return this.format === 'png' ? this.#advancePng(bytes, end) : this.#advanceWebp(bytes, end)
  }

  #advanceWebp(bytes: Uint8Array, end: number): WalkResult {
    if (end - this.start < RIFF_HEADER) return 'more'
    const size = viewOf(bytes).getUint32(this.start + 4, true)
    if (size > MAX_IMAGE_BYTES) return 'bad'
    // chunks are padded to even sizes
    const last = this.start + RIFF_HEADER + size + (size % 2)
    return last <= end ? last : 'more'
  }

  #advancePng(bytes: Uint8Array, end: number): WalkResult {
    const view = viewOf(bytes)
    for (;;) {
      if (end - this.#at < PNG_CHUNK) return 'more'
      const length = view.getUint32(this.#at)
      if (length > MAX_IMAGE_BYTES || !isChunkType(bytes, this.#at + 4)) return 'bad'
      const next = this.#at + PNG_CHUNK + length
      if (view.getUint32(this.#at + 4) === IEND) return next <= end ? next : 'more'
      if (next > end) return 'more'
      this.#at = next
    }
  }

  /** Marker segments, then entropy-coded data, until EOI (T.81, annex B). */
  #advanceJpeg(bytes: Uint8Array, end: number): WalkResult {
    for (;;) {
      if (this.#inScan) {
        const found = bytes.subarray(0, end).indexOf(0xff, this.#at)
        if (found < 0) {
          this.#at = end
          return 'more'
        }
        this.#at = found
      }
      if (end - this.#at < 2) return 'more'
      const code = bytes[this.#at + 1]!
      if (bytes[this.#at] !== 0xff) return 'bad'
      if (code === 0xff) this.#at += 1
      else if (code === EOI) return this.#at + 2
      // the next image begins before this one has ended
      else if (code === SOI) return 'bad'
      else if (code === TEM || (code >= RST0 && code <= RST7) || (code === 0 && this.#inScan)) this.#at += 2
      else {
        if (end - this.#at < 4) return 'more'
        const length = (bytes[this.#at + 2]! << 8) | bytes[this.#at + 3]!
        if (length < 2 || code === 0) return 'bad'
        const next = this.#at + 2 + length
        if (next > end) return 'more'
        this.#inScan = code === SOS || this.#inScan
        this.#at = next
      }
    }
  }
}

/** Four letters. */
function isChunkType(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + 4; i++) {
    const upper = bytes[i]! & 0xdf
    if (upper < 0x41 || upper > 0x5a) return false
  }
  return true
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
