import { monotonicNow } from '../common/clock.js'
import type { SendingTimes } from '../common/frame-timing.js'
import type { KeyframeCause, SendingStats } from '../common/viewer-stats.js'
import { BandwidthEstimator, Pacer, RetransmissionBudget } from '../congestion/index.js'
import {
  FeedbackHandler,
  type PacketizedFrame,
  type Retransmission,
  RtpStream,
  type RtpStreamOptions,
} from '../rtp/index.js'
import { KeyframeRequests } from './keyframe-requests.js'
import { PlayoutChoice } from './playout.js'
import { repairCopies } from './repair-copies.js'
import { StallMeter } from './stall-meter.js'
import { TimingMeter } from './timing-meter.js'

/** Rates in bit/s. */
export interface RateLimits {
  /** Never less, whatever the network says. */
  readonly min?: number | undefined
  /** Before anything is known. */
  readonly start?: number | undefined
}

export interface MediaSenderOptions {
  readonly stream: RtpStreamOptions
  readonly rates: RateLimits
  /** Nothing that is sent can be decoded before a keyframe. */
  onKeyframeNeeded(cause: KeyframeCause): void
  /** The rate has changed by more than a little. */
  onRate(): void
}

/** What of the rate is left for encoded bytes: RTP headers and extensions take 3 %, and rate controls overshoot. */
const MEDIA_SHARE = 0.95
/** Changes of the rate by this are reported at once. */
const RATE_STEP = 0.05
/** So much more than can be used is looked for: it lets keyframes through faster. */
const PROBE_FACTOR = 4
/** What waits in the network beyond this, ms, has to drain: bursts would overflow it. */
const STANDING_QUEUE = 50
const DRAINING_FACTOR = 1.1
/** Less than this share of the rate from one feedback to the next is no fluctuation, when this much waits in the network, ms … */
const COLLAPSE = 0.5
const COLLAPSE_QUEUE = 40
/** … and within this time, ms, the next feedback tells more (browsers send one every 50 to 100 ms). */
const HOLD_TIME = 110
/** Not again within this time, ms: the estimate goes on falling while the queue drains. */
const HOLD_PAUSE = 500
/** A viewer is known when what it was sent was answered for this long, ms; before, when it turns out to be slow. */
const SETTLING_TIME = 1_000

/** What is sent to one viewer, and when: its RTP stream, its pacer, the estimate of its bandwidth. */
export class MediaSender {
  readonly #stream: RtpStream
  readonly #feedback: FeedbackHandler
  readonly #estimator: BandwidthEstimator
  readonly #retransmissions = new RetransmissionBudget()
  readonly #pacer: Pacer<PacketizedFrame, Retransmission>
  readonly #requests = new KeyframeRequests()
  readonly #stalls = new StallMeter()
  readonly #timing = new TimingMeter()
  readonly #keyframes: Record<KeyframeCause, number> = { joined: 0, asked: 0, overflow: 0, rung: 0 }
  /** Undefined when the application has said what it wants. */
  readonly #playout: PlayoutChoice | undefined
  #timer: NodeJS.Timeout | undefined
  #reportedRate = 0
  #lastTarget = 0
  #heldUntil = Number.NEGATIVE_INFINITY
  #holdTimer: NodeJS.Timeout | undefined
  #isUrgent = false
  #firstFeedbackAt: number | undefined
  #started = false
  readonly #startRate: number
  /** Of the last keyframe. */
  #keyframeTime = Number.NEGATIVE_INFINITY

  constructor(private readonly options: MediaSenderOptions) {
    const { rates, stream } = options
    const canProbe = stream.extensions?.transportCc !== undefined
    this.#stream = new RtpStream(stream)
    this.#playout = stream.playoutDelay ? undefined : new PlayoutChoice()
    if (this.#playout) this.#stream.setPlayoutDelay(this.#playout.chosen)
    this.#feedback = new FeedbackHandler(this.#stream)
    this.#estimator = new BandwidthEstimator(this.#stream.sentPackets, {
      ...(rates.min !== undefined && { minRate: rates.min }),
      ...(rates.start !== undefined && { startRate: rates.start }),
    })
    this.#pacer = new Pacer<PacketizedFrame, Retransmission>(
      {
        sendPacket: (frame, index, now) => this.#noted(now, () => this.#sendPacket(frame, index, now)),
        retransmit: (packet, now) => this.#noted(now, () => this.#stream.retransmit(packet, now)),
        // Without transport-wide feedback nobody would ever say what came of it, and it would not end.
        probeRate: (now) => (canProbe ? this.#estimator.probe(now)?.rate : undefined),
        sendPadding: (now) => this.#noted(now, () => this.#stream.sendPadding(now), true),
        needsKeyframe: () => this.#needKeyframe('overflow', monotonicNow()),
      },
      { rate: this.#estimator.target(0) },
    )
    this.#startRate = this.#estimator.target(0)
  }

