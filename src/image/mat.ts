import { checkSize, checkTimestamp, describe, refuse, type Shape, toBytes } from './check.js'
import { checkPixelFormat } from './formats.js'
import { leastByteLength, stridedPlanes, tightByteLength } from './layout.js'
import { checkLength, RawSource } from './raw-source.js'
import type { ImageSource, PixelFormat } from './source.js'

interface Mat {
  readonly rows: number
  readonly cols: number
  readonly data: unknown
  /** Bytes from row to row, then bytes from pixel to pixel. */
  readonly step: ArrayLike<unknown>
  channels(): number
  /** OpenCV's type number: the depth in the low 3 bits, channels − 1 above them. */
  type(): number
  isContinuous(): boolean
  isDeleted?(): boolean
}

/** OpenCV's number for unsigned bytes. */
const CV_8U = 0
const DEPTH_NAMES = ['CV_8U', 'CV_8S', 'CV_16U', 'CV_16S', 'CV_32S', 'CV_32F', 'CV_64F', 'CV_16F']

/** The formats a Mat of so many channels can hold; the first is what `cv.imshow` of OpenCV.js assumes. */
export const MAT_FORMATS: Readonly<Record<number, readonly PixelFormat[]>> = {
  1: ['gray8'],
  3: ['rgb24', 'bgr24'],
  4: ['rgba', 'bgra'],
}

/** An OpenCV.js Mat. Only methods are looked at: the properties of a deleted Mat throw. */
export function isMat(image: Shape): boolean {
  return typeof image.isContinuous === 'function' && typeof image.channels === 'function'
}

/** `{ mat, format?, timestamp? }`: a Mat whose channels are not in OpenCV.js's order. */
export function isMatImage(image: Shape): boolean {
  return image.mat !== undefined
}

export function openMatImage(image: Shape): ImageSource {
  const { mat, format, timestamp } = image
  if (typeof mat !== 'object' || mat === null || !isMat(mat as Shape))
    return refuse('mat', 'an OpenCV.js Mat', describe(mat))
  return readMat(mat as Mat, 'mat.', format, checkTimestamp(timestamp))
}

/** A bare Mat: 1 channel is gray8, 3 are rgb24 and 4 rgba, as `cv.imshow` of OpenCV.js shows them. */
export function openMat(image: Shape): ImageSource {
  return readMat(image as unknown as Mat, '', undefined, undefined)
}

function readMat(mat: Mat, path: string, givenFormat: unknown, timestamp: number | undefined): ImageSource {
  if (mat.isDeleted?.()) refuse(path.slice(0, -1), 'a Mat that is still there', 'a deleted Mat')
  const type = mat.type()
  const depth = type & 7
  if (depth !== CV_8U) refuse(`${path}type()`, 'CV_8U (use convertTo)', `${DEPTH_NAMES[depth]}`)
  const formats = MAT_FORMATS[mat.channels()]
  if (!formats) return refuse(`${path}channels()`, '1, 3 or 4', describe(mat.channels()))
  const format = givenFormat === undefined ? formats[0]! : checkPixelFormat(givenFormat)
  if (!formats.includes(format))
    refuse('format', `${formats.join(' or ')} (${mat.channels()} channels)`, describe(format))
  const width = checkSize(mat.cols, `${path}cols`)
  const height = checkSize(mat.rows, `${path}rows`)

  const pixels = toBytes(mat.data, `${path}data`)
  if (mat.isContinuous()) {
    checkLength(pixels, tightByteLength(format, width, height), `${path}data`, `${width}×${height} ${format}`)
    return new RawSource(format, width, height, pixels, { timestamp })
  }
  // A region of a larger Mat. `data` begins at its first pixel, but is as long as the tight region would
  // be; the rows lie `step` bytes apart in the memory behind it.
  const planes = stridedPlanes(format, width, height, mat.step[0])
  const least = leastByteLength(planes)
  if (pixels.byteOffset + least > pixels.buffer.byteLength)
    refuse(`${path}step`, `rows that lie within the Mat's memory`, describe(mat.step[0]))
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, least)
  return new RawSource(format, width, height, bytes, { planes, timestamp })
}
