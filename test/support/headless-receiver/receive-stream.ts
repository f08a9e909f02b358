/** Counts what arrives of one viewer's media, from decrypted RTP and RTCP packets. */
export class ReceiveStream {
  ssrc = 0
  duplicates = 0
  retransmitted = 0
  bytes = 0
  frames = 0
  keyframes = 0
  senderReports = 0
  byes = 0
  timestampsNotRising = 0
  firstTimestamp = 0
  lastTimestamp = 0
  #seen = new Set<number>()
  #first = -1
  #newest = -1
  #keyframeAt = -1
  /** The last packet of a frame is here. */
  onFrame: (timestamp: number) => void = () => {}
  #lose: { oneIn: number; count: number } | undefined

  constructor(
    private readonly codec: 'h264' | 'vp8',
    private readonly mediaType: number,
    private readonly rtxType: number,
    private readonly nack: (ssrc: number, sequence: number) => void,
  ) {}

  get packets(): number {
    return this.#seen.size
  }

  get missing(): number {
    return this.#first < 0 ? 0 : this.#newest - this.#first + 1 - this.#seen.size
  }

  /** 16 bits, as it was sent. */
  get newestSequence(): number {
    return Math.max(0, this.#newest) & 0xffff
  }

  loseOneIn(oneIn: number): void {
    this.#lose = { oneIn, count: 0 }
  }

  reset(): void {
    this.duplicates = this.retransmitted = this.bytes = this.frames = this.keyframes = 0
    this.senderReports = this.timestampsNotRising = 0
    this.#seen = new Set()
    this.#first = this.#newest
    if (this.#newest >= 0) this.#seen.add(this.#newest)
  }

  receive(packet: Buffer): void {
    if (packet.length < 8) return
    const second = packet.readUInt8(1)
    if (second >= 192 && second <= 223) this.#rtcp(packet)
    else this.#rtp(packet)
  }

  #rtcp(packet: Buffer): void {
    for (let at = 0; at + 4 <= packet.length; at += (packet.readUInt16BE(at + 2) + 1) * 4) {
      const type = packet.readUInt8(at + 1)
      if (type === 200) this.senderReports++
      if (type === 203) this.byes++
    }
  }

  #rtp(packet: Buffer): void {
    if (packet.length < 12) return
    const first = packet.readUInt8(0)
    const second = packet.readUInt8(1)
    let start = 12 + (first & 15) * 4
    if (first & 16) start += 4 + packet.readUInt16BE(start + 2) * 4
    const end = packet.length - (first & 32 ? packet.readUInt8(packet.length - 1) : 0)
    let payload = packet.subarray(start, end)
    let sequence = packet.readUInt16BE(2)
    this.bytes += packet.length

    if ((second & 127) === this.rtxType) {
      if (payload.length < 2) return // Padding alone: a bandwidth probe.
      sequence = payload.readUInt16BE(0)
      payload = payload.subarray(2)
      this.retransmitted++
    } else if ((second & 127) === this.mediaType) {
      this.ssrc = packet.readUInt32BE(8)
      if (this.#lose && ++this.#lose.count % this.#lose.oneIn === 0) {
        this.#note(this.#unwrap(sequence), false)
        this.nack(this.ssrc, sequence)
        return
      }
    } else return
    if (payload.length === 0) return

    const index = this.#unwrap(sequence)
    if (this.#seen.has(index)) {
      this.duplicates++
      return
    }
    this.#note(index, true)

    const timestamp = packet.readUInt32BE(4)
    if (isKeyframeStart(this.codec, payload) && this.#keyframeAt !== timestamp) {
      this.#keyframeAt = timestamp
      this.keyframes++
    }
    if (second & 128) {
      if (this.frames === 0) this.firstTimestamp = timestamp
      else if ((timestamp - this.lastTimestamp) << 0 <= 0 && (second & 127) === this.mediaType)
        this.timestampsNotRising++
      this.lastTimestamp = timestamp
      this.onFrame(timestamp)
      this.frames++
    }
  }

  #note(index: number, seen: boolean): void {
    if (this.#first < 0) this.#first = index
    this.#newest = Math.max(this.#newest, index)
    if (seen && index >= this.#first) this.#seen.add(index)
  }

  /** The 16-bit sequence number as a count that does not wrap, closest to the newest one. */
  #unwrap(sequence: number): number {
    if (this.#newest < 0) return sequence + 65_536
    const step = ((sequence - this.#newest) << 16) >> 16
    return this.#newest + step
  }
}

function isKeyframeStart(codec: 'h264' | 'vp8', payload: Buffer): boolean {
  return codec === 'h264' ? isH264Keyframe(payload) : isVp8Keyframe(payload)
}

/** RFC 6184: an IDR slice as a single NAL unit, within a STAP-A (24), or starting in an FU-A (28). */
function isH264Keyframe(payload: Buffer): boolean {
  const type = payload.readUInt8(0) & 31
  if (type === 5) return true
  if (type === 28) {
    const header = payload.length > 1 ? payload.readUInt8(1) : 0
    return (header & 0x80) !== 0 && (header & 31) === 5
  }
  if (type !== 24) return false
  for (let at = 1; at + 3 <= payload.length; at += 2 + payload.readUInt16BE(at))
    if ((payload.readUInt8(at + 2) & 31) === 5) return true
  return false
}

/** RFC 7741: start of partition 0, and the inverse key frame flag of the payload header is 0. */
function isVp8Keyframe(payload: Buffer): boolean {
  const first = payload.readUInt8(0)
  if (!(first & 0x10) || (first & 0x0f) !== 0) return false
  let at = 1
  if (first & 0x80) {
    if (payload.length < 2) return false
    const extension = payload.readUInt8(at++)
    if (extension & 0x80) at += at < payload.length && payload.readUInt8(at) & 0x80 ? 2 : 1
    if (extension & 0x40) at++
    if (extension & 0x30) at++
  }
  return at < payload.length && (payload.readUInt8(at) & 1) === 0
}
