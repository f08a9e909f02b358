import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../support/child.js'
import {
  emptyReport,
  fullIntraRequest,
  genericNack,
  nackOfRun,
  pictureLossIndication,
  receiverEstimate,
  receiverReport,
  transportFeedback,
} from '../support/headless-receiver/rtcp.js'
import type { Chance } from './chance.js'
import { mutateBytes } from './mutate.js'

/** Stand for the SSRCs of the stream: as in the recordings. */
export const MEDIA_SSRC = 0x11223344
const RTX_SSRC = 0x55667788

/** What Chromium and Firefox sent for a stream on a lossy network. */
const RECORDED: readonly Uint8Array[] = ['chromium', 'firefox'].flatMap((browser) =>
  readFileSync(join(ROOT, `test/fixtures/rtp/rtcp-${browser}.txt`), 'utf8')
    .trim()
    .split('\n')
    .map((hex) => Buffer.from(hex, 'hex')),
)

/** One RTCP packet, valid or nearly, with any of the contents that there are. */
function part(chance: Chance): Uint8Array {
  const ssrc = chance.pick([MEDIA_SSRC, MEDIA_SSRC, MEDIA_SSRC, RTX_SSRC, chance.below(2 ** 32)])
  const sequence = () => chance.below(65_536)
  switch (chance.below(12)) {
    case 0:
      return pictureLossIndication(1, ssrc)
    case 1:
      return fullIntraRequest(1, ssrc, chance.below(256))
    case 2:
      return genericNack(1, ssrc, Array.from({ length: chance.below(40) }, sequence))
    case 3:
      return nackOfRun(1, ssrc, sequence(), chance.below(2_000))
    case 4:
      return receiverEstimate(1, ssrc, 2 ** chance.below(60))
    case 5:
      return receiverReport(1, ssrc, {
        fractionLost: chance.next(),
        packetsLost: chance.below(2 ** 23),
        lastSenderReport: chance.below(2 ** 32),
        delaySinceLastSenderReport: chance.below(2 ** 32),
      })
    case 6:
      return transportFeedback(1, ssrc, {
        base: sequence(),
        referenceTime: chance.below(2 ** 24),
        count: chance.below(256),
        arrivals: Array.from({ length: chance.below(120) }, (_, i) => (chance.oneIn(5) ? Number.NaN : i * 3)),
      })
    case 7:
      return header(chance.below(32), chance.pick([192, 200, 202, 204, 207, 209, 223]), chance)
    case 8:
      // A goodbye ends the session: rare, so that the others have their turn.
      return chance.oneIn(40) ? header(1, 203, chance) : emptyReport(1)
    default:
      return chance.pick(RECORDED)
  }
}

function header(count: number, type: number, chance: Chance): Uint8Array {
  const words = chance.below(20)
  const packet = Buffer.from(Array.from({ length: 4 + words * 4 }, () => chance.below(256)))
  packet[0] = 0x80 | count
  packet[1] = type
  packet.writeUInt16BE(chance.oneIn(4) ? chance.below(65_536) : words, 2)
  return packet
}

/** A compound packet of one to four parts; most of them spoilt. It keeps the version and a type of RTCP. */
export function rtcpPacket(chance: Chance): Uint8Array {
  const parts = Array.from({ length: chance.oneIn(2) ? 1 : 1 + chance.below(4) }, () => part(chance))
  let packet: Uint8Array = Buffer.concat(parts)
  if (!chance.oneIn(4)) packet = mutateBytes(packet, chance, part(chance))
  if (packet.length < 8) packet = Buffer.concat([packet, Buffer.alloc(8 - packet.length)])
  const result = Uint8Array.from(packet.subarray(0, 1_180))
  result[0] = 0x80 | (result[0]! & 0x3f)
  if (result[1]! < 192 || result[1]! > 223) result[1] = 200 + (result[1]! & 7)
  // Most goodbyes come from spoilt types.
  if (result[1] === 203 && !chance.oneIn(40)) result[1] = 205
  return result
}

/** The same with the stream's own SSRC where the recordings' stood. */
export function addressed(packet: Uint8Array, ssrc: number): Uint8Array {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength)
  for (let at = 4; at + 4 <= packet.length; at += 4)
    if (view.getUint32(at) === MEDIA_SSRC) view.setUint32(at, ssrc)
  return packet
}
