import { refuse } from './check.js'
import type { EncodedSize } from './encoded-size.js'

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
const SIGNATURE_BYTES = 8
/** Length, type and CRC around a chunk's data (PNG specification, section 5.3). */
const CHUNK_FRAME_BYTES = 12
const IHDR_BYTES = 13
const IHDR = 0x49484452
const IDAT = 0x49444154
const IEND = 0x49454e44

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => bytes[index] === byte)
}

/**
 * Walks the chunks from IHDR to IEND. Checksums are left to the decoder.
 * @throws ImageError on `data`: truncated, without image data, or no chunk where one must be.
 */
export function readPngHeader(bytes: Uint8Array): EncodedSize {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = SIGNATURE_BYTES
  let size: EncodedSize | undefined
  let hasPixels = false
  while (true) {
    if (at + CHUNK_FRAME_BYTES > bytes.length) return truncated(bytes)
    const length = view.getUint32(at)
    const type = view.getUint32(at + 4)
    if (at + CHUNK_FRAME_BYTES + length > bytes.length) return truncated(bytes)
    if (!size) {
      if (type !== IHDR || length !== IHDR_BYTES)
        return refuse('data', 'a PNG that begins with its header (IHDR)', `chunk ${nameOf(type)}`)
      size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) }
    }
    if (type === IDAT) hasPixels = true
    if (type === IEND) {
      if (!hasPixels) return refuse('data', 'a PNG with image data (IDAT)', 'one without')
      return size
    }
    at += CHUNK_FRAME_BYTES + length
  }
}

function nameOf(type: number): string {
  return `0x${type.toString(16).padStart(8, '0')}`
}

function truncated(bytes: Uint8Array): never {
  return refuse('data', 'a whole PNG, up to its end chunk (IEND)', `one truncated at ${bytes.length} bytes`)
}
