import { open, readFile } from 'node:fs/promises'
import { readOrientation } from '../../image/exif.js'
import { openImage } from '../../image/index.js'
import { SNIFF_LENGTH, sniffEncoded } from '../../image/sniff.js'
import { CliError, systemReason } from '../errors.js'
import { FrameConverter, type Upright, uprightFor } from './frame-converter.js'
import { fileSource, MediaFile } from './media.js'
import { nameFromPath } from './names.js'
import { isAnimated } from './sniff.js'
import type { Input, InputImage, TimedImage } from './types.js'

/** A compressed image of 8192×8192 pixels stays far below; a larger file is not an image. */
const MAX_BYTES = 512 * 1024 * 1024

/** One image, shown once; the track keeps it for whoever comes later. */
export class ImageFile implements Input {
  readonly kind = 'image'
  readonly name: string
  readonly description: string
  readonly #path: string

  constructor(path: string) {
    this.#path = path
    this.name = nameFromPath(path)
    this.description = 'image'
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TimedImage> {
    yield { at: 0, load: () => loadImage(this.#path) }
  }
}

/**
 * Reads an image file. JPEG, PNG and WebP are given as they are, because the engine decodes them on a
 * thread of its own; what it would not show as it should be, turned photos and animations, is decoded
 * here, and so is everything else. Errors are `CliError`s that name the file.
 */
export async function loadImage(path: string): Promise<InputImage> {
  try {
    const file = await open(path)
    try {
      const { size } = await file.stat()
      if (size === 0) throw new CliError('is empty')
      if (size > MAX_BYTES) throw new CliError(`is too large for an image (${size} bytes)`)
      const head = new Uint8Array(SNIFF_LENGTH)
      await file.read(head, 0, SNIFF_LENGTH, 0)
      if (!sniffEncoded(head)) return await decodeFirstFrame(path)
    } finally {
      await file.close()
    }
    const bytes = await readFile(path)
    if (isAnimated(bytes)) return await decodeFirstFrame(path)
    const orientation = readOrientation(bytes)
    if (orientation === 1) return bytes
    // a file that is cut off is refused as such, not shown in part
    openImage(bytes)
    return await decodeFirstFrame(path, uprightFor(orientation))
  } catch (error) {
    throw fileError(path, error)
  }
}

/** An error about a file, in one line that names it. */
export function fileError(path: string, error: unknown): CliError {
  const reason = systemReason(error) ?? (error instanceof Error ? error.message : String(error))
  return new CliError(`${path}: ${reason}`, undefined, { cause: error })
}

async function decodeFirstFrame(path: string, upright?: Upright): Promise<InputImage> {
  const media = await MediaFile.open(fileSource(path), 1)
  const converter = new FrameConverter()
  try {
    const frame = await media.next()
    if (!frame) throw new CliError('no image in it can be decoded')
    const image = await converter.convert(frame, 1, upright?.turns ?? 0, upright?.mirror)
    // a copy: the converter's buffer is freed below
    return { ...image, data: Uint8Array.from(image.data) }
  } finally {
    converter.close()
    await media.close()
  }
}
