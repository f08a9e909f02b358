import { type Payload, splitEvenly } from '../packet-buffer.js'

/** RFC 7741 §4.2, first byte: extended control bits follow; start of a partition. */
const EXTENDED = 0x80
const START_OF_PARTITION = 0x10
/** Second byte: a picture id is present. */
const PICTURE_ID = 0x80
/** First byte of the picture id: it has 15 bits. */
const LONG_PICTURE_ID = 0x80

const DESCRIPTOR_SIZE = 4

/** Picture ids count modulo this. */
export const PICTURE_ID_MODULUS = 0x8000

/**
 * One VP8 frame as RTP payloads of at most `limit` bytes (RFC 7741): the descriptor with a 15-bit picture
 * id in front of each, S set on the first, PID 0 throughout (partitions are not told apart, §4.4). Every
 * frame counts as a reference (N = 0), since nothing here knows better. libwebrtc takes picture n to build
 * on picture n - 1, so after one that was not sent it decodes nothing before the next keyframe.
 */
export function vp8Payloads(frame: Uint8Array, pictureId: number, limit: number): Payload[] {
  return splitEvenly(frame, limit - DESCRIPTOR_SIZE).map((part, i) => [
    Uint8Array.of(
      EXTENDED | (i === 0 ? START_OF_PARTITION : 0),
      PICTURE_ID,
      LONG_PICTURE_ID | ((pictureId >> 8) & 0x7f),
      pictureId & 0xff,
    ),
    part,
  ])
}
