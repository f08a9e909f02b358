import { checkSize, DETACHED, describe, MAX_BYTES, refuse, toBytes } from './check.js'
import type { EncodedSize } from './encoded-size.js'
import { isSideways, readOrientation } from './exif.js'
import { isJpeg, readJpegHeader } from './jpeg.js'
import { isPng, readPngHeader } from './png.js'
import type { EncodedFormat, ImageSource } from './source.js'
import { isWebp, readWebpHeader } from './webp.js'

/**
 * Compressed bytes; the size is that of the picture as it is shown, upright. The headers are read and the
 * file is walked to its end, so that a truncated one is refused here; whether the pixels themselves decode is
 * known to the engine only.
 */
export function openEncoded(image: unknown): ImageSource {
  const bytes = toBytes(image, 'data')
  if (bytes.byteLength > MAX_BYTES) refuse('data', `at most ${MAX_BYTES} bytes`, `${bytes.byteLength} bytes`)
  if (isJpeg(bytes)) return new EncodedSource('jpeg', bytes, readJpegHeader(bytes))
  if (isPng(bytes)) return new EncodedSource('png', bytes, readPngHeader(bytes))
  if (isWebp(bytes)) return new EncodedSource('webp', bytes, readWebpHeader(bytes))
  return refuse(
    'data',
    'JPEG, PNG or WebP bytes, or {data, width, height, format}',
    `${describe(image)}${beginning(bytes)}`,
  )
}

function beginning(bytes: Uint8Array): string {
  const first = Array.from({ length: Math.min(bytes.byteLength, 4) }, (_, index) =>
    bytes[index]!.toString(16).padStart(2, '0'),
  )
  return first.length === 0 ? '' : ` that begins with ${first.join(' ')}`
}

/** Checked compressed bytes in somebody else's buffer. */
class EncodedSource implements ImageSource {
  readonly width: number
  readonly height: number
  readonly byteLength: number
  readonly alignment: number
  readonly #bytes: Uint8Array

  constructor(
    readonly format: EncodedFormat,
    bytes: Uint8Array,
    size: EncodedSize,
  ) {
    const [width, height] = [checkSize(size.width, 'width'), checkSize(size.height, 'height')]
    const sideways = isSideways(readOrientation(bytes))
    this.width = sideways ? height : width
    this.height = sideways ? width : height
    this.byteLength = bytes.byteLength
    this.alignment = bytes.byteOffset % 8
    this.#bytes = bytes
  }

  copyTo(target: Uint8Array): void {
    if (this.#bytes.byteLength < this.byteLength)
      refuse('data', `${this.byteLength} bytes until they were copied`, DETACHED)
    target.set(this.#bytes)
  }
}
