import {
  BandwidthEstimator,
  type BandwidthEstimatorOptions,
  Pacer,
  RetransmissionBudget,
} from '../../src/congestion/index.js'
import type { TransportFeedback } from '../../src/rtp/index.js'
import { TransportLog } from '../../src/rtp/transport-log.js'
import { seeded } from '../support/random.js'

/** What the encoder is fed with. */
export interface Media {
  /** Default 30. */
  readonly fps: number
  /** The most that it makes, bits per second: a still scene needs little. Default 50 Mbit/s. */
  readonly most: number
  /** A keyframe is as large as this many frames. Default 6. */
  readonly keyframe: number
  /** Frames differ in size by up to this share. Default 0.2. */
  readonly unevenness: number
}

interface Frame {
  readonly keyframe: boolean
  readonly packets: readonly { readonly length: number }[]
  readonly at: number
}

/** A packet on its way. */
export interface SentPacket {
  readonly sequenceNumber: number
  readonly size: number
  readonly sentAt: number
  /** When its frame was made; undefined for padding. */
  readonly madeAt: number | undefined
}

const PACKET = 1200
/** IP, UDP and SRTP, which the link carries but the estimator does not count. */
export const OVERHEAD = 20 + 8 + 10

/** Encoder, pacer and estimator of one viewer, as the engine puts them together. */
export class Sender {
  readonly log = new TransportLog()
  readonly estimator: BandwidthEstimator
  readonly #pacer: Pacer<Frame, { frame: Frame; index: number }>
  readonly #random: () => number
  readonly #retransmissions = new RetransmissionBudget()
  #sequence = 0
  #keyframeWanted = true
  #wakeAt: number | undefined
  keyframes = 0
  padding = 0
  media: Media

  constructor(
    private readonly out: (packet: SentPacket) => void,
    seed: number,
    media: Partial<Media>,
    options: BandwidthEstimatorOptions,
  ) {
    this.#random = seeded(seed)
    this.media = { fps: 30, most: 50_000_000, keyframe: 6, unevenness: 0.2, ...media }
    this.estimator = new BandwidthEstimator(this.log, options)
    this.#pacer = new Pacer<Frame, { frame: Frame; index: number }>({
      sendPacket: (frame, index, now) => this.#send(frame.packets[index]!.length, frame.at, now),
      retransmit: ({ frame, index }, now) => this.#send(frame.packets[index]!.length, frame.at, now),
      needsKeyframe: () => {
        this.#keyframeWanted = true
      },
      probeRate: (now) => this.estimator.probe(now)?.rate,
      sendPadding: (now) => this.#pad(now),
    })
  }

  /** When `wake` is to be called, ms. */
  get wakeAt(): number | undefined {
    return this.#wakeAt
  }

  /** How long what waits before the network would take to leave, ms. */
  get queueTime(): number {
    return this.#pacer.queuedTime
  }

  wake(now: number): void {
    const target = this.estimator.target(now)
    this.#pacer.setRate(target)
    const wait = this.#pacer.process(now)
    // Node's timers are late by up to a millisecond.
    this.#wakeAt = wait === undefined ? undefined : now + Math.max(1, Math.ceil(wait)) + this.#random()
  }

  makeFrame(now: number): void {
    const { fps, most, keyframe, unevenness } = this.media
    const target = this.estimator.target(now)
    const rate = Math.min(most, this.#retransmissions.mediaRate(target, now))
    const isKeyframe = this.#keyframeWanted
    this.#keyframeWanted = false
    if (isKeyframe) this.keyframes++
    const factor = (isKeyframe ? keyframe : 1) * (1 + (2 * this.#random() - 1) * unevenness)
    let bytes = Math.max(100, (rate / 8 / fps) * factor)
    const packets: { length: number }[] = []
    for (; bytes > 0; bytes -= PACKET) packets.push({ length: Math.ceil(Math.min(bytes, PACKET)) })
    this.#pacer.enqueueFrame({ keyframe: isKeyframe, packets, at: now })
    this.wake(now)
  }

  onFeedback(feedback: TransportFeedback, now: number): void {
    this.estimator.onFeedback(feedback, now)
    this.wake(now)
  }

  retransmit(size: number, now: number): void {
    if (!this.#retransmissions.allow(size, this.estimator.target(now), now)) return
    const frame: Frame = { keyframe: false, packets: [{ length: size }], at: now }
    this.#pacer.enqueueRetransmissions([{ frame, index: 0 }])
    this.wake(now)
  }

  #pad(now: number): number {
    if (this.#sequence === 0) return 0
    this.padding += PACKET
    this.#send(PACKET, undefined, now)
    return PACKET
  }

  #send(size: number, madeAt: number | undefined, now: number): void {
    const sequenceNumber = this.log.record(size, now)
    this.estimator.onPacketSent(sequenceNumber, size, now, madeAt === undefined)
    this.out({ sequenceNumber: this.#sequence++, size, sentAt: now, madeAt })
  }
}
