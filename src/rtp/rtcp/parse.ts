import { type RtcpBlock, splitCompound } from './block.js'
import { parseExtendedReport } from './extended-report.js'
import { MAX_NACKED, parseNack } from './nack.js'
import { parseFullIntraRequest, parsePictureLoss, parseReceiverEstimate } from './payload-feedback.js'
import { parseBye, parseReceiverReport, parseSenderReport } from './reports.js'
import { MAX_STATUSES, parseTransportFeedback } from './transport-feedback.js'
import { PacketType, type RtcpPacket } from './types.js'

/** Feedback formats (FMT): RFC 4585 §6.2 and §6.3, RFC 5104 §4.3, and the transport-wide draft. */
const FORMAT_NACK = 1
const FORMAT_TRANSPORT_FEEDBACK = 15
const FORMAT_PLI = 1
const FORMAT_FIR = 4
const FORMAT_APPLICATION = 15

/**
 * Reads what a receiver sent, compound or reduced-size. Never throws: parts that are unknown, broken or
 * (SDES) of no interest are left out, the others are still read. The work is bounded by the length of
 * `data` and by `MAX_NACKED` and `MAX_STATUSES`, whatever the bytes say.
 */
export function parseRtcp(data: Uint8Array): RtcpPacket[] {
  const packets: RtcpPacket[] = []
  const room = { nacked: MAX_NACKED, statuses: MAX_STATUSES }
  for (const block of splitCompound(data)) {
    const packet = parseBlock(block, room)
    if (!packet) continue
    if (packet.type === 'nack') room.nacked -= packet.sequenceNumbers.length
    if (packet.type === 'transport-feedback') room.statuses -= packet.arrivals.length
    packets.push(packet)
  }
  return packets
}

function parseBlock(
  block: RtcpBlock,
  room: { readonly nacked: number; readonly statuses: number },
): RtcpPacket | undefined {
  switch (block.packetType) {
    case PacketType.SR:
      return parseSenderReport(block)
    case PacketType.RR:
      return parseReceiverReport(block)
    case PacketType.BYE:
      return parseBye(block)
    case PacketType.RTPFB:
      if (block.count === FORMAT_NACK) return parseNack(block, room.nacked)
      if (block.count === FORMAT_TRANSPORT_FEEDBACK) return parseTransportFeedback(block, room.statuses)
      return undefined
    case PacketType.PSFB:
      if (block.count === FORMAT_PLI) return parsePictureLoss(block)
      if (block.count === FORMAT_FIR) return parseFullIntraRequest(block)
      if (block.count === FORMAT_APPLICATION) return parseReceiverEstimate(block)
      return undefined
    case PacketType.XR:
      return parseExtendedReport(block)
    default:
      return undefined
  }
}
