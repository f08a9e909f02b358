/**
 * How a picture has to be turned to stand upright, as Exif numbers it (CIPA DC-008, tag 0x0112): the
 * row and column of the stored picture's first pixel. 1 is upright, 3 upside down, 6 and 8 lie on a side;
 * 2, 4, 5 and 7 are mirrored as well.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8

/** Whether width and height change places when the picture is turned upright. */
export function isSideways(orientation: Orientation): boolean {
  return orientation >= 5
}

const ORIENTATION_TAG = 0x0112
const ENTRY_BYTES = 12
/** More entries than any camera writes; a bound for files that lie. */
const MAX_ENTRIES = 1000
/** `Exif` and two zeros, before the data in a JPEG, and in some WebP files. */
const PREFIX = [0x45, 0x78, 0x69, 0x66, 0, 0]

/** Reads the orientation of a JPEG, PNG or WebP; 1 for everything that tells none, or nonsense. */
export function readOrientation(bytes: Uint8Array): Orientation {
  try {
    const exif = findInJpeg(bytes) ?? findInPng(bytes) ?? findInWebp(bytes)
    return exif ? orientationIn(exif) : 1
  } catch (error) {
    // a file that is cut off in the middle of a number
    if (error instanceof RangeError) return 1
    throw error
  }
}

/** The segment APP1 (T.81 annex B; Exif says that it stands before the frame header). */
function findInJpeg(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return undefined
  const view = viewOf(bytes)
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const code = bytes[at + 1]!
    if (code === 0xff) {
      at++
      continue
    }
    if (code === 0xda || code === 0xd9) return undefined
    const length = view.getUint16(at + 2)
    const data = bytes.subarray(at + 4, at + 2 + length)
    if (code === 0xe1 && PREFIX.every((byte, i) => data[i] === byte)) return data.subarray(PREFIX.length)
    at += 2 + length
  }
  return undefined
}

/** The chunk eXIf (PNG specification, third edition, section 11.3.4.5); it may stand anywhere before IEND. */
function findInPng(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] !== 0x89 || bytes[1] !== 0x50) return undefined
  return findChunk(bytes, 8, 'eXIf', (view, at) => ({
    length: view.getUint32(at),
    name: at + 4,
    data: at + 8,
    end: at + 12 + view.getUint32(at),
  }))
}

/** The chunk EXIF (RFC 9649, section 2.7.1.5), after the picture. */
function findInWebp(bytes: Uint8Array): Uint8Array | undefined {
  if (bytes[0] !== 0x52 || bytes[8] !== 0x57) return undefined
  const exif = findChunk(bytes, 12, 'EXIF', (view, at) => {
    const length = view.getUint32(at + 4, true)
    return { length, name: at, data: at + 8, end: at + 8 + length + (length % 2) }
  })
  return exif && PREFIX.every((byte, i) => exif[i] === byte) ? exif.subarray(PREFIX.length) : exif
}

interface Chunk {
  readonly length: number
  readonly name: number
  readonly data: number
  readonly end: number
}

function findChunk(
  bytes: Uint8Array,
  start: number,
  wanted: string,
  chunkAt: (view: DataView, at: number) => Chunk,
): Uint8Array | undefined {
  const view = viewOf(bytes)
  for (let at = start; at + 8 <= bytes.length; ) {
    const { length, name, data, end } = chunkAt(view, at)
    if (String.fromCharCode(...bytes.subarray(name, name + 4)) === wanted)
      return bytes.subarray(data, data + length)
    at = end
  }
  return undefined
}

/** The first directory of a TIFF (TIFF 6.0, section 2), which is what Exif data is. */
function orientationIn(exif: Uint8Array): Orientation {
  const view = viewOf(exif)
  const order = view.getUint16(0)
  const isLittle = order === 0x4949
  if ((!isLittle && order !== 0x4d4d) || view.getUint16(2, isLittle) !== 42) return 1
  const directory = view.getUint32(4, isLittle)
  const count = Math.min(view.getUint16(directory, isLittle), MAX_ENTRIES)
  for (let i = 0; i < count; i++) {
    const entry = directory + 2 + i * ENTRY_BYTES
    if (view.getUint16(entry, isLittle) !== ORIENTATION_TAG) continue
    const value = view.getUint16(entry + 8, isLittle)
    return value >= 1 && value <= 8 ? (value as Orientation) : 1
  }
  return 1
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
