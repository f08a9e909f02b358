import type { RtcpBlock } from './block.js'
import type { FullIntraRequest, PictureLoss, ReceiverEstimate } from './types.js'

const REMB_IDENTIFIER = 0x52454d42 // "REMB"

/** RFC 4585 §6.3.1: nothing but the two SSRCs. */
export function parsePictureLoss({ body }: RtcpBlock): PictureLoss | undefined {
  if (body.byteLength < 8) return undefined
  return { type: 'pli', senderSsrc: body.getUint32(0), mediaSsrc: body.getUint32(4) }
}

/** RFC 5104 §4.3.1.1: entries of SSRC, sequence number and three reserved bytes. */
export function parseFullIntraRequest({ body }: RtcpBlock): FullIntraRequest | undefined {
  if (body.byteLength < 16) return undefined
  const count = Math.floor((body.byteLength - 8) / 8)
  return {
    type: 'fir',
    senderSsrc: body.getUint32(0),
    requests: Array.from({ length: count }, (_, i) => ({
      ssrc: body.getUint32(8 + i * 8),
      sequenceNumber: body.getUint8(12 + i * 8),
    })),
  }
}

/** draft-alvestrand-rmcat-remb-03 §2.2: an application layer message that begins with "REMB". */
export function parseReceiverEstimate({ body }: RtcpBlock): ReceiverEstimate | undefined {
  if (body.byteLength < 16 || body.getUint32(8) !== REMB_IDENTIFIER) return undefined
  const count = body.getUint8(12)
  if (body.byteLength < 16 + count * 4) return undefined
  const exponent = body.getUint8(13) >> 2
  const mantissa = ((body.getUint8(13) & 3) << 16) | body.getUint16(14)
  return {
    type: 'remb',
    senderSsrc: body.getUint32(0),
    bitrate: mantissa * 2 ** exponent,
    ssrcs: Array.from({ length: count }, (_, i) => body.getUint32(16 + i * 4)),
  }
}
