import { open, readFile } from 'node:fs/promises'
import { AV_FRAME_DATA_DISPLAYMATRIX } from 'node-av'
import { ImageError } from '../../common/errors.js'
import { SourceReader } from '../../encode/index.js'
import { openImage } from '../../image/index.js'
import { SNIFF_LENGTH, sniffEncoded } from '../../image/sniff.js'
import { CliError, systemReason } from '../errors.js'
import { orientationOf } from './display-matrix.js'
import { FrameConverter } from './frame-converter.js'
import { fileSource, MediaFile } from './media.js'
import { nameFromPath } from './names.js'
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
 * Reads an image file, and makes sure that it can be shown. JPEG, PNG and WebP are given as they are, because
 * the engine decodes them by itself, when somebody watches; everything else is decoded here, and so are
 * those in sizes that the engine does not take. Errors are `CliError`s that name the file.
 *
 * @param prove decode also what the engine will decode: what it could not, it would pass over without knowing
 *   the file's name
 */
export async function loadImage(path: string, prove = true): Promise<InputImage> {
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
    const odd = await tryAsEngine(bytes, prove)
    if (!odd) return bytes
    return await decodeFirstFrame(path).catch((error: unknown) => {
      throw new CliError(`cannot be decoded in this size (${odd.field} ${odd.actual})`, undefined, {
        cause: error,
      })
    })
  } catch (error) {
    throw fileError(path, error)
  }
}

/** An error about a file, in one line that names it. */
export function fileError(path: string, error: unknown): CliError {
  return new CliError(`${path}: ${reasonOf(error)}`, undefined, { cause: error })
}

function reasonOf(error: unknown): string {
  if (error instanceof ImageError) return `expected ${error.expected}, got ${error.actual}`
  return systemReason(error) ?? (error instanceof Error ? error.message : String(error))
}

/**
 * Reads a file as the engine will.
 *
 * @returns the error when only the size is not one for the engine
 * @throws ImageError when it is damaged
 */
async function tryAsEngine(bytes: Uint8Array, decode: boolean): Promise<ImageError | undefined> {
  const reader = new SourceReader()
  try {
    const { format, width, height } = openImage(bytes)
    if (!decode) return undefined
    const frame = await reader.read({ format, width, height, data: bytes })
    frame.free()
    return undefined
  } catch (error) {
    if (error instanceof ImageError && (error.field === 'width' || error.field === 'height')) return error
    throw error
  } finally {
    reader.close()
  }
}

async function decodeFirstFrame(path: string): Promise<InputImage> {
  const media = await MediaFile.open(fileSource(path), 1)
  const converter = new FrameConverter()
  try {
    const frame = await media.next()
    if (!frame) throw new CliError('no image in it can be decoded')
    const orientation = orientationOf(frame.getSideData(AV_FRAME_DATA_DISPLAYMATRIX))
    const image = await converter.convert(frame, 1, orientation)
    // a copy: the converter's buffer is freed below
    return { ...image, data: Uint8Array.from(image.data) }
  } finally {
    converter.close()
    await media.close()
  }
}
