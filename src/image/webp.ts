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
const ANMF = 0x414e4d46
const HEADER_BYTES = 12
const CHUNK_HEADER_BYTES = 8
/** Position, size, duration and flags of a picture of an animation, before its own chunks. */
const ANMF_HEADER_BYTES = 16
const ANIMATION_FLAG = 0x02
const ALPHA_FLAG = 0x10

export function isWebp(bytes: Uint8Array): boolean {
  if (bytes.byteLength < HEADER_BYTES) return false
  const view = viewOf(bytes)
  return view.getUint32(0) === RIFF && view.getUint32(8) === WEBP
}

/** Where on the canvas of a file its picture belongs; pixels. */
export interface Placement {
  readonly canvas: EncodedSize
  readonly left: number
  readonly top: number
}

/** The first picture of an animation, as a file of its own. */
export interface FirstPicture {
  readonly file: Uint8Array
  /** Undefined when it fills the canvas. */
  readonly placement: Placement | undefined
}

/**
 * Reads the size of a lossy, lossless or extended image and finds its pixels; of an animation, those of
 * its first picture.
 * @throws ImageError on `data`: truncated, or without a picture.
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
    // The first one, as for all who read the file after this: a second one would be checked in its stead.
    if (type === VP8X) size ??= readExtended(view, data, length)
    // The canvas size of an extended file counts, not that of the picture on it.
    if (type === VP8) return size ?? readLossy(view, data, length)
    if (type === VP8L) return size ?? readLossless(view, data, length)
    if (type === ANMF && size) return checkFirst(view, data, length, size)
    // Chunks begin at even positions.
    at = data + length + (length % 2)
  }
  return refuse('data', 'a WebP with a picture (VP8 or VP8L)', 'one without')
}

function readExtended(view: DataView, at: number, length: number): EncodedSize {
  if (length < 10) return shortHeader('VP8X')
  return { width: 1 + readUint24(view, at + 4), height: 1 + readUint24(view, at + 7) }
}

/**
 * Takes the first picture out of an animation (RFC 9649, section 2.7.1.1), because decoders of stills know
 * none. `bytes` were checked by `readWebpHeader`.
 *
 * @returns undefined for a file that is no animation
 */
export function firstWebpPicture(bytes: Uint8Array): FirstPicture | undefined {
  const view = viewOf(bytes)
  const isExtended = bytes.length >= HEADER_BYTES + CHUNK_HEADER_BYTES + 10 && view.getUint32(12) === VP8X
  if (!isExtended || (view.getUint8(20) & ANIMATION_FLAG) === 0) return undefined
  const canvas = readExtended(view, 20, view.getUint32(16, true))
  for (let at = HEADER_BYTES; at + CHUNK_HEADER_BYTES <= bytes.length; ) {
    const length = view.getUint32(at + 4, true)
    const data = at + CHUNK_HEADER_BYTES
    const type = view.getUint32(at)
    if (type === ANMF) return takeOut(bytes.subarray(data, data + length), canvas)
    // a still after all, whatever its flag says
    if (type === VP8 || type === VP8L) return undefined
    at = data + length + (length % 2)
  }
  return undefined
}

/** An extended file around the chunks of one picture. */
function takeOut(picture: Uint8Array, canvas: EncodedSize): FirstPicture {
  const from = viewOf(picture)
  const [left, top] = [2 * readUint24(from, 0), 2 * readUint24(from, 3)]
  const [width, height] = [1 + readUint24(from, 6), 1 + readUint24(from, 9)]
  const chunks = picture.subarray(ANMF_HEADER_BYTES)
  const start = HEADER_BYTES + CHUNK_HEADER_BYTES + 10
  const file = new Uint8Array(start + chunks.length)
  const view = viewOf(file)
  view.setUint32(0, RIFF)
  view.setUint32(4, file.length - CHUNK_HEADER_BYTES, true)
  view.setUint32(8, WEBP)
  view.setUint32(12, VP8X)
  view.setUint32(16, 10, true)
  view.setUint8(20, ALPHA_FLAG)
  // the size of the picture, as it stands in the animation: less one, three bytes each
  file.set(picture.subarray(6, 12), 24)
  file.set(chunks, start)
  const fills = width === canvas.width && height === canvas.height
  return { file, placement: fills ? undefined : { canvas, left, top } }
}

/** The first picture of an animation has to lie on the canvas, and to be there. */
function checkFirst(view: DataView, at: number, length: number, canvas: EncodedSize): EncodedSize {
  if (length < ANMF_HEADER_BYTES + CHUNK_HEADER_BYTES) return shortHeader('ANMF')
  const right = 2 * readUint24(view, at) + 1 + readUint24(view, at + 6)
  const bottom = 2 * readUint24(view, at + 3) + 1 + readUint24(view, at + 9)
  if (right > canvas.width || bottom > canvas.height)
    return refuse('data', 'a WebP whose first picture lies on its canvas', 'one beside it')
  return canvas
}

function readUint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
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
