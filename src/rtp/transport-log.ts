/** Packets remembered: at 100 ms between feedbacks enough for 400 Mbit/s. A power of two. */
const CAPACITY = 4096

/** What a bandwidth estimator may ask about the packets a viewer was sent. */
export interface SentPackets {
  /** Transport-wide sequence number of the next packet, 0..65535. */
  readonly nextSequenceNumber: number
  /** When the packet was handed to the transport, ms on the monotonic clock; undefined: not known any more. */
  sentAt(sequenceNumber: number): number | undefined
  /** RTP bytes of the packet, header and extensions included; undefined: not known any more. */
  size(sequenceNumber: number): number | undefined
}

/**
 * Numbers all packets of a viewer, media and retransmissions alike, and keeps when each was sent and how
 * large it was until the receiver's transport-wide feedback tells when it came.
 */
export class TransportLog implements SentPackets {
  readonly #sentAt = new Float64Array(CAPACITY)
  readonly #sizes = new Uint16Array(CAPACITY)
  #next = 0
  #count = 0

  get nextSequenceNumber(): number {
    return this.#next
  }

  /** Notes a packet and returns its transport-wide sequence number. */
  record(size: number, now: number): number {
    const sequenceNumber = this.#next
    const slot = sequenceNumber & (CAPACITY - 1)
    this.#sentAt[slot] = now
    this.#sizes[slot] = size
    this.#next = (sequenceNumber + 1) & 0xffff
    if (this.#count < CAPACITY) this.#count++
    return sequenceNumber
  }

  sentAt(sequenceNumber: number): number | undefined {
    return this.#has(sequenceNumber) ? this.#sentAt[sequenceNumber & (CAPACITY - 1)] : undefined
  }

  size(sequenceNumber: number): number | undefined {
    return this.#has(sequenceNumber) ? this.#sizes[sequenceNumber & (CAPACITY - 1)] : undefined
  }

  #has(sequenceNumber: number): boolean {
    return ((this.#next - 1 - sequenceNumber) & 0xffff) < this.#count
  }
}
