import { ImageError, show } from '../common/errors.js'
import { checkSize } from '../image/check.js'
import { checkPixelFormat } from '../image/formats.js'
import { tightByteLength } from '../image/index.js'
import type { PixelFormat } from '../image/source.js'

/** What kind of image `track.allocate()` is to make room for. */
export interface AllocateOptions<F extends PixelFormat = PixelFormat> {
  /** Pixels, 2…8192. */
  readonly width: number
  /** Pixels, 2…8192. */
  readonly height: number
  /** As FFmpeg names it; says how the bytes of `data` lie. */
  readonly format: F
}

/** Checks the options of `allocate`, and says how many bytes the image takes. */
export function layoutForAllocation(options: AllocateOptions) {
  if (typeof options !== 'object' || options === null) {
    throw new ImageError({ field: '', expected: '{ width, height, format }', actual: show(options) })
  }
  const { width, height, format } = options
  checkSize(width, 'width')
  checkSize(height, 'height')
  checkPixelFormat(format)
  return { width, height, format, byteLength: tightByteLength(format, width, height) }
}

/** An image that lies in the engine's memory already, from `track.allocate()`. */
export class AllocatedImage<F extends PixelFormat = PixelFormat> {
  #slot: number
  readonly #owner: object
  readonly #discard: () => void

  /** Made by `track.allocate()`. */
  constructor(
    /** As it was asked for. */
    readonly format: F,
    /** Pixels. */
    readonly width: number,
    /** Pixels. */
    readonly height: number,
    /** The pixels: rows without padding, planes one after the other. Not to be touched after `addImage`. */
    readonly data: Uint8Array,
    owner: object,
    slot: number,
    discard: () => void,
  ) {
    this.#owner = owner
    this.#slot = slot
    this.#discard = discard
  }

  /** Gives the slot back without showing the image. Does nothing after `addImage`. */
  discard(): void {
    if (this.#slot < 0) return
    this.#slot = -1
    this.#discard()
  }

  /** @internal Hands the slot to the track that made it, once. */
  release(owner: object): number {
    if (owner !== this.#owner) {
      throw new ImageError({
        field: 'track',
        expected: 'an image allocated by this track',
        actual: 'one of another track',
      })
    }
    if (this.#slot < 0) {
      throw new ImageError({
        field: 'data',
        expected: 'an allocated image that was not used yet',
        actual: 'one that was added or discarded',
      })
    }
    const slot = this.#slot
    this.#slot = -1
    return slot
  }

  /** @internal The track had no room: as if `release` had not been called. */
  takeBack(slot: number): void {
    this.#slot = slot
  }
}
