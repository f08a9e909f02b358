import { asImageError, describe, refuse, type Shape } from '../image/check.js'
import type { SyncImageLike } from '../image/index.js'
import { isMat, isMatImage, MAT_FORMATS } from '../image/mat.js'

interface Depth {
  readonly of: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => ArrayLike<number>
  readonly bytes: number
  /** To 0…255, before it is rounded and cut off. */
  readonly toByte: (value: number) => number
}

/** By OpenCV's number, as its `imshow` shows them (`convertToShow` in highgui's precomp.hpp). It refuses the others, too. */
const DEPTHS: Readonly<Record<number, Depth>> = {
  1: { of: Int8Array, bytes: 1, toByte: (value) => Math.abs(value + 127) },
  2: { of: Uint16Array, bytes: 2, toByte: (value) => value / 255 },
  3: { of: Int16Array, bytes: 2, toByte: (value) => Math.abs(value / 255 + 127) },
  5: { of: Float32Array, bytes: 4, toByte: (value) => value * 255 },
  6: { of: Float64Array, bytes: 8, toByte: (value) => value * 255 },
}

interface Mat {
  readonly rows: number
  readonly cols: number
  readonly data: Uint8Array
  readonly step: ArrayLike<number>
  channels(): number
  type(): number
  isContinuous(): boolean
  isDeleted?(): boolean
}

/**
 * What `imshow` does before it shows an image: an OpenCV.js Mat of another depth than `CV_8U` becomes bytes.
 * Everything else is given back as it came.
 *
 * @throws ImageError
 */
export function toShow(image: SyncImageLike): SyncImageLike {
  try {
    if (typeof image !== 'object' || image === null) return image
    const shape = image as Shape
    const isBare = isMat(shape)
    const mat = (isBare ? image : isMatImage(shape) ? shape.mat : undefined) as Mat | undefined
    if (!mat || !isMat(mat as unknown as Shape) || mat.isDeleted?.()) return image
    const depth = DEPTHS[mat.type() & 7]
    if (!depth) return image
    const { format, timestamp } = isBare ? {} : shape
    const path = isBare ? '' : 'mat.'
    return { ...converted(mat, depth, path, format), timestamp: timestamp as number | undefined }
  } catch (error) {
    throw asImageError(error)
  }
}

function converted(mat: Mat, { of, bytes, toByte }: Depth, path: string, givenFormat: unknown) {
  const { rows: height, cols: width, data } = mat
  const channels = mat.channels()
  const formats = MAT_FORMATS[channels]
  if (!formats) return refuse(`${path}channels()`, '1, 3 or 4', describe(channels))
  const format = givenFormat === undefined ? formats[0] : formats.find((known) => known === givenFormat)
  if (!format)
    return refuse('format', `${formats.join(' or ')} (${channels} channels)`, describe(givenFormat))
  const perRow = width * channels
  // A region of a larger Mat has its rows further apart.
  const stride = mat.isContinuous() ? perRow * bytes : (mat.step[0] as number)
  // Rounds to the nearest, halves to even, and cuts off, as `saturate_cast<uchar>` does.
  const shown = new Uint8ClampedArray(perRow * height)
  for (let row = 0, at = 0; row < height; row++) {
    const values = new of(data.buffer, data.byteOffset + row * stride, perRow)
    for (let i = 0; i < perRow; i++) shown[at++] = toByte(values[i] as number)
  }
  return { data: shown, width, height, format }
}
