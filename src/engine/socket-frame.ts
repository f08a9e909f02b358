import { FRAME_HEADER_BYTES, FRAME_KIND, KEYFRAME_FLAG, SOCKET_CODECS } from '../common/socket-protocol.js'
import type { PacketizedFrame } from '../rtp/index.js'

/**
 * The header of a frame over a WebSocket (see common/socket-protocol.ts).
 *
 * @param number of the frame, from 0 on
 * @param rtpTime 1/90,000 s, modulo 2^32
 */
export function frameHeader(frame: PacketizedFrame, number: number, rtpTime: number): Buffer {
  const header = Buffer.alloc(FRAME_HEADER_BYTES)
  header[0] = FRAME_KIND
  header[1] = frame.keyframe ? KEYFRAME_FLAG : 0
  header[2] = SOCKET_CODECS.indexOf(frame.codec)
  header[3] = frame.scale
  header.writeUInt32BE(number >>> 0, 4)
  header.writeUInt32BE(rtpTime >>> 0, 8)
  return header
}
