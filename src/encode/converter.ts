import { EncodeLoad } from './encode-load.js'
import type { Picture } from './frames.js'
import type { Scale } from './scale.js'
import { Scaler } from './scaler.js'
import { isCompressed, type SourceImage, SourceReader } from './source-reader.js'

/**
 * Turns images into pictures for the encoders: decodes what is compressed, once, and converts it for each
 * scale that is wanted. One image at a time.
 */
export class Converter {
  readonly #reader = new SourceReader()
  readonly #scalers = new Map<Scale, Scaler>()

  /** @param load is told of its work */
  constructor(private readonly load = new EncodeLoad()) {}

  /**
   * The pictures are the caller's until `recycle`. `image.data` must not change before the promise settles.
   *
   * @returns one for each scale, in their order
   * @throws ImageError when compressed bytes do not decode
   */
  async convert(image: SourceImage, scales: readonly Scale[]): Promise<Picture[]> {
    return this.load.during(() => this.#convert(image, scales))
  }

  async #convert(image: SourceImage, scales: readonly Scale[]): Promise<Picture[]> {
    const source = await this.#reader.read(image)
    const blend = isCompressed(image.format)
    const pictures: Picture[] = []
    try {
      // One after the other: frames are not made to be read by two conversions, and a second one is rare.
      for (const scale of scales) pictures.push(await this.#scaler(scale).convert(source, blend))
      return pictures
    } catch (error) {
      for (const picture of pictures) this.recycle(picture)
      throw error
    } finally {
      source.free()
    }
  }

  /** Gives a picture's memory back. */
  recycle(picture: Picture): void {
    this.#scaler(picture.scale).recycle(picture)
  }

  close(): void {
    for (const scaler of this.#scalers.values()) scaler.close()
    this.#scalers.clear()
    this.#reader.close()
  }

  #scaler(scale: Scale): Scaler {
    let scaler = this.#scalers.get(scale)
    if (!scaler) {
      scaler = new Scaler(scale)
      this.#scalers.set(scale, scaler)
    }
    return scaler
  }
}
