import { vi } from 'vitest'
import { monotonicNow } from '../../../src/common/clock.js'
import type { KeyframeCause } from '../../../src/common/viewer-stats.js'
import { MediaSender } from '../../../src/engine/media-sender.js'
import type { RateLimits } from '../../../src/engine/send-path.js'
import { FeedbackMaker } from '../../network/feedback-maker.js'
import { Link, type LinkConditions } from '../../network/link.js'
import { type ParsedRtp, parseRtp, parseRtx } from '../../support/depacketize.js'
import {
  genericNack,
  pictureLossIndication,
  receiverEstimate,
  receiverReport,
  transportFeedback,
} from '../../support/headless-receiver/rtcp.js'
import { frameOf } from '../rtp/support.js'

const SSRC = 0x11223344
const RTX = { ssrc: 0x55667788, payloadType: 97 }
/** A full packet's payload, bytes. */
export const PAYLOAD = 1150
/** IP, UDP and SRTP. */
const OVERHEAD = 38
const TRANSPORT_CC = 3
const FPS = 30
const FEEDBACK_TIME = 75
const TICK = 100

export interface LabOptions {
  readonly link?: Partial<LinkConditions>
  readonly rates?: RateLimits
  /** Negotiated. Default: both. */
  readonly transportCc?: boolean
  readonly rtx?: boolean
  /** The receiver asks for what is missing. Default: false. */
  readonly nack?: boolean
}

export interface SentRtp extends ParsedRtp {
  readonly at: number
  readonly size: number
  /** Of the packet that it repeats; undefined for a first sending. */
  readonly original: number | undefined
}

/** One viewer's `MediaSender` before a link, a receiver behind it; timers and clock are simulated. */
export class SenderLab {
  readonly sender: MediaSender
  readonly sent: SentRtp[] = []
  readonly arrived: SentRtp[] = []
  /** What was asked of the encoder, and when. */
  readonly keyframeRequests: { readonly at: number; readonly cause: KeyframeCause }[] = []
  rateChanges = 0
  longestQueue = 0
  readonly #link: Link<SentRtp>
  readonly #maker = new FeedbackMaker()
  readonly #options: LabOptions
  #wantsKeyframe = true
  #nextFrame: number
  #nextFeedback: number
  #nextTick: number
  #newest = -1
  #newestTransport = -1

  /** Fake timers must be on. */
  constructor(options: LabOptions = {}) {
    const { rates = {}, transportCc = true, rtx = true } = options
    this.#options = options
    this.#link = new Link(5, { delay: 20, ...options.link })
    this.#nextFrame = this.#nextFeedback = this.#nextTick = monotonicNow()
    this.sender = new MediaSender({
      stream: {
        ssrc: SSRC,
        payloadType: 96,
        ...(rtx && { rtx: RTX }),
        clockOffset: 0,
        firstSequenceNumber: 100,
        extensions: transportCc ? { transportCc: TRANSPORT_CC } : {},
        cname: 'lab',
        out: (packet) => this.#out(packet),
      },
      rates,
      onKeyframeNeeded: (cause) => {
        this.keyframeRequests.push({ at: monotonicNow(), cause })
        this.#wantsKeyframe = true
      },
      onRate: () => this.rateChanges++,
    })
  }

  get now(): number {
    return monotonicNow()
  }

  get stats() {
    return this.sender.stats(this.now)
  }

  change(conditions: Partial<LinkConditions>): void {
    this.#link.change(conditions, this.now)
  }

  /** Sends a frame of so many full packets. */
  frame(packets: number, keyframe = false, captureTime = this.now): void {
    this.sender.sendFrame(frameOf(Array(packets).fill(PAYLOAD), captureTime, keyframe), this.now)
  }

  /** RTCP arrives from the viewer. @returns whether it said goodbye */
  receive(packet: Uint8Array): boolean {
    return this.sender.receive(packet, this.now)
  }

  nack(sequences: readonly number[]): void {
    this.receive(genericNack(1, SSRC, sequences))
  }

  pli(): void {
    this.receive(pictureLossIndication(1, SSRC))
  }

