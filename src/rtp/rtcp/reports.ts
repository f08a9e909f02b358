import type { RtcpBlock } from './block.js'
import type { Bye, ReceiverReport, ReportBlock, SenderReport } from './types.js'

const REPORT_BLOCK_SIZE = 24

/** RFC 3550 §6.4.1 */
export function parseSenderReport({ body, count }: RtcpBlock): SenderReport | undefined {
  if (body.byteLength < 24) return undefined
  return {
    type: 'sender-report',
    ssrc: body.getUint32(0),
    ntp: { seconds: body.getUint32(4), fraction: body.getUint32(8) },
    rtpTimestamp: body.getUint32(12),
    packetCount: body.getUint32(16),
    octetCount: body.getUint32(20),
    reports: parseReportBlocks(body, 24, count),
  }
}

/** §6.4.2 */
export function parseReceiverReport({ body, count }: RtcpBlock): ReceiverReport | undefined {
  if (body.byteLength < 4) return undefined
  return { type: 'receiver-report', ssrc: body.getUint32(0), reports: parseReportBlocks(body, 4, count) }
}

/** As many whole blocks as are there, up to `count`. */
function parseReportBlocks(body: DataView, from: number, count: number): ReportBlock[] {
  const blocks: ReportBlock[] = []
  for (let at = from; blocks.length < count && at + REPORT_BLOCK_SIZE <= body.byteLength; ) {
    blocks.push({
      ssrc: body.getUint32(at),
      fractionLost: body.getUint8(at + 4) / 256,
      packetsLost: (body.getInt8(at + 5) << 16) | body.getUint16(at + 6), // 24 bits, signed
      highestSequenceNumber: body.getUint32(at + 8),
      jitter: body.getUint32(at + 12),
      lastSenderReport: body.getUint32(at + 16),
      delaySinceLastSenderReport: body.getUint32(at + 20),
    })
    at += REPORT_BLOCK_SIZE
  }
  return blocks
}

/** §6.6; the reason for leaving is not read. */
export function parseBye({ body, count }: RtcpBlock): Bye | undefined {
  if (body.byteLength < count * 4) return undefined
  return { type: 'bye', ssrcs: Array.from({ length: count }, (_, i) => body.getUint32(i * 4)) }
}
