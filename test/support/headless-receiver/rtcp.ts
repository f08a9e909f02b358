/** RTCP packets as a test sends them; written from the RFCs, not with the code under test. */

/** Receiver report without a block (RFC 3550 §6.4.2): says nothing but that somebody is there. */
export function emptyReport(sender: number): Uint8Array {
  const packet = Buffer.alloc(8)
  packet.writeUInt8(0x80, 0)
  packet.writeUInt8(201, 1)
  packet.writeUInt16BE(1, 2)
  packet.writeUInt32BE(sender, 4)
  return packet
}

/** Generic NACK (RFC 4585 §6.2.1), one FCI for each packet. */
export function genericNack(sender: number, media: number, sequences: readonly number[]): Uint8Array {
  const packet = feedback(205, 1, sender, media, sequences.length * 4)
  sequences.forEach((sequence, i) => {
    packet.writeUInt16BE(sequence, 12 + i * 4)
  })
  return packet
}

/** Generic NACK of this packet and so many before it, seventeen to an FCI: a packet and a mask of the next sixteen. */
export function nackOfRun(sender: number, media: number, newest: number, count: number): Uint8Array {
  const entries = Math.ceil(count / 17)
  const packet = feedback(205, 1, sender, media, entries * 4)
  for (let i = 0; i < entries; i++) {
    packet.writeUInt16BE((newest - 17 * (entries - i) + 1) & 0xffff, 12 + i * 4)
    packet.writeUInt16BE(0xffff, 14 + i * 4)
  }
  return packet
}

/** Picture loss indication (RFC 4585 §6.3.1). */
export function pictureLossIndication(sender: number, media: number): Uint8Array {
  return feedback(206, 1, sender, media, 0)
}

/** Full intra request (RFC 5104 §4.3.1). */
export function fullIntraRequest(sender: number, media: number, sequence: number): Uint8Array {
  const packet = feedback(206, 4, sender, 0, 8)
  packet.writeUInt32BE(media, 12)
  packet.writeUInt8(sequence & 255, 16)
  return packet
}

/** What a receiver report says of one stream; the rest is 0. */
export interface ReportedReception {
  /** 0..1 */
  readonly fractionLost?: number
  readonly packetsLost?: number
  /** Compact NTP time of the last sender report, and the time since then in 1/65536 s. */
  readonly lastSenderReport?: number
  readonly delaySinceLastSenderReport?: number
}

/** Receiver report with one block (RFC 3550 §6.4.2). */
export function receiverReport(sender: number, media: number, reception: ReportedReception = {}): Uint8Array {
  const {
    fractionLost = 0,
    packetsLost = 0,
    lastSenderReport = 0,
    delaySinceLastSenderReport = 0,
  } = reception
  const packet = Buffer.alloc(32)
  packet.writeUInt8(0x81, 0)
  packet.writeUInt8(201, 1)
  packet.writeUInt16BE(7, 2)
  packet.writeUInt32BE(sender, 4)
  packet.writeUInt32BE(media, 8)
  packet.writeUInt8(Math.min(255, Math.round(fractionLost * 256)), 12)
  packet.writeIntBE(packetsLost, 13, 3)
  packet.writeUInt32BE(lastSenderReport, 24)
  packet.writeUInt32BE(delaySinceLastSenderReport, 28)
  return packet
}

/** The receiver's estimate, bit/s (draft-alvestrand-rmcat-remb-03 §2.2). */
export function receiverEstimate(sender: number, media: number, rate: number): Uint8Array {
  let exponent = 0
  while (rate / 2 ** exponent >= 2 ** 18) exponent++
  const packet = feedback(206, 15, sender, 0, 12)
  packet.write('REMB', 12, 'latin1')
  packet.writeUInt32BE((1 << 24) | (exponent << 18) | Math.floor(rate / 2 ** exponent), 16)
  packet.writeUInt32BE(media, 20)
  return packet
}

/**
 * Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1), all of it in chunks of
 * seven symbols and deltas of two bytes.
 *
 * @param about arrivals in ms after the reference time (in units of 64 ms), NaN for what has not come
 */
export function transportFeedback(
  sender: number,
  media: number,
  about: { base: number; referenceTime: number; count: number; arrivals: ArrayLike<number> },
): Uint8Array {
  const arrivals = Array.from(about.arrivals)
  const chunks = Math.ceil(arrivals.length / 7)
  const came = arrivals.filter((at) => !Number.isNaN(at))
  const length = 8 + chunks * 2 + came.length * 2
  const packet = feedback(205, 15, sender, media, Math.ceil(length / 4) * 4)
  packet.writeUInt16BE(about.base & 0xffff, 12)
  packet.writeUInt16BE(arrivals.length, 14)
  packet.writeUIntBE(about.referenceTime & 0xffffff, 16, 3)
  packet.writeUInt8(about.count & 0xff, 19)
  for (let chunk = 0; chunk < chunks; chunk++) {
    let symbols = 0b11
    for (let i = 0; i < 7; i++) {
      const at = arrivals[chunk * 7 + i]
      symbols = (symbols << 2) | (at === undefined || Number.isNaN(at) ? 0 : 2)
    }
    packet.writeUInt16BE(symbols, 20 + chunk * 2)
  }
  let last = 0
  came.forEach((at, i) => {
    const quarters = Math.round(at * 4)
    packet.writeInt16BE(quarters - last, 20 + chunks * 2 + i * 2)
    last = quarters
  })
  return packet
}

function feedback(type: number, format: number, sender: number, media: number, extra: number): Buffer {
  const packet = Buffer.alloc(12 + extra)
  packet.writeUInt8(0x80 | format, 0)
  packet.writeUInt8(type, 1)
  packet.writeUInt16BE(packet.length / 4 - 1, 2)
  packet.writeUInt32BE(sender, 4)
  packet.writeUInt32BE(media, 8)
  return packet
}
