import type { PacketizedFrame } from './packetizer.js'

/** How long a packet stays at hand for a retransmission if the ring can still grow, ms. */
export const HISTORY_TIME = 1000

/** Packets in the ring: 8,192 are 78 Mbit/s for a second (libwebrtc stops at 9,600). */
const SMALLEST_CAPACITY = 2048
const LARGEST_CAPACITY = 8192

/** A packet of the history; the fields are those of the first sending. */
export interface HistoryEntry {
  readonly frame: PacketizedFrame
  /** Which packet of the frame. */
  readonly index: number
  readonly timestamp: number
}

/**
 * The packets a viewer was sent last, by RTP sequence number. It holds references to packets that the
 * viewers share, so a hundred viewers keep little more than one does. Packets leave by count and not by
 * age: when a track is idle, the loss of its last packet shows only with the next one, seconds later.
 */
export class PacketHistory {
  #capacity = SMALLEST_CAPACITY
  #frames: (PacketizedFrame | undefined)[] = new Array(SMALLEST_CAPACITY)
  #indices = new Uint16Array(SMALLEST_CAPACITY)
  #timestamps = new Uint32Array(SMALLEST_CAPACITY)
  #sentAt = new Float64Array(SMALLEST_CAPACITY)
  /** When it was last retransmitted; -Infinity for never. */
  #resentAt = new Float64Array(SMALLEST_CAPACITY)
  /** Sequence number of the newest packet. */
  #newest = 0
  #count = 0

  /** Packets at hand. */
  get size(): number {
    return this.#count
  }

  get capacity(): number {
    return this.#capacity
  }

  /** Sequence numbers must follow one another without gaps, modulo 2^16. */
  push(sequenceNumber: number, frame: PacketizedFrame, index: number, timestamp: number, now: number): void {
    let slot = sequenceNumber & (this.#capacity - 1)
    if (
      this.#count === this.#capacity &&
      this.#capacity < LARGEST_CAPACITY &&
      now - this.#sentAt[slot]! < HISTORY_TIME
    ) {
      this.#grow()
      slot = sequenceNumber & (this.#capacity - 1)
    }
    this.#frames[slot] = frame
    this.#indices[slot] = index
    this.#timestamps[slot] = timestamp
    this.#sentAt[slot] = now
    this.#resentAt[slot] = Number.NEGATIVE_INFINITY
    this.#newest = sequenceNumber
    if (this.#count < this.#capacity) this.#count++
  }

  /** Sequence numbers of the packets sent last, the newest first. */
  *newest(count: number): Generator<number> {
    for (let age = 0; age < Math.min(count, this.#count); age++) yield (this.#newest - age) & 0xffff
  }

  /** How many packets were sent after this one; undefined when the packet is not at hand. */
  age(sequenceNumber: number): number | undefined {
    const age = (this.#newest - sequenceNumber) & 0xffff
    return age < this.#count ? age : undefined
  }

  /** Undefined when the packet is not at hand. */
  get(sequenceNumber: number): HistoryEntry | undefined {
    if (this.age(sequenceNumber) === undefined) return undefined
    const slot = sequenceNumber & (this.#capacity - 1)
    const frame = this.#frames[slot]
    return frame && { frame, index: this.#indices[slot]!, timestamp: this.#timestamps[slot]! }
  }

  /** When the packet was last retransmitted; -Infinity for never. Only for a packet that is at hand. */
  resentAt(sequenceNumber: number): number {
    return this.#resentAt[sequenceNumber & (this.#capacity - 1)]!
  }

  markResent(sequenceNumber: number, now: number): void {
    this.#resentAt[sequenceNumber & (this.#capacity - 1)] = now
  }

  #grow(): void {
    const old = {
      mask: this.#capacity - 1,
      frames: this.#frames,
      indices: this.#indices,
      timestamps: this.#timestamps,
      sentAt: this.#sentAt,
      resentAt: this.#resentAt,
    }
    this.#capacity *= 2
    this.#frames = new Array(this.#capacity)
    this.#indices = new Uint16Array(this.#capacity)
    this.#timestamps = new Uint32Array(this.#capacity)
    this.#sentAt = new Float64Array(this.#capacity)
    this.#resentAt = new Float64Array(this.#capacity)
    for (let age = 0; age < this.#count; age++) {
      const sequenceNumber = (this.#newest - age) & 0xffff
      const from = sequenceNumber & old.mask
      const to = sequenceNumber & (this.#capacity - 1)
      this.#frames[to] = old.frames[from]
      this.#indices[to] = old.indices[from]!
      this.#timestamps[to] = old.timestamps[from]!
      this.#sentAt[to] = old.sentAt[from]!
      this.#resentAt[to] = old.resentAt[from]!
    }
  }
}
