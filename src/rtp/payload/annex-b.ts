const START_CODE = Buffer.from([0, 0, 1])

/**
 * The NAL units of a byte stream (ITU-T H.264 Annex B), without start codes, as views. Start codes of
 * three bytes and of four (zero_byte first), and zeros before and after a unit, are taken away; a unit
 * itself never ends in a zero byte (§7.4.1). Bytes before the first start code are ignored.
 */
export function splitAnnexB(stream: Uint8Array): Uint8Array[] {
  const bytes = Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength)
  const units: Uint8Array[] = []
  let at = bytes.indexOf(START_CODE)
  while (at >= 0) {
    const start = at + START_CODE.length
    at = bytes.indexOf(START_CODE, start)
    let end = at < 0 ? bytes.length : at
    while (end > start && bytes[end - 1] === 0) end--
    if (end > start) units.push(bytes.subarray(start, end))
  }
  return units
}
