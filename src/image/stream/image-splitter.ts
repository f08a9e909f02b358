import { sniffEncoded } from '../sniff.js'
import { ImageWalk, MAX_IMAGE_BYTES } from './image-walk.js'

const FIRST_ROOM = 256 * 1024
/** Least space that is offered to a reader: smaller reads cost more calls than bytes. */
const MIN_ROOM = 64 * 1024
/** So many bytes tell what kind of image begins (RIFF, a length, WEBP). */
const SIGNATURE = 12

/**
 * Cuts a stream into JPEG, PNG and WebP images by their own structure, so that it does not matter what
 * is between them: nothing, or the boundaries of a multipart stream. Memory: the largest image so far.
 */
export class ImageSplitter {
  readonly #onJunk: (bytes: number, wasImage: boolean) => void
  readonly #maxBytes: number
  #buffer = new Uint8Array(FIRST_ROOM)
  #end = 0
  /** Where the image begins that is being walked through; bytes before it are done with. */
  #start = 0
  #walk: ImageWalk | undefined
  #junk = 0

  /**
   * `onJunk`: so many bytes are no image, but framing between images, or a damaged one (`wasImage`).
   * `maxBytes`: longer images are taken for damaged.
   */
  constructor(
    onJunk: (bytes: number, wasImage: boolean) => void = () => undefined,
    maxBytes: number = MAX_IMAGE_BYTES,
  ) {
    this.#onJunk = onJunk
    this.#maxBytes = maxBytes
  }

  /** Bytes that do not make a whole image yet. */
  get pending(): number {
    return this.#walk ? this.#end - this.#start : 0
  }

  /** Where the next bytes belong. */
  room(): Uint8Array {
    if (this.#start > 0 && this.#buffer.length - this.#end < MIN_ROOM) {
      this.#buffer.copyWithin(0, this.#start, this.#end)
      this.#end -= this.#start
      this.#walk?.moved(this.#start)
      this.#start = 0
    }
    if (this.#buffer.length - this.#end < MIN_ROOM) {
      const larger = new Uint8Array(this.#buffer.length * 2)
      larger.set(this.#buffer.subarray(0, this.#end))
      this.#buffer = larger
    }
    return this.#buffer.subarray(this.#end)
  }

  /** So many bytes were written to the start of `room()`. */
  wrote(count: number): void {
    this.#end += count
  }

  /** The next image, from its first byte to its last, valid until `room()`; undefined until more bytes come. */
  next(): Uint8Array | undefined {
    for (;;) {
      if (!this.#walk && !this.#findStart()) return undefined
      const walk = this.#walk!
      const result = walk.advance(this.#buffer, this.#end)
      if (typeof result === 'number') {
        this.#flushJunk()
        const image = this.#buffer.subarray(this.#start, result)
        this.#leave(result)
        return image
      }
      if (result === 'bad') this.#giveUp(walk.at)
      else if (this.#end - this.#start > this.#maxBytes) this.#giveUp(this.#end)
      else return undefined
    }
  }

  /** The stream is over, or begins anew. Returns the bytes of an image that was not complete. */
  reset(): number {
    const { pending } = this
    this.#flushJunk()
    this.#start = this.#end = 0
    this.#walk = undefined
    return pending
  }

  /** Passes over everything that is not the beginning of an image. */
  #findStart(): boolean {
    const begin = this.#start
    for (let at = begin; at < this.#end; at++) {
      const byte = this.#buffer[at]
      // FF of a JPEG, 89 of a PNG, R of RIFF: everything else needs no closer look
      if (byte !== 0xff && byte !== 0x89 && byte !== 0x52) continue
      if (this.#end - at < SIGNATURE && !this.#isJpegAt(at)) {
        this.#passOver(at)
        return false
      }
      const format = sniffEncoded(this.#buffer.subarray(at, at + SIGNATURE))
      if (!format) continue
      this.#passOver(at)
      this.#walk = new ImageWalk(format, at)
      return true
    }
    this.#passOver(this.#end)
    return false
  }

  #isJpegAt(at: number): boolean {
    return this.#end - at >= 3 && this.#buffer[at + 1] === 0xd8 && this.#buffer[at + 2] === 0xff
  }

  /** The image that was begun is none, or damaged: what is before `at` is lost. */
  #giveUp(at: number): void {
    this.#walk = undefined
    // at least its first byte, or it would be found again
    this.#passOver(Math.max(at, this.#start + 1))
    this.#flushJunk(true)
  }

  #passOver(to: number): void {
    this.#junk += to - this.#start
    this.#leave(to)
  }

  #leave(to: number): void {
    this.#walk = undefined
    this.#start = to
    if (this.#start === this.#end) this.#start = this.#end = 0
  }

  #flushJunk(wasImage = false): void {
    if (this.#junk > 0) this.#onJunk(this.#junk, wasImage)
    this.#junk = 0
  }
}
