import type { NtpTime } from '../clock.js'
import { PacketType } from './types.js'

const CNAME = 1
/** SDES items have one byte of length (RFC 3550 §6.5). */
const LONGEST_CNAME = 255

/** What a sender says of itself (RFC 3550 §6.4.1). */
export interface SenderInfo {
  readonly ssrc: number
  readonly ntp: NtpTime
  /** The same moment as `ntp`, in RTP time. */
  readonly rtpTimestamp: number
  /** Both counts are taken modulo 2^32. */
  readonly packetCount: number
  readonly octetCount: number
}

/** §6.4.1, without report blocks: nothing is received. */
export function writeSenderReport(info: SenderInfo): Buffer {
  const packet = header(PacketType.SR, 0, 24)
  packet.writeUInt32BE(info.ssrc, 4)
  packet.writeUInt32BE(info.ntp.seconds, 8)
  packet.writeUInt32BE(info.ntp.fraction, 12)
  packet.writeUInt32BE(info.rtpTimestamp, 16)
  packet.writeUInt32BE(info.packetCount >>> 0, 20)
  packet.writeUInt32BE(info.octetCount >>> 0, 24)
  return packet
}

/** §6.5: one chunk with the CNAME, ended and padded by one to four zeros. */
export function writeSourceDescription(ssrc: number, cname: string): Buffer {
  const name = Buffer.from(cname).subarray(0, LONGEST_CNAME)
  const packet = header(PacketType.SDES, 1, Math.ceil((4 + 2 + name.length + 1) / 4) * 4)
  packet.writeUInt32BE(ssrc, 4)
  packet[8] = CNAME
  packet[9] = name.length
  packet.set(name, 10)
  return packet
}

/** §6.6, for up to 31 sources. */
export function writeBye(ssrcs: readonly number[]): Buffer {
  const packet = header(PacketType.BYE, ssrcs.length, ssrcs.length * 4)
  for (const [i, ssrc] of ssrcs.entries()) packet.writeUInt32BE(ssrc, 4 + i * 4)
  return packet
}

/** The common header and `bodySize` zeros, a multiple of four. */
function header(packetType: number, count: number, bodySize: number): Buffer {
  const packet = Buffer.alloc(4 + bodySize)
  packet[0] = (2 << 6) | count
  packet[1] = packetType
  packet.writeUInt16BE(bodySize / 4, 2)
  return packet
}
