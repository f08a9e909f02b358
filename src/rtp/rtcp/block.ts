/**
 * One RTCP packet out of a compound: the five bits after the version, and what follows the header's
 * first four bytes, without padding.
 */
export interface RtcpBlock {
  readonly packetType: number
  /** Count of reports or sources, or the feedback format (FMT). */
  readonly count: number
  readonly body: DataView
}

const HEADER_SIZE = 4
/** A compound has a handful of packets; what comes after these is not looked at. */
const MAX_BLOCKS = 64

/**
 * Cuts a compound packet (RFC 3550 §6.1), or a reduced-size one (RFC 5506), into its parts. Stops at the
 * first that is not RTCP version 2 or is longer than what there is, since nothing after it can be found.
 */
export function splitCompound(data: Uint8Array): RtcpBlock[] {
  const blocks: RtcpBlock[] = []
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  let at = 0
  while (at + HEADER_SIZE <= view.byteLength && blocks.length < MAX_BLOCKS) {
    const first = view.getUint8(at)
    const end = at + HEADER_SIZE + view.getUint16(at + 2) * 4
    if (first >> 6 !== 2 || end > view.byteLength) break
    const padding = first & 0x20 ? view.getUint8(end - 1) : 0
    const size = end - at - HEADER_SIZE - padding
    if (size >= 0)
      blocks.push({
        packetType: view.getUint8(at + 1),
        count: first & 0x1f,
        body: new DataView(view.buffer, view.byteOffset + at + HEADER_SIZE, size),
      })
    at = end
  }
  return blocks
}
