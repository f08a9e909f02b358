import { types } from 'node:util'
import { checkSize, describe, refuse, type Shape, toBytes } from './check.js'
import { checkLength, RawSource } from './raw-source.js'
import type { ImageSource, PixelFormat } from './source.js'

/** skia-canvas lets an ImageData hold other layouts than the standard's; these are the ones we have. */
const COLOR_TYPES: Readonly<Record<string, PixelFormat>> = {
  rgba: 'rgba',
  RGBA8888: 'rgba',
  rgb: 'rgba',
  RGB888x: 'rgba',
  bgra: 'bgra',
  BGRA8888: 'bgra',
}

/**
 * An `ImageData` (of any canvas library, or a plain object of that shape): `data`, `width`, `height`, and
 * no `format`. A plain object counts when its data is clamped, so that a forgotten `format` is noticed.
 */
export function isImageData(image: Shape): boolean {
  const { data, format } = image
  if (data === undefined || typeof data === 'function' || format !== undefined) return false
  return (
    types.isUint8ClampedArray(data) ||
    typeof image.colorSpace === 'string' ||
    typeof image.pixelFormat === 'string'
  )
}

/** RGBA, 8 bits a channel, tight, as the HTML standard has it. Alpha is ignored. */
export function openImageData(image: Shape): ImageSource {
  const { data, pixelFormat, colorType } = image
  if (pixelFormat !== undefined && pixelFormat !== 'rgba-unorm8')
    refuse('pixelFormat', '"rgba-unorm8" (8 bits a channel)', describe(pixelFormat))
  const width = checkSize(image.width, 'width')
  const height = checkSize(image.height, 'height')
  const format = checkColorType(colorType)
  const bytes = toBytes(data, 'data')
  checkLength(bytes, width * height * 4, 'data', `${width}×${height} ${format}`)
  return new RawSource(format, width, height, bytes)
}

function checkColorType(value: unknown): PixelFormat {
  if (value === undefined) return 'rgba'
  if (typeof value === 'string' && Object.hasOwn(COLOR_TYPES, value)) return COLOR_TYPES[value]!
  return refuse('colorType', `one of ${Object.keys(COLOR_TYPES).join(', ')}`, describe(value))
}
