/** The receiving side of RTP, as far as tests need it: written from the RFCs, apart from what it tests. */

export interface ParsedRtp {
  readonly payloadType: number
  readonly sequenceNumber: number
  readonly timestamp: number
  readonly ssrc: number
  readonly marker: boolean
  /** By id, of either form (RFC 8285). */
  readonly extensions: Map<number, Uint8Array>
  readonly payload: Uint8Array
}

/** RFC 3550 §5.1. Throws on anything that is not RTP version 2. */
export function parseRtp(packet: Uint8Array): ParsedRtp {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength)
  const first = view.getUint8(0)
  if (first >> 6 !== 2) throw new Error(`RTP version ${first >> 6}`)
  let at = 12 + (first & 0x0f) * 4
  let extensions = new Map<number, Uint8Array>()
  if (first & 0x10) {
    const profile = view.getUint16(at)
    const end = at + 4 + view.getUint16(at + 2) * 4
    if (end > packet.length) throw new Error('header extension longer than the packet')
    extensions = parseExtensions(profile, packet.subarray(at + 4, end))
    at = end
  }
  const padding = first & 0x20 ? packet[packet.length - 1]! : 0
  if (at + padding > packet.length) throw new Error('header longer than the packet')
  return {
    payloadType: view.getUint8(1) & 0x7f,
    marker: view.getUint8(1) >> 7 === 1,
    sequenceNumber: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    extensions,
    payload: packet.subarray(at, packet.length - padding),
  }
}

function parseExtensions(profile: number, data: Uint8Array): Map<number, Uint8Array> {
  const oneByte = profile === 0xbede
  if (!oneByte && profile >> 4 !== 0x100) throw new Error(`header extension profile ${profile.toString(16)}`)
  const elements = new Map<number, Uint8Array>()
  for (let at = 0; at < data.length; ) {
    const first = data[at++]!
    if (first === 0) continue // padding
    const id = oneByte ? first >> 4 : first
    if (oneByte && id === 15) break
    const length = oneByte ? (first & 0x0f) + 1 : data[at++]!
    if (at + length > data.length) throw new Error('header extension element longer than its block')
    elements.set(id, data.subarray(at, at + length))
    at += length
  }
  return elements
}

/** RFC 4588 §4: what an RTX packet repeats. */
export function parseRtx(payload: Uint8Array): {
  originalSequenceNumber: number
  payload: Uint8Array
} {
  if (payload.length < 2) throw new Error('RTX payload too short')
  return { originalSequenceNumber: (payload[0]! << 8) | payload[1]!, payload: payload.subarray(2) }
}

/** RFC 6184: the payloads of one access unit, in order, as Annex B with four-byte start codes. */
export function depacketizeH264(payloads: Uint8Array[]): Uint8Array {
  const startCode = Uint8Array.of(0, 0, 0, 1)
  const pieces: Uint8Array[] = []
  let inFragment = false
  for (const payload of payloads) {
    const header = payload[0]!
    const type = header & 0x1f
    if (inFragment && type !== 28) throw new Error('fragment without an end')
    if (type >= 1 && type <= 23) {
      pieces.push(startCode, payload)
    } else if (type === 24) {
      for (let at = 1; at < payload.length; ) {
        const size = (payload[at]! << 8) | payload[at + 1]!
        at += 2
        if (size === 0 || at + size > payload.length) throw new Error(`STAP-A unit of ${size} bytes`)
        pieces.push(startCode, payload.subarray(at, at + size))
        at += size
      }
    } else if (type === 28) {
      const fragment = payload[1]!
      const start = (fragment & 0x80) !== 0
      const end = (fragment & 0x40) !== 0
      if (start === inFragment) throw new Error(start ? 'fragment begins twice' : 'fragment without a start')
      if (start && end) throw new Error('a single fragment (RFC 6184 §5.8 forbids it)')
      if (start) pieces.push(startCode, Uint8Array.of((header & 0xe0) | (fragment & 0x1f)))
      pieces.push(payload.subarray(2))
      inFragment = !end
    } else {
      throw new Error(`NAL unit type ${type}`)
    }
  }
  if (inFragment) throw new Error('fragment without an end')
  return Buffer.concat(pieces)
}

/** RFC 7741: the payloads of one frame, in order. */
export function depacketizeVp8(payloads: Uint8Array[]): Uint8Array {
  return Buffer.concat(
    payloads.map((payload, i) => {
      const descriptor = parseVp8Descriptor(payload)
      if (descriptor.start !== (i === 0)) throw new Error(`S is ${descriptor.start} in packet ${i}`)
      return payload.subarray(descriptor.length)
    }),
  )
}

/** RFC 7741 §4.2 */
export function parseVp8Descriptor(payload: Uint8Array): {
  start: boolean
  partition: number
  pictureId: number | undefined
  /** Bytes of the descriptor. */
  length: number
} {
  const first = payload[0]!
  let at = 1
  let pictureId: number | undefined
  if (first & 0x80) {
    const extension = payload[at++]!
    if (extension & 0x80) {
      pictureId = payload[at++]!
      if (pictureId & 0x80) pictureId = ((pictureId & 0x7f) << 8) | payload[at++]!
    }
    if (extension & 0x40) at++ // TL0PICIDX
    if (extension & 0x30) at++ // TID, Y, KEYIDX
  }
  if (at >= payload.length) throw new Error('VP8 payload without data')
  return { start: (first & 0x10) !== 0, partition: first & 0x0f, pictureId, length: at }
}
