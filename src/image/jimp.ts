import { checkSize, type Shape, toBytes } from './check.js'
import { checkLength, RawSource } from './raw-source.js'
import type { ImageSource } from './source.js'

/** An image of jimp, any version: its pixels lie in `bitmap`. */
export function isJimp(image: Shape): boolean {
  return typeof image.bitmap === 'object' && image.bitmap !== null
}

/** RGBA, 8 bits a channel, tight. Alpha is ignored, as that of an ImageData. */
export function openJimp(image: Shape): ImageSource {
  const { data, width: givenWidth, height: givenHeight } = image.bitmap as Shape
  const width = checkSize(givenWidth, 'bitmap.width')
  const height = checkSize(givenHeight, 'bitmap.height')
  const bytes = toBytes(data, 'bitmap.data')
  checkLength(bytes, width * height * 4, 'bitmap.data', `${width}×${height} rgba`)
  return new RawSource('rgba', width, height, bytes)
}
