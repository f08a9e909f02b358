import { open, readFile } from 'node:fs/promises'
import { CliError, systemReason } from '../errors.js'
import { FrameConverter } from './frame-converter.js'
import { fileSource, MediaFile } from './media.js'
import { nameFromPath } from './names.js'
import { SNIFF_LENGTH, sniffEncoded } from './sniff.js'
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
 * thread of its own; everything else is decoded here. Errors are `CliError`s that name the file.
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
      if (sniffEncoded(head)) return await readFile(path)
    } finally {
      await file.close()
    }
    return await decodeFirstFrame(path)
  } catch (error) {
    throw fileError(path, error)
  }
}

/** An error about a file, in one line that names it. */
export function fileError(path: string, error: unknown): CliError {
  const reason = systemReason(error) ?? (error instanceof Error ? error.message : String(error))
  return new CliError(`${path}: ${reason}`, undefined, { cause: error })
}

async function decodeFirstFrame(path: string): Promise<InputImage> {
  const media = await MediaFile.open(fileSource(path), 1)
  const converter = new FrameConverter()
  try {
    const frame = await media.next()
    if (!frame) throw new CliError('no image in it can be decoded')
    const image = await converter.convert(frame, 1, 0)
    // a copy: the converter's buffer is freed below
    return image instanceof Uint8Array ? image : { ...image, data: Uint8Array.from(image.data) }
  } finally {
    converter.close()
    await media.close()
  }
}
