import { checkSize, refuse } from '../../image/check.js'
import { checkPixelFormat } from '../../image/formats.js'
import { tightByteLength } from '../../image/index.js'
import { leastByteLength, mostByteLength, stridedPlanes } from '../../image/layout.js'
import type { FrameLayout } from '../../image/stream/frame-writer.js'

/** What a query says about raw pixels. */
export interface RawLayout extends FrameLayout {
  /** Only when rows are padded. */
  readonly stride?: number | readonly number[]
  /** Bytes of an image; fewer by the padding of its last row are enough. */
  readonly byteLength: number
  /** See `byteLength`. */
  readonly leastBytes: number
}

const KNOWN = ['width', 'height', 'format', 'stride']

/**
 * Reads `?width&height&format[&stride]`; undefined when nothing of it is there.
 * @throws ImageError naming the parameter
 */
export function readRawLayout(query: URLSearchParams): RawLayout | undefined {
  for (const name of new Set(query.keys())) {
    if (!KNOWN.includes(name)) refuse(name, `one of the parameters ${KNOWN.join(', ')}`, JSON.stringify(name))
    if (query.getAll(name).length > 1) refuse(name, 'it once', `it ${query.getAll(name).length} times`)
  }
  if (query.size === 0) return undefined
  const text = (name: string) => query.get(name) ?? undefined
  const width = checkSize(number(text('width')), 'width')
  const height = checkSize(number(text('height')), 'height')
  const format = checkPixelFormat(text('format'))
  const layout = { width, height, format }
  const given = text('stride')
  if (given === undefined) {
    const byteLength = tightByteLength(format, width, height)
    return { ...layout, byteLength, leastBytes: byteLength }
  }
  const strides = given.split(',').map(number)
  // the planes check every one; what is not a number is refused there
  const stride = (strides.length === 1 ? strides[0] : strides) as number | number[]
  const planes = stridedPlanes(format, width, height, stride)
  return { ...layout, stride, byteLength: mostByteLength(planes), leastBytes: leastByteLength(planes) }
}

/** Anything but digits stays as it is, for the message. */
function number(text: string | undefined): number | string | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : text
}