  /** Nothing that is sent now can be decoded: a keyframe has to come first. */
  get waitsForKeyframe(): boolean {
    return this.#pacer.waitsForKeyframe
  }

  /** How long it takes to send what waits, ms. */
  get backlog(): number {
    return Math.max(this.#pacer.queuedTime, this.#heldUntil - monotonicNow())
  }

  /** Its network is known: who has just come has an estimate that still grows by the moment. */
  isSettled(now: number): boolean {
    if (this.#firstFeedbackAt === undefined) return false
    return now - this.#firstFeedbackAt >= SETTLING_TIME || this.#estimator.target(now) < this.#startRate
  }

  /** What an encoder may make for this viewer, bit/s. */
  mediaRate(now: number): number {
    return MEDIA_SHARE * this.#retransmissions.mediaRate(this.#estimator.target(now), now)
  }

  /** The same in the long run, when the network has got over the present moment. */
  get capacity(): number {
    return MEDIA_SHARE * this.#estimator.capacity
  }

  /** Its network has collapsed, and it sees nothing until a keyframe has come through. */
  get isUrgent(): boolean {
    return this.#isUrgent
  }

  /** The most that the encoder would make for it, bit/s: more needs not be known. */
  setMaxRate(rate: number): void {
    this.#estimator.setMaxRate((rate * PROBE_FACTOR) / MEDIA_SHARE)
  }

  /** The time that a frame has in the viewer's stream, 1/90,000 s. To be asked in the order of sending. */
  timeOf(frame: PacketizedFrame): number {
    return this.#stream.timeOf(frame)
  }

  /** Sends a frame, or queues it for a moment, or drops it until the next keyframe if this viewer is too slow. */
  sendFrame(frame: PacketizedFrame, now: number): void {
    if (frame.keyframe) {
      this.#requests.served()
      this.#keyframeTime = frame.captureTime
      this.#isUrgent = false
    }
    this.#started = true
    this.#pacer.enqueueFrame(frame)
    this.#process(now)
  }

  /** @returns whether the viewer said goodbye */
  receive(packet: Uint8Array, now: number): boolean {
    const before = this.#stream.reception
    const feedback = this.#feedback.receive(packet, now)
    const { reception } = this.#stream
    for (const report of feedback.transportFeedback) this.#estimator.onFeedback(report, now)
    if (feedback.receiverEstimate !== undefined) this.#estimator.onRemb(feedback.receiverEstimate, now)
    if (reception && reception !== before)
      this.#estimator.onReceiverReport(reception.fractionLost, reception.roundTripTime, now)
    if (feedback.transportFeedback.length > 0 || reception !== before) this.#firstFeedbackAt ??= now
    if (feedback.retransmissions.length > 0) this.#retransmit(feedback.retransmissions, now)
    if (feedback.keyframeRequested) {
      this.#stalls.begin(now)
      this.#needKeyframe('asked', now)
    }
    this.#update(now)
    return feedback.bye
  }

  /** Some times a second: what silence, probes and requests that wait need. */
  tick(now: number): void {
    if (!this.#started) return
    if (this.#requests.due(now)) this.options.onKeyframeNeeded('asked')
    this.#update(now)
  }

  /** It is to be moved to another rung, which begins with a keyframe. */
  countRungChange(): void {
    this.#keyframes.rung++
  }

  /** It has joined, and a keyframe is made for it. */
  countJoin(): void {
    this.#keyframes.joined++
  }

  senderReport(now: number): Buffer {
    return this.#stream.senderReport(now)
  }

  bye(now: number): Buffer {
    return this.#stream.bye(now)
  }

  stop(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#holdTimer)
    this.#pacer.clear()
  }

  stats(now: number): SendingStats {
    const { target, acknowledged, queueDelay, roundTripTime, loss, probes } = this.#estimator.stats(now)
    const stream = this.#stream.stats
    return {
      estimate: Math.round(target),
      acknowledged: acknowledged === undefined ? undefined : Math.round(acknowledged),
      queueDelay,
      roundTripTime: this.#stream.reception?.roundTripTime ?? roundTripTime,
      loss: this.#firstFeedbackAt === undefined ? 0 : Math.max(loss, 0),
      jitter: this.#stream.reception?.jitter ?? 0,
      bytesSent: stream.bytesSent,
      packetsSent: stream.packetsSent,
      packetsRetransmitted: stream.packetsRetransmitted,
      paddingPackets: stream.paddingPackets,
      framesSent: stream.framesSent,
      framesDropped: this.#pacer.stats.framesDropped,
      probes,
      keyframes: { ...this.#keyframes },
      ...this.#stalls.stats(now),
      timing: this.timing(now),
    }
  }

  /** Where the time of its frames goes. */
  timing(now: number): SendingTimes | undefined {
    return this.#timing.times(now)
  }

  #sendPacket(frame: PacketizedFrame, index: number, now: number): boolean {
    const sent = this.#stream.sendPacket(frame, index, now)
    if (index < frame.packets.length - 1) return sent
    if (frame.keyframe) this.#stalls.end(now)
    if (frame.timing) this.#timing.add(frame.timing, now)
    return sent
  }

  #retransmit(retransmissions: readonly Retransmission[], now: number): void {
    // A keyframe is about to replace all of it.
    if (now < this.#heldUntil) return
    const target = this.#estimator.target(now)
    const { loss, queueDelay } = this.#estimator
    // What was before the last keyframe is not needed any more, and would hold up what is.
    const needed = retransmissions.filter(({ frame }) => frame.captureTime >= this.#keyframeTime)
    // One after the other, so that the copies of one packet are not lost together.
    for (let copy = 0; copy < repairCopies(loss, queueDelay); copy++) {
      this.#pacer.enqueueRetransmissions(
        needed.filter(({ frame, index }) =>
          this.#retransmissions.allow(frame.packets[index]?.length ?? 0, target, now),
        ),
      )
    }
  }

  #needKeyframe(cause: KeyframeCause, now: number): void {
    if (cause === 'overflow') this.#stalls.begin(now)
    this.#keyframes[cause]++
    if (this.#requests.request(now)) this.options.onKeyframeNeeded(cause)
  }

  #update(now: number): void {
    const target = this.#estimator.target(now)
    if (this.#estimator.queueDelay > STANDING_QUEUE) this.#pacer.setRate(target, DRAINING_FACTOR)
    else this.#pacer.setRate(target)
    if (target < COLLAPSE * this.#lastTarget && this.#estimator.queueDelay >= COLLAPSE_QUEUE) this.#hold(now)
    this.#lastTarget = target
    if (this.#playout?.update(this.#estimator.loss, this.#estimator.queueDelay, now))
      this.#stream.setPlayoutDelay(this.#playout.chosen)
    this.#process(now)
    if (Math.abs(target - this.#reportedRate) <= RATE_STEP * this.#reportedRate) return
    this.#reportedRate = target
    this.options.onRate()
  }

  /**
   * The network takes a fraction of what it took. Its queue is about to overflow, or has; what waits here was
   * made for another network and would be in the way of the keyframe that is needed. Until the next feedback
   * tells how much is left, nothing is sent, and the queue drains.
   */
  #hold(now: number): void {
    // A keyframe that is on its way by now, if a little large, is there sooner than another one.
    if (now - this.#heldUntil < HOLD_PAUSE) return
    this.#heldUntil = now + HOLD_TIME
    this.#isUrgent = true
    this.#pacer.clear()
    this.#stalls.begin(now)
    clearTimeout(this.#holdTimer)
    this.#holdTimer = setTimeout(() => this.#release(monotonicNow()), HOLD_TIME)
  }

  /** Sends on, with the keyframe that was made for others meanwhile, or with one that is made now. */
  #release(now: number): void {
    this.#heldUntil = now
    if (this.#pacer.waitsForKeyframe) this.#needKeyframe('overflow', now)
    this.#process(now)
  }

  #process(now: number): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (now < this.#heldUntil) return
    const wait = this.#pacer.process(now)
    if (wait !== undefined) this.#timer = setTimeout(() => this.#process(monotonicNow()), Math.ceil(wait))
  }

  /** Tells the estimator of a packet, if one left with a number that the receiver will report on. */
  #noted<T>(now: number, send: () => T, isPadding = false): T {
    const { sentPackets } = this.#stream
    const sequenceNumber = sentPackets.nextSequenceNumber
    const result = send()
    if (sentPackets.nextSequenceNumber !== sequenceNumber)
      this.#estimator.onPacketSent(sequenceNumber, sentPackets.size(sequenceNumber) ?? 0, now, isPadding)
    return result
  }
}
