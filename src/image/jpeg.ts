import { refuse } from './check.js'
import type { EncodedSize } from './encoded-size.js'

// Marker codes of ITU-T T.81, table B.1.
const SOF0 = 0xc0
const SOF2 = 0xc2
const SOF15 = 0xcf
const DHT = 0xc4
const JPG = 0xc8
const DAC = 0xcc
const RST0 = 0xd0
const RST7 = 0xd7
const SOI = 0xd8
const EOI = 0xd9
const SOS = 0xda
const TEM = 0x01

/** What the frame headers mean that hardly any decoder knows. */
const KINDS: Readonly<Record<number, string>> = {
  3: 'lossless',
  5: 'hierarchical',
  6: 'hierarchical',
  7: 'hierarchical lossless',
  9: 'arithmetic-coded',
  10: 'arithmetic-coded',
  11: 'arithmetic-coded lossless',
  13: 'arithmetic-coded hierarchical',
  14: 'arithmetic-coded hierarchical',
  15: 'arithmetic-coded hierarchical lossless',
}

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === SOI && bytes[2] === 0xff
}

/**
 * Walks the marker segments to the end of the image (T.81 annex B). Bytes after the end are allowed:
 * cameras pad their files.
 * @throws ImageError on `data`: truncated, malformed, or coded in a way that is not baseline, extended
 *   or progressive Huffman with 8 bits a sample.
 */
export function readJpegHeader(bytes: Uint8Array): EncodedSize {
  let size: EncodedSize | undefined
  let at = 2
  while (true) {
    const marker = markerAt(bytes, at)
    at = marker.end
    const { code } = marker
    if (code === EOI) return refuse('data', 'a JPEG with image data', 'one that ends before it')
    if (code === TEM || (code >= RST0 && code <= RST7)) continue
    const end = at + segmentLength(bytes, at)
    if (code >= SOF0 && code <= SOF15 && code !== DHT && code !== JPG && code !== DAC)
      size = readFrame(bytes, at, code)
    if (code === SOS) {
      if (!size) return refuse('data', 'a JPEG with a frame header', 'a scan without one')
      checkComplete(bytes, end)
      return size
    }
    at = end
  }
}

/** The marker at `at`; it may be preceded by any number of fill bytes. */
function markerAt(bytes: Uint8Array, at: number): { readonly code: number; readonly end: number } {
  if (at >= bytes.length) return truncated(bytes)
  if (bytes[at] !== 0xff) return refuse('data', `a JPEG marker at byte ${at}`, `${bytes[at]}`)
  let end = at + 1
  while (bytes[end] === 0xff) end++
  if (end >= bytes.length) return truncated(bytes)
  return { code: bytes[end]!, end: end + 1 }
}

function segmentLength(bytes: Uint8Array, at: number): number {
  if (at + 2 > bytes.length) return truncated(bytes)
  const length = (bytes[at]! << 8) | bytes[at + 1]!
  if (length < 2) return refuse('data', `a segment length of at least 2 at byte ${at}`, `${length}`)
  if (at + length > bytes.length) return truncated(bytes)
  return length
}

function readFrame(bytes: Uint8Array, at: number, code: number): EncodedSize {
  if (code > SOF2)
    return refuse('data', 'a baseline or progressive JPEG', `one that is ${KINDS[code - SOF0]}`)
  if (segmentLength(bytes, at) < 8) return refuse('data', 'a whole JPEG frame header', 'a short one')
  const precision = bytes[at + 2]
  if (precision !== 8) return refuse('data', 'a JPEG with 8 bits a sample', `${precision} bits`)
  return {
    height: (bytes[at + 3]! << 8) | bytes[at + 4]!,
    width: (bytes[at + 5]! << 8) | bytes[at + 6]!,
  }
}

/**
 * Entropy-coded data never holds FF D9, so when those are the last bytes the image is whole. Otherwise
 * the end is searched for: an FF that is no stuffed byte, restart or fill begins a segment or ends it all.
 */
function checkComplete(bytes: Uint8Array, start: number): void {
  const { length } = bytes
  if (length - 2 >= start && bytes[length - 2] === 0xff && bytes[length - 1] === EOI) return
  let at = start
  while (true) {
    at = bytes.indexOf(0xff, at)
    if (at < 0 || at + 1 >= length) truncated(bytes)
    const code = bytes[at + 1]!
    if (code === EOI) return
    if (code === 0xff) at += 1
    else if (code === 0 || code === TEM || (code >= RST0 && code <= RST7)) at += 2
    else at += 2 + segmentLength(bytes, at + 2)
  }
}

function truncated(bytes: Uint8Array): never {
  return refuse('data', 'a whole JPEG, up to its end marker', `one truncated at ${bytes.length} bytes`)
}
