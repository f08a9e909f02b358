/**
 * The memory layout of a packet that all viewers share: `HEADROOM` bytes, then the RTP payload. The
 * stream of a viewer writes its own header right-aligned, so that the header ends where the payload
 * begins, and hands out the view from the header's first byte on. Whoever takes that view must be done
 * with it (copied or sent) on return: the next viewer's header goes to the same place.
 */

/** Bytes in front of each payload; more than the largest header, see `HEADER_BUDGET`. */
export const HEADROOM = 64

/**
 * Largest RTP packet in bytes, header and extensions included. libwebrtc's choice for video too: with
 * SRTP's tag (≤ 16), a TURN header (4 to 36), UDP and IPv6 (48) it stays under the 1,280 bytes of IPv6's
 * smallest link in the usual case and under every VPN's MTU in the rest.
 */
export const MAX_PACKET_SIZE = 1200

/**
 * Bytes kept for the header, the same for every viewer because the packets are cut before anybody knows
 * who watches: fixed header 12, extension header 4, two-byte elements for transport-wide sequence number
 * (4), playout delay (5) and MID (2 + 16) padded to 28, and RTX's original sequence number 2, makes 46. What is
 * published has a MID and a stream id of one byte each, so less.
 */
export const HEADER_BUDGET = 46

/** Largest RTP payload in bytes. */
export const MAX_PAYLOAD_SIZE = MAX_PACKET_SIZE - HEADER_BUDGET

/** One RTP payload as the pieces it is put together from, in order. */
export type Payload = readonly Uint8Array[]

/** Copies payloads into packets with headroom, all of a frame in one allocation. */
export function assemblePackets(payloads: readonly Payload[]): Buffer[] {
  let total = 0
  for (const payload of payloads) total += HEADROOM + sizeOf(payload)
  const slab = Buffer.allocUnsafeSlow(total)
  let offset = 0
  return payloads.map((payload) => {
    const start = offset
    offset += HEADROOM
    for (const piece of payload) {
      slab.set(piece, offset)
      offset += piece.length
    }
    return slab.subarray(start, offset)
  })
}

function sizeOf(payload: Payload): number {
  let size = 0
  for (const piece of payload) size += piece.length
  return size
}

/**
 * Cuts `data` into as few parts of at most `limit` bytes as possible, all of one size to the byte: a
 * frame's last packet then is not a tiny one that costs a whole header.
 */
export function splitEvenly(data: Uint8Array, limit: number): Uint8Array[] {
  const count = Math.ceil(data.length / limit)
  return Array.from({ length: count }, (_, i) =>
    data.subarray(Math.floor((data.length * i) / count), Math.floor((data.length * (i + 1)) / count)),
  )
}
