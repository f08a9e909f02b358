import { refuse } from './check.js'
import type { EncodedSize } from './encoded-size.js'

/*
 * The WebP container (developers.google.com/speed/webp/docs/riff_container). Numbers are little-endian;
 * the four-letter codes are compared as big-endian numbers, which reads like the letters.
 */
const RIFF = 0x52494646
const WEBP = 0x57454250
const VP8 = 0x56503820
const VP8L = 0x5650384c
const VP8X = 0x56503858
const HEADER_BYTES = 12
const CHUNK_HEADER_BYTES = 8
const ANIMATION_FLAG = 0x02

export function isWebp(bytes: Uint8Array): boolean {
  if (bytes.byteLength < HEADER_BYTES) return false
  const view = viewOf(bytes)
  return view.getUint32(0) === RIFF && view.getUint32(8) === WEBP
}

/**
 * Reads the size of a lossy, lossless or extended still image and finds its pixels.
 * @throws ImageError on `data`: truncated, animated, or without a picture.
 */
export function readWebpHeader(bytes: Uint8Array): EncodedSize {
  const view = viewOf(bytes)
  const end = CHUNK_HEADER_BYTES + view.getUint32(4, true)
  if (end > bytes.length) return truncated(bytes, end)
  let size: EncodedSize | undefined
  let at = HEADER_BYTES
  while (at + CHUNK_HEADER_BYTES <= end) {
    const type = view.getUint32(at)
    const length = view.getUint32(at + 4, true)
    const data = at + CHUNK_HEADER_BYTES
    if (data + length > end) return truncated(bytes, data + length)
    if (type === VP8X) size = readExtended(view, data, length)
    // The canvas size of an extended file counts, not that of the picture on it.
    if (type === VP8) return size ?? readLossy(view, data, length)
    if (type === VP8L) return size ?? readLossless(view, data, length)
    // Chunks begin at even positions.
    at = data + length + (length % 2)
  }
  return refuse('data', 'a WebP with a picture (VP8 or VP8L)', 'one without')
}

function readExtended(view: DataView, at: number, length: number): EncodedSize {
  if (length < 10) return shortHeader('VP8X')
  if (view.getUint8(at) & ANIMATION_FLAG) return refuse('data', 'a still WebP', 'an animated one')
  return {
    width: 1 + (view.getUint16(at + 4, true) | (view.getUint8(at + 6) << 16)),
    height: 1 + (view.getUint16(at + 7, true) | (view.getUint8(at + 9) << 16)),
  }
}

/** The frame header of RFC 6386, section 9.1: the top two bits of each size are scaling hints. */
function readLossy(view: DataView, at: number, length: number): EncodedSize {
  if (length < 10) return shortHeader('VP8')
  const isKeyFrame = (view.getUint8(at) & 1) === 0
  const hasStartCode = view.getUint16(at + 3) === 0x9d01 && view.getUint8(at + 5) === 0x2a
  if (!isKeyFrame || !hasStartCode) return refuse('data', 'a WebP with a VP8 key frame', 'something else')
  return { width: view.getUint16(at + 6, true) & 0x3fff, height: view.getUint16(at + 8, true) & 0x3fff }
}

/** Signature byte, then 14 bits each of width − 1 and height − 1 (RFC 9649, section 3.4). */
function readLossless(view: DataView, at: number, length: number): EncodedSize {
  if (length < 5) return shortHeader('VP8L')
  if (view.getUint8(at) !== 0x2f) return refuse('data', 'a WebP with a VP8L signature', 'something else')
  const bits = view.getUint32(at + 1, true)
  return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function shortHeader(chunk: string): never {
  return refuse('data', `a whole ${chunk} header`, 'a short one')
}

function truncated(bytes: Uint8Array, needed: number): never {
  return refuse('data', `a whole WebP (${needed} bytes)`, `one truncated at ${bytes.length} bytes`)
}
