import { describe, refuse } from './check.js'
import type { PixelFormat } from './source.js'

/** How large one plane is when its rows are tight. */
export interface PlaneSize {
  /** Bytes of pixels in a row, without padding. */
  readonly rowBytes: number
  readonly rows: number
}

/** Where one plane lies in a buffer. */
export interface Plane extends PlaneSize {
  /** Bytes from the start of the buffer to the plane's first row. */
  readonly offset: number
  /** Bytes from the start of one row to the start of the next; at least `rowBytes`. */
  readonly stride: number
}

/** Bytes of a pixel in the formats that have one plane. */
const PIXEL_BYTES = { bgr24: 3, rgb24: 3, bgra: 4, rgba: 4, gray8: 1 } as const

/**
 * The planes of a format, in the order they are stored. Chroma planes have half the size of luma,
 * rounded up; a chroma row of nv12 holds two bytes for each pair of pixels.
 */
export function planeSizes(format: PixelFormat, width: number, height: number): readonly PlaneSize[] {
  const halfWidth = Math.ceil(width / 2)
  const rows = Math.ceil(height / 2)
  switch (format) {
    case 'yuv420p':
      return [
        { rowBytes: width, rows: height },
        { rowBytes: halfWidth, rows },
        { rowBytes: halfWidth, rows },
      ]
    case 'nv12':
      return [
        { rowBytes: width, rows: height },
        { rowBytes: 2 * halfWidth, rows },
      ]
    default:
      return [{ rowBytes: width * PIXEL_BYTES[format], rows: height }]
  }
}

/** Bytes of an image whose rows and planes follow each other without padding. */
export function tightByteLength(format: PixelFormat, width: number, height: number): number {
  if (format === 'yuv420p' || format === 'nv12')
    return width * height + 2 * Math.ceil(width / 2) * Math.ceil(height / 2)
  return width * height * PIXEL_BYTES[format]
}

/**
 * The planes of an image with padded rows, one after the other.
 * @param stride Bytes from row to row. A number is that of the first plane, from which chroma follows:
 *   `ceil(stride / 2)` for yuv420p, `2 * ceil(stride / 2)` for nv12. An array gives each plane its own.
 * @throws ImageError on `stride` when it is not an integer or shorter than a row.
 */
export function stridedPlanes(
  format: PixelFormat,
  width: number,
  height: number,
  stride: unknown,
): readonly Plane[] {
  const sizes = planeSizes(format, width, height)
  if (Array.isArray(stride) && stride.length !== sizes.length)
    refuse('stride', `${sizes.length} strides for ${format}`, `${stride.length}`)
  let offset = 0
  return sizes.map(({ rowBytes, rows }, index) => {
    const field = Array.isArray(stride) ? `stride[${index}]` : 'stride'
    const value: unknown = Array.isArray(stride) ? stride[index] : stride
    // Derived strides are never too small when the first one is not.
    const checked = checkStride(value, Array.isArray(stride) || index === 0 ? rowBytes : 0, field)
    const own = Array.isArray(stride) || index === 0 ? checked : chromaStride(format, checked)
    const plane = { rowBytes, rows, offset, stride: own }
    offset += own * rows
    return plane
  })
}

function chromaStride(format: PixelFormat, luma: number): number {
  return (format === 'nv12' ? 2 : 1) * Math.ceil(luma / 2)
}

function checkStride(value: unknown, rowBytes: number, field: string): number {
  if (Number.isSafeInteger(value) && (value as number) >= rowBytes) return value as number
  return refuse(field, `an integer of at least ${rowBytes} (bytes of a row)`, describe(value))
}

/** True when the planes' rows follow each other without a gap, so that one copy moves the image. */
export function isTight(planes: readonly Plane[]): boolean {
  let offset = planes[0]?.offset ?? 0
  for (const plane of planes) {
    if (plane.offset !== offset || plane.stride !== plane.rowBytes) return false
    offset += plane.rowBytes * plane.rows
  }
  return true
}

/** Bytes from the start of the buffer to the last pixel's end; the padding of the last row may be missing. */
export function leastByteLength(planes: readonly Plane[]): number {
  let end = 0
  for (const { offset, stride, rows, rowBytes } of planes)
    end = Math.max(end, offset + stride * (rows - 1) + rowBytes)
  return end
}

/** Bytes from the start of the buffer to the end of the last row's padding. */
export function mostByteLength(planes: readonly Plane[]): number {
  let end = 0
  for (const { offset, stride, rows } of planes) end = Math.max(end, offset + stride * rows)
  return end
}
