import type { RtcpBlock } from './block.js'
import type { TransportFeedback } from './types.js'

/**
 * Packet statuses taken from one compound packet. Run-length chunks let 16 bytes speak of 65,535 packets;
 * more than this the sender does not remember anyway.
 */
export const MAX_STATUSES = 4096

const HEADER_SIZE = 16

/** Packet status symbols (§3.1.1); the fourth is reserved. */
const NOT_RECEIVED = 0
const SMALL_DELTA = 1
const LARGE_DELTA = 2

/** Deltas count quarters of a millisecond (§3.1.5). */
const DELTAS_PER_MS = 4

/**
 * draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1. A packet whose chunks or deltas end too early,
 * or that speaks of more than `room` packets, is not taken at all: half of it would read as losses.
 */
export function parseTransportFeedback({ body }: RtcpBlock, room: number): TransportFeedback | undefined {
  if (body.byteLength < HEADER_SIZE) return undefined
  const statusCount = body.getUint16(10)
  if (statusCount === 0 || statusCount > room) return undefined
  const statuses = new Uint8Array(statusCount)
  const deltasAt = readStatuses(body, statuses)
  if (deltasAt === undefined) return undefined
  const arrivals = readArrivals(body, deltasAt, statuses)
  if (arrivals === undefined) return undefined
  return {
    type: 'transport-feedback',
    senderSsrc: body.getUint32(0),
    mediaSsrc: body.getUint32(4),
    baseSequenceNumber: body.getUint16(8),
    referenceTime: body.getUint32(12) >>> 8,
    feedbackCount: body.getUint8(15),
    arrivals,
  }
}

/** Fills in the symbols of all packets; returns where the chunks end. */
function readStatuses(body: DataView, statuses: Uint8Array): number | undefined {
  let at = HEADER_SIZE
  for (let known = 0; known < statuses.length; at += 2) {
    if (at + 2 > body.byteLength) return undefined
    const chunk = body.getUint16(at)
    if (chunk >> 15 === 0) {
      // §3.1.3: two bits of symbol, thirteen of run length. A run of none would never end.
      const run = chunk & 0x1fff
      if (run === 0) return undefined
      statuses.fill((chunk >> 13) & 3, known, known + run)
      known += run
    } else {
      // §3.1.4: fourteen symbols of one bit, or seven of two.
      const bits = chunk & 0x4000 ? 2 : 1
      for (let shift = 14 - bits; shift >= 0 && known < statuses.length; shift -= bits)
        statuses[known++] = (chunk >> shift) & (bits === 2 ? 3 : 1)
    }
  }
  return at
}

/** Adds up the deltas, each against the packet received before. */
function readArrivals(body: DataView, deltasAt: number, statuses: Uint8Array): Float64Array | undefined {
  const arrivals = new Float64Array(statuses.length)
  let at = deltasAt
  let time = 0
  for (let i = 0; i < statuses.length; i++) {
    const status = statuses[i]
    if (status === NOT_RECEIVED) {
      arrivals[i] = Number.NaN
    } else if (status === SMALL_DELTA && at + 1 <= body.byteLength) {
      time += body.getUint8(at)
      at += 1
      arrivals[i] = time / DELTAS_PER_MS
    } else if (status === LARGE_DELTA && at + 2 <= body.byteLength) {
      time += body.getInt16(at)
      at += 2
      arrivals[i] = time / DELTAS_PER_MS
    } else {
      return undefined
    }
  }
  return arrivals
}
