import { types } from 'node:util'
import { checkSize, checkTimestamp, describe, refuse, type Shape, toBytes } from './check.js'
import { checkPixelFormat } from './formats.js'
import { leastByteLength, mostByteLength, stridedPlanes, tightByteLength } from './layout.js'
import { checkLength, RawSource } from './raw-source.js'
import type { ImageSource } from './source.js'

/** `{ data, width, height, format, stride?, timestamp? }`, with the fields not looked at yet. */
export function isRaw(image: Shape): boolean {
  return image.data !== undefined && typeof image.data !== 'function'
}

/**
 * Checks a raw image. The length of `data` must fit exactly, because a wrong length nearly always means
 * a wrong width, which would show as a slanted picture: the tight length without `stride`; with it, the
 * padding of the very last row may be missing, as it is in many libraries' buffers, and nothing more.
 */
export function openRaw(image: Shape): ImageSource {
  const { data, width: givenWidth, height: givenHeight, format: givenFormat, stride, timestamp } = image
  if (types.isTypedArray(data) && !types.isUint8Array(data) && !types.isUint8ClampedArray(data))
    refuse(
      'data',
      'bytes, in a Uint8Array or the like (of other numbers, fromTensor makes an image)',
      describe(data),
    )
  const format = checkPixelFormat(givenFormat)
  const width = checkSize(givenWidth, 'width')
  const height = checkSize(givenHeight, 'height')
  const time = checkTimestamp(timestamp)
  const what = `${width}×${height} ${format}`
  if (stride === undefined) {
    const bytes = toBytes(data, 'data')
    checkLength(bytes, tightByteLength(format, width, height), 'data', what)
    return new RawSource(format, width, height, bytes, { timestamp: time })
  }
  const planes = stridedPlanes(format, width, height, stride)
  const bytes = toBytes(data, 'data')
  const least = leastByteLength(planes)
  const most = mostByteLength(planes)
  if (bytes.byteLength < least || bytes.byteLength > most)
    refuse(
      'data',
      `${least === most ? least : `${least} to ${most}`} bytes (${what}, stride ${planes.map((plane) => plane.stride).join(', ')})`,
      `${bytes.byteLength} bytes in ${describe(bytes)}`,
    )
  return new RawSource(format, width, height, bytes, { planes, timestamp: time })
}
