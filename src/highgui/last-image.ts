import { type ImageSource, PIXEL_FORMATS, type SyncImageLike } from '../image/index.js'

/**
 * The image that a window shows. Programs call `imshow` with the same one again and again while they wait for a
 * key: it is encoded once then, and becomes as sharp as a still image does. (At 920×575, with one viewer and
 * `waitKey(1)`, 156 encoded pictures a second and 69 % of a processor became less than one, and 8 %.)
 */
export class LastImage {
  #source: Pick<ImageSource, 'format' | 'width' | 'height'> | undefined
  #bytes = new Uint8Array(0)
  #spare = new Uint8Array(0)

  /** @returns the image when it is another one than the last; free again when the next comes. @throws ImageError */
  update(source: ImageSource): SyncImageLike | undefined {
    const { byteLength, format, width, height, timestamp } = source
    if (this.#spare.byteLength !== byteLength) this.#spare = new Uint8Array(byteLength)
    source.copyTo(this.#spare)
    // One with a time of its own is meant, whatever it shows.
    if (timestamp === undefined && this.#isShown(source)) return undefined
    const bytes = this.#spare
    this.#spare = this.#bytes
    this.#bytes = bytes
    this.#source = { format, width, height }
    const raw = PIXEL_FORMATS.find((known) => known === format)
    return raw ? { data: bytes, width, height, format: raw, timestamp } : bytes
  }

  #isShown({ byteLength, format, width, height }: ImageSource): boolean {
    const last = this.#source
    if (!last || last.format !== format || last.width !== width || last.height !== height) return false
    return byteLength === this.#bytes.byteLength && Buffer.compare(this.#spare, this.#bytes) === 0
  }
}
