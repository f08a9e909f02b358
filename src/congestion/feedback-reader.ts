import type { SentPackets, TransportFeedback } from '../rtp/index.js'

/** Packets followed; the transport log remembers no more. A power of two. */
const CAPACITY = 4096
/** The reference time counts 64 ms in 24 bits (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1). */
const REFERENCE_UNIT = 64
const REFERENCE_BITS = 24

const UNREPORTED = 0
const LOST = 1
const RECEIVED = 2
/** No feedback spoke of it, but one about later packets came: that feedback itself was lost. */
const SKIPPED = 3

/** A packet that the receiver has, reported for the first time. */
export interface ReceivedPacket {
  /** ms on our clock. */
  readonly sentAt: number
  /** ms on the receiver's clock, unwrapped. */
  readonly arrivedAt: number
  readonly size: number
  /** Bytes sent just before it that no feedback tells of. */
  readonly missingBefore: number
  /** The probe cluster that it was sent in; 0: none. */
  readonly cluster: number
}

/** What one feedback says that was not known before. */
export interface FeedbackReport {
  /** In order of arrival. */
  readonly received: readonly ReceivedPacket[]
  readonly lostPackets: number
  /** Packets called lost before that have arrived after all. */
  readonly recoveredPackets: number
  /** Send times of the earliest and the latest packet in it. */
  readonly firstSentAt: number
  readonly lastSentAt: number
  /** Of received and lost packets, once each. */
  readonly bytes: number
}

/**
 * Turns transport-wide feedback into packets with times. Each packet is told of once as received,
 * whatever the receiver repeats; what was never sent or is too long ago is passed over. So the work for
 * all further estimation is bounded by what was sent, and for a feedback by what fits into it.
 */
export class FeedbackReader {
  readonly #sent: SentPackets
  readonly #states = new Uint8Array(CAPACITY)
  readonly #clusters = new Uint16Array(CAPACITY)
  /** The reference time seen last, raw, and unwrapped in ms. */
  #reference: number | undefined
  #referenceTime = 0
  /** The latest packet that any feedback was about. */
  #newest: number | undefined

  constructor(sent: SentPackets) {
    this.#sent = sent
  }

  /** A packet was numbered and sent. */
  onSent(sequenceNumber: number, cluster: number): void {
    this.#states[sequenceNumber & (CAPACITY - 1)] = UNREPORTED
    this.#clusters[sequenceNumber & (CAPACITY - 1)] = cluster
  }

  /** Undefined when the feedback says nothing new. */
  read(feedback: TransportFeedback): FeedbackReport | undefined {
    const base = this.#unwrapReference(feedback.referenceTime)
    const first = feedback.baseSequenceNumber
    let missing = this.#skipTo(first)
    const received: ReceivedPacket[] = []
    let lostPackets = 0
    let recoveredPackets = 0
    let bytes = 0
    let firstSentAt = Number.POSITIVE_INFINITY
    let lastSentAt = Number.NEGATIVE_INFINITY
    const count = Math.min(feedback.arrivals.length, CAPACITY)
    for (let i = 0; i < count; i++) {
      const sequenceNumber = (first + i) & 0xffff
      const sentAt = this.#sent.sentAt(sequenceNumber)
      const size = this.#sent.size(sequenceNumber)
      if (sentAt === undefined || size === undefined) continue
      this.#advance(sequenceNumber)
      const slot = sequenceNumber & (CAPACITY - 1)
      const state = this.#states[slot]
      const arrival = feedback.arrivals[i]!
      const isLost = Number.isNaN(arrival)
      if (state === RECEIVED || (isLost && state !== UNREPORTED)) continue
      this.#states[slot] = isLost ? LOST : RECEIVED
      if (sentAt < firstSentAt) firstSentAt = sentAt
      if (sentAt > lastSentAt) lastSentAt = sentAt
      if (state !== LOST) bytes += size
      if (isLost) {
        lostPackets++
        continue
      }
      if (state === LOST) recoveredPackets++
      received.push({
        sentAt,
        arrivedAt: base + arrival,
        // Its bytes were counted when it was skipped.
        size: state === SKIPPED ? 0 : size,
        missingBefore: missing,
        cluster: this.#clusters[slot]!,
      })
      missing = 0
    }
    if (received.length === 0 && lostPackets === 0) return undefined
    received.sort((a, b) => a.arrivedAt - b.arrivedAt)
    return { received, lostPackets, recoveredPackets, firstSentAt, lastSentAt, bytes }
  }

  /** The nearest time to the last one that has these 24 bits, so that old feedback goes back and a wrap does not. */
  #unwrapReference(reference: number): number {
    const last = this.#reference ?? reference
    const shift = 32 - REFERENCE_BITS
    const step = ((reference - last) << shift) >> shift
    this.#reference = reference
    this.#referenceTime += step * REFERENCE_UNIT
    return this.#referenceTime
  }

  /** Notes that feedback about `sequenceNumber` came. */
  #advance(sequenceNumber: number): void {
    const newest = this.#newest
    // One that is forgotten may be half the number space away, where after and before are the same.
    if (newest === undefined || this.#sent.sentAt(newest) === undefined || isAfter(sequenceNumber, newest))
      this.#newest = sequenceNumber
  }

  /** Counts the bytes of packets before `first` that no feedback told of, and takes them as told. */
  #skipTo(first: number): number {
    const newest = this.#newest
    if (newest === undefined || this.#sent.sentAt(first) === undefined) return 0
    const gap = (first - newest - 1) & 0xffff
    if (gap >= CAPACITY) return 0
    let bytes = 0
    for (let i = 1; i <= gap; i++) {
      const sequenceNumber: number = (newest + i) & 0xffff
      const slot = sequenceNumber & (CAPACITY - 1)
      if (this.#states[slot] !== UNREPORTED) continue
      this.#states[slot] = SKIPPED
      bytes += this.#sent.size(sequenceNumber) ?? 0
    }
    return bytes
  }
}

function isAfter(a: number, b: number): boolean {
  const ahead = (a - b) & 0xffff
  return ahead > 0 && ahead < 0x8000
}
