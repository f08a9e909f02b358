import { type Payload, splitEvenly } from '../packet-buffer.js'
import { splitAnnexB } from './annex-b.js'

/** NAL unit types: ITU-T H.264 table 7-1, and those that RFC 6184 §5.2 adds for packets. */
const ACCESS_UNIT_DELIMITER = 9
const FILLER_DATA = 12
const FIRST_PACKET_TYPE = 24
const STAP_A = 24
const FU_A = 28

/** The fields of a NAL unit's first byte: forbidden_zero_bit, nal_ref_idc, nal_unit_type. */
const F_MASK = 0x80
const NRI_MASK = 0x60
const TYPE_MASK = 0x1f

const FU_START = 0x80
const FU_END = 0x40

/**
 * One H.264 access unit in Annex B form as RTP payloads of at most `limit` bytes (RFC 6184,
 * packetization-mode 1): small NAL units that are neighbours share a STAP-A, large ones become FU-A, the
 * rest goes alone. Delimiters and filler, which mean nothing in RTP, are left out; so are types that no
 * encoder may produce. The result is empty when nothing is left.
 */
export function h264Payloads(accessUnit: Uint8Array, limit: number): Payload[] {
  const payloads: Payload[] = []
  let group: Uint8Array[] = []
  let groupSize = 1 // the STAP-A header
  const flush = () => {
    if (group.length === 1) payloads.push(group)
    else if (group.length > 1) payloads.push(stapA(group))
    group = []
    groupSize = 1
  }
  for (const unit of splitAnnexB(accessUnit)) {
    if (!isCarried(unit)) continue
    if (unit.length > limit) {
      flush()
      payloads.push(...fuA(unit, limit))
      continue
    }
    if (groupSize + 2 + unit.length > limit) flush()
    group.push(unit)
    groupSize += 2 + unit.length
  }
  flush()
  return payloads
}

function isCarried(unit: Uint8Array): boolean {
  const type = unit[0]! & TYPE_MASK
  return type > 0 && type < FIRST_PACKET_TYPE && type !== ACCESS_UNIT_DELIMITER && type !== FILLER_DATA
}

/** §5.7.1: the header carries F if any unit does and the highest NRI; a 16-bit size before each unit. */
function stapA(units: readonly Uint8Array[]): Payload {
  let forbidden = 0
  let importance = 0
  for (const unit of units) {
    forbidden |= unit[0]! & F_MASK
    importance = Math.max(importance, unit[0]! & NRI_MASK)
  }
  const pieces: Uint8Array[] = [Uint8Array.of(forbidden | importance | STAP_A)]
  for (const unit of units) pieces.push(Uint8Array.of(unit.length >> 8, unit.length & 0xff), unit)
  return pieces
}

/** §5.8: the unit's first byte is not sent as such, it is split over FU indicator and FU header. */
function fuA(unit: Uint8Array, limit: number): Payload[] {
  const first = unit[0]!
  const indicator = (first & (F_MASK | NRI_MASK)) | FU_A
  const type = first & TYPE_MASK
  const parts = splitEvenly(unit.subarray(1), limit - 2)
  return parts.map((part, i) => {
    const start = i === 0 ? FU_START : 0
    const end = i === parts.length - 1 ? FU_END : 0
    return [Uint8Array.of(indicator, start | end | type), part]
  })
}
