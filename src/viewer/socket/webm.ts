import { TICKS_PER_S } from './media-clock.js'

type Bytes = Uint8Array<ArrayBuffer>

// WebM (Matroska, RFC 9559) of one VP8 track, a cluster for each frame: what MSE takes.

/** A tick of the file, ns: fine enough to tell frames apart by their time. */
const TICK_NS = 100_000
const TICKS_OF_FILE_PER_S = 1_000_000_000 / TICK_NS
const UNKNOWN_SIZE = Uint8Array.from([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])

/** What comes before the first frame, and before the first one of another size. */
export function webmHeader({ width, height }: { width: number; height: number }): Bytes {
  const info = element(
    0x1549a966,
    unsigned(0x2ad7b1, TICK_NS),
    string(0x4d80, 'pixelcast'),
    string(0x5741, 'pixelcast'),
  )
  // What the server encodes, and VP8 itself cannot signal: matrix of BT.601, limited range, the rest of BT.709.
  const colour = element(
    0x55b0,
    unsigned(0x55b1, 6),
    unsigned(0x55b9, 1),
    unsigned(0x55ba, 1),
    unsigned(0x55bb, 1),
  )
  const video = element(0xe0, unsigned(0xb0, width), unsigned(0xba, height), colour)
  const track = element(
    0xae,
    unsigned(0xd7, 1), // TrackNumber
    unsigned(0x73c5, 1), // TrackUID
    unsigned(0x83, 1), // TrackType: video
    unsigned(0x9c, 0), // FlagLacing
    string(0x86, 'V_VP8'),
    video,
  )
  const ebml = element(
    0x1a45dfa3,
    unsigned(0x4286, 1),
    unsigned(0x42f7, 1),
    unsigned(0x42f2, 4),
    unsigned(0x42f3, 8),
    string(0x4282, 'webm'),
    unsigned(0x4287, 4),
    unsigned(0x4285, 2),
  )
  // The segment goes on as long as the stream does.
  return concat(ebml, id(0x18538067), UNKNOWN_SIZE, info, element(0x1654ae6b, track))
}

/** Where the file has a frame, s: its time rounded to the file's ticks. */
export function webmTime(at: number): number {
  return Math.round((at / TICKS_PER_S) * TICKS_OF_FILE_PER_S) / TICKS_OF_FILE_PER_S
}

/**
 * One frame.
 * @param at its time, RTP ticks
 * @param duration until the next one, RTP ticks
 */
export function webmCluster(at: number, duration: number, keyframe: boolean, data: Bytes): Bytes {
  const ticks = (time: number): number => Math.round((time / TICKS_PER_S) * TICKS_OF_FILE_PER_S)
  // Track 1, at the cluster's own time, no flags.
  const block = element(0xa1, Uint8Array.from([0x81, 0, 0, 0]), data)
  const group = element(
    0xa0,
    block,
    unsigned(0x9b, Math.max(1, ticks(duration))),
    // A block of a group that refers to no other is a keyframe.
    ...(keyframe ? [] : [element(0xfb, Uint8Array.from([0xff]))]),
  )
  return element(0x1f43b675, unsigned(0xe7, ticks(at)), group)
}

function element(name: number, ...parts: Bytes[]): Bytes {
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  return concat(id(name), vint(size), ...parts)
}

function unsigned(name: number, value: number): Bytes {
  const bytes: number[] = []
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return element(name, Uint8Array.from(bytes.length > 0 ? bytes : [0]))
}

function string(name: number, value: string): Bytes {
  return element(
    name,
    Uint8Array.from(value, (character) => character.charCodeAt(0)),
  )
}

function id(name: number): Bytes {
  const bytes: number[] = []
  for (let rest = name; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256)
  return Uint8Array.from(bytes)
}

/** A size in four bytes (RFC 8794 §4): enough for 256 MB. */
function vint(size: number): Bytes {
  return Uint8Array.from([0x10 | (size >>> 24), (size >>> 16) & 255, (size >>> 8) & 255, size & 255])
}

function concat(...parts: Bytes[]): Bytes {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    result.set(part, at)
    at += part.length
  }
  return result
}
