import type { H264Stream } from './h264.js'
import { TICKS_PER_S } from './media-clock.js'

type Bytes = Uint8Array<ArrayBuffer>

// Fragmented MP4 (ISO/IEC 14496-12) of one H.264 track, a fragment for each frame: what MSE takes.

const SYNC_SAMPLE = 0x02000000
/** Depends on others, and is no sync sample. */
const DELTA_SAMPLE = 0x01010000
/** tfhd: the base of offsets is the fragment. */
const BASE_IS_MOOF = 0x020000
/** trun: offset, and for each sample duration, size, flags. */
const RUN_FIELDS = 0x000701
const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000]

/** What comes before the first frame, and before the first one of another kind or size. */
export function mp4Header(stream: H264Stream): Bytes {
  const { width, height } = stream
  const sample = box(
    'avc1',
    u32(0, 1),
    u32(0, 0, 0, 0),
    u16(width, height),
    u32(0x480000, 0x480000, 0),
    u16(1),
    new Uint8Array(32),
    u16(0x18, 0xffff),
    box('avcC', avcConfiguration(stream)),
  )
  const table = box(
    'stbl',
    box('stsd', u32(0, 1), sample),
    box('stts', u32(0, 0)),
    box('stsc', u32(0, 0)),
    box('stsz', u32(0, 0, 0)),
    box('stco', u32(0, 0)),
  )
  const media = box(
    'mdia',
    box('mdhd', u32(0, 0, 0, TICKS_PER_S, 0), u16(0x55c4, 0)),
    box('hdlr', u32(0, 0), text('vide'), u32(0, 0, 0), u8(0)),
    box('minf', box('vmhd', u32(1, 0, 0)), box('dinf', box('dref', u32(0, 1), box('url ', u32(1)))), table),
  )
  return concat(
    box('ftyp', text('isom'), u32(0x200), text('isomiso6avc1mp41')),
    box(
      'moov',
      box(
        'mvhd',
        u32(0, 0, 0, TICKS_PER_S, 0, 0x10000),
        u16(0x100, 0),
        u32(0, 0, ...MATRIX, 0, 0, 0, 0, 0, 0, 2),
      ),
      box(
        'trak',
        box('tkhd', u32(3, 0, 0, 1, 0, 0, 0, 0), u16(0, 0, 0, 0), u32(...MATRIX, width << 16, height << 16)),
        media,
      ),
      box('mvex', box('trex', u32(0, 1, 1, 0, 0, 0))),
    ),
  )
}

/**
 * One frame.
 * @param at its time, ticks
 * @param duration until the next one, ticks
 * @param data its units with their lengths
 */
export function mp4Fragment(
  sequence: number,
  at: number,
  duration: number,
  keyframe: boolean,
  data: Bytes,
): Bytes {
  const run = (offset: number): Bytes =>
    box('trun', u32(RUN_FIELDS, 1, offset, duration, data.length, keyframe ? SYNC_SAMPLE : DELTA_SAMPLE))
  const fragment = (offset: number): Bytes =>
    box(
      'moof',
      box('mfhd', u32(0, sequence)),
      box(
        'traf',
        box('tfhd', u32(BASE_IS_MOOF, 1)),
        box('tfdt', u32(0x01000000, Math.floor(at / 2 ** 32), at % 2 ** 32)),
        run(offset),
      ),
    )
  // The sample begins behind the header of the box that follows.
  const header = fragment(fragment(0).length + 8)
  return concat(header, box('mdat', data))
}

/** ISO/IEC 14496-15 §5.3.3.1; lengths have four bytes. */
function avcConfiguration({ sps, pps }: H264Stream): Bytes {
  return concat(
    u8(1, sps[1] ?? 0, sps[2] ?? 0, sps[3] ?? 0, 0xff, 0xe1),
    u16(sps.length),
    sps,
    u8(1),
    u16(pps.length),
    pps,
  )
}

function box(type: string, ...parts: Bytes[]): Bytes {
  const size = parts.reduce((sum, part) => sum + part.length, 8)
  return concat(u32(size), text(type), ...parts)
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

function u8(...values: number[]): Bytes {
  return Uint8Array.from(values)
}

function u16(...values: number[]): Bytes {
  return Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]))
}

function u32(...values: number[]): Bytes {
  return Uint8Array.from(
    values.flatMap((value) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]),
  )
}

function text(value: string): Bytes {
  return Uint8Array.from(value, (character) => character.charCodeAt(0))
}
