import type { RtcpBlock } from './block.js'
import type { Nack } from './types.js'

/** Sequence numbers taken from one compound packet, as libwebrtc's list has at most (kMaxNackPackets). */
export const MAX_NACKED = 1000

/**
 * RFC 4585 §6.2.1: pairs of a packet id and a mask of 16 that follow it.
 * @param room how many sequence numbers may still be taken; the rest is left out
 */
export function parseNack({ body }: RtcpBlock, room: number): Nack | undefined {
  if (body.byteLength < 12) return undefined
  const sequenceNumbers: number[] = []
  for (let at = 8; at + 4 <= body.byteLength && sequenceNumbers.length < room; at += 4) {
    const packetId = body.getUint16(at)
    sequenceNumbers.push(packetId)
    for (let mask = body.getUint16(at + 2), next = packetId + 1; mask !== 0; mask >>= 1, next++) {
      if (mask & 1 && sequenceNumbers.length < room) sequenceNumbers.push(next & 0xffff)
    }
  }
  return {
    type: 'nack',
    senderSsrc: body.getUint32(0),
    mediaSsrc: body.getUint32(4),
    sequenceNumbers,
  }
}