  remb(rate: number): void {
    this.receive(receiverEstimate(1, SSRC, rate))
  }

  report(fractionLost: number): void {
    this.receive(receiverReport(1, SSRC, { fractionLost }))
  }

  /** Lets time pass with an encoder that makes what it may (bit/s at most `most`), and a keyframe when it is asked to; 0: no encoder. */
  run(time: number, most = 50_000_000, meanwhile: () => void = () => {}): void {
    const end = this.now + time
    this.#nextFrame = Math.max(this.#nextFrame, this.now)
    while (this.now < end) {
      if (most > 0 && this.now >= this.#nextFrame) this.#encode(most)
      meanwhile()
      vi.advanceTimersByTime(1)
      this.#receiver()
      if (this.now >= this.#nextTick) {
        this.#nextTick = this.now + TICK
        this.sender.tick(this.now)
      }
    }
  }

  /** First sendings between two times. */
  media(from = 0, to = Number.POSITIVE_INFINITY): SentRtp[] {
    return this.sent.filter(({ original, at }) => original === undefined && at >= from && at < to)
  }

  repeated(from = 0, to = Number.POSITIVE_INFINITY): SentRtp[] {
    return this.sent.filter(({ original, at }) => original !== undefined && at >= from && at < to)
  }

  #encode(most: number): void {
    this.#nextFrame += 1000 / FPS
    const keyframe = this.#wantsKeyframe
    this.#wantsKeyframe = false
    const bytes = (Math.min(most, this.sender.mediaRate(this.now)) / 8 / FPS) * (keyframe ? 4 : 1)
    const full = Math.floor(bytes / PAYLOAD)
    const sizes = [...Array(full).fill(PAYLOAD), Math.max(50, Math.round(bytes - full * PAYLOAD))]
    this.sender.sendFrame(frameOf(sizes, this.now, keyframe), this.now)
  }

  #out(packet: Buffer): boolean {
    const copy = Buffer.from(packet)
    const parsed = parseRtp(copy)
    const original = parsed.ssrc === RTX.ssrc ? parseRtx(parsed.payload).originalSequenceNumber : undefined
    const sent = { ...parsed, original, size: copy.length, at: this.now }
    this.sent.push(sent)
    this.#link.send(sent, copy.length + OVERHEAD, this.now)
    return true
  }

  #receiver(): void {
    this.longestQueue = Math.max(this.longestQueue, this.#link.queueDelay)
    for (const { packet, at } of this.#link.receive(this.now)) {
      this.arrived.push(packet)
      const extension = packet.extensions.get(TRANSPORT_CC)
      if (extension) {
        const number = Buffer.from(extension).readUInt16BE(0)
        const step = ((number - this.#newestTransport) << 16) >> 16
        this.#maker.onPacket(this.#newestTransport + step, at)
        this.#newestTransport = Math.max(this.#newestTransport, this.#newestTransport + step)
      }
      if (packet.original === undefined) this.#look(packet.sequenceNumber)
    }
    if (this.now < this.#nextFeedback) return
    this.#nextFeedback = this.now + FEEDBACK_TIME
    const made = this.#maker.make()
    if (!made) return
    const { baseSequenceNumber: base, referenceTime, feedbackCount: count, arrivals } = made
    const bytes = transportFeedback(1, SSRC, { base, referenceTime, count, arrivals })
    setTimeout(() => this.receive(bytes), this.#link.conditions.delay)
  }

  /** Asks for the packets between the newest and this one. */
  #look(sequenceNumber: number): void {
    const missing: number[] = []
    if (this.#newest >= 0)
      for (let number = this.#newest + 1; number < sequenceNumber; number++) missing.push(number)
    this.#newest = Math.max(this.#newest, sequenceNumber)
    if (this.#options.nack && missing.length > 0)
      setTimeout(() => this.nack(missing), this.#link.conditions.delay)
  }
}

/** To be called before each test; afterwards `vi.useRealTimers()`. */
export function simulateTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'hrtime'] })
  // Not the beginning of time: what was never is far away.
  vi.advanceTimersByTime(100_000)
}
