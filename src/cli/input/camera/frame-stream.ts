import { PIXEL_FORMATS } from '../../../image/source.js'
import type { ByteSink, StreamEnd } from '../../../image/stream/byte-sink.js'
import { type FrameLayout, FrameWriter } from '../../../image/stream/frame-writer.js'
import type { AllocatedImage } from '../../../track/index.js'
import type { ImageSink } from '../live.js'

/*
 * How a camera's process hands its frames over: a header of 16 bytes (a mark, width, height, the number of
 * the pixel format, all of them 32 bits, little-endian), then the pixels without padding. Both ends are of
 * the same version, on the same machine.
 */
export const FRAME_HEADER_BYTES = 16
const MARK = 0x4d524650 // "PFRM"

/** The header of a frame. */
export function frameHeader({ width, height, format }: FrameLayout): Uint8Array {
  return new Uint8Array(Uint32Array.of(MARK, width, height, PIXEL_FORMATS.indexOf(format)).buffer)
}

/** Reads frames with headers and pushes them. */
export class FrameStreamSink implements ByteSink {
  readonly #track: ImageSink
  readonly #onImage: () => void
  readonly #header = new Uint8Array(FRAME_HEADER_BYTES)
  #headerLength = 0
  #writer: FrameWriter<AllocatedImage> | undefined
  #key = ''
  #inFrame = false
  #images = 0

  constructor(track: ImageSink, onImage: () => void) {
    this.#track = track
    this.#onImage = onImage
  }

  room(): Uint8Array {
    if (this.#inFrame && this.#writer) return this.#writer.room()
    return this.#header.subarray(this.#headerLength)
  }

  wrote(count: number): void {
    if (this.#inFrame && this.#writer) {
      if (!this.#writer.wrote(count)) return
      this.#inFrame = false
      this.#images++
      this.#onImage()
      return
    }
    this.#headerLength += count
    if (this.#headerLength < FRAME_HEADER_BYTES) return
    this.#headerLength = 0
    this.#begin()
  }

  end(): StreamEnd {
    const incomplete = this.#inFrame ? (this.#writer?.filled ?? 0) : 0
    this.#writer?.discard()
    return { images: this.#images, incomplete }
  }

  #begin(): void {
    const [mark, width = 0, height = 0, index = -1] = new Uint32Array(this.#header.buffer)
    const format = PIXEL_FORMATS[index]
    // not a mistake of anybody's but ours
    if (mark !== MARK || !format) throw new Error('the camera process wrote what is no frame')
    const key = `${width}x${height}:${format}`
    if (!this.#writer || key !== this.#key)
      this.#writer = new FrameWriter<AllocatedImage>(this.#track, { width, height, format })
    this.#key = key
    this.#inFrame = true
  }
}
