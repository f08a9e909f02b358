/** RTCP packets as a test sends them; written from the RFCs, not with the code under test. */

/** Generic NACK (RFC 4585 §6.2.1), one FCI for each packet. */
export function genericNack(sender: number, media: number, sequences: readonly number[]): Uint8Array {
  const packet = feedback(205, 1, sender, media, sequences.length * 4)
  sequences.forEach((sequence, i) => {
    packet.writeUInt16BE(sequence, 12 + i * 4)
  })
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

function feedback(type: number, format: number, sender: number, media: number, extra: number): Buffer {
  const packet = Buffer.alloc(12 + extra)
  packet.writeUInt8(0x80 | format, 0)
  packet.writeUInt8(type, 1)
  packet.writeUInt16BE(packet.length / 4 - 1, 2)
  packet.writeUInt32BE(sender, 4)
  packet.writeUInt32BE(media, 8)
  return packet
}
