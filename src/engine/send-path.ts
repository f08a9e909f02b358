import { monotonicNow } from '../common/clock.js'
import type { SendingStats } from '../common/viewer-stats.js'
import { BandwidthEstimator, PACE_FACTOR, RetransmissionBudget, SendBudget } from '../congestion/index.js'
import { type Feedback, type PlayoutDelay, type Reception, TransportLog } from '../rtp/index.js'
import { PlayoutChoice } from './playout.js'
import { repairCopies } from './repair-copies.js'

/** Rates in bit/s. */
export interface RateLimits {
  /** Never less, whatever the network says. */
  readonly min?: number | undefined
  /** Before anything is known. */
  readonly start?: number | undefined
}

/** What one stream made of an RTCP packet. */
export interface Heard extends Feedback {
  /** What a receiver report in it said of the stream; undefined when there was none. */
  readonly report: Reception | undefined
}

/** One of the streams that go a path. */
export interface PathStream {
  /** Something of it was sent, and more is to come. */
  readonly isActive: boolean
  /** Reads an RTCP packet. */
  hear(packet: Uint8Array, now: number): Heard
  /** Does what was asked for. */
  answer(heard: Heard, now: number): void
  /** Sends what is due. @returns ms until there is more, undefined when nothing waits */
  process(now: number): number | undefined
  setPace(rate: number, factor?: number): void
  setPlayoutDelay(delay: PlayoutDelay): void
  /** The network has collapsed: what waits is of no use any more. */
  collapse(now: number): void
  /** … and takes something again. */
  resume(now: number): void
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
/** A receiver is known when what it was sent was answered for this long, ms; before, when it turns out to be slow. */
const SETTLING_TIME = 1_000

/**
 * The way through the network to one receiver, and what it carries: one estimate, one budget and one count of packets
 * for all streams that go this way. Those that were added first come first.
 */
export class SendPath {
  /** Numbers the packets of all its streams. */
  readonly log = new TransportLog()
  /** What may be sent now, by all its streams. */
  readonly budget: SendBudget
  readonly #estimator: BandwidthEstimator
  readonly #retransmissions = new RetransmissionBudget()
  readonly #playout = new PlayoutChoice()
  readonly #streams: PathStream[] = []
  readonly #startRate: number
  #timer: NodeJS.Timeout | undefined
  #reportedRate = 0
  #lastTarget = 0
  #heldUntil = Number.NEGATIVE_INFINITY
  #holdTimer: NodeJS.Timeout | undefined
  #firstFeedbackAt: number | undefined

  constructor(
    rates: RateLimits,
    /** The rate has changed by more than a little. */
    private readonly onRate: () => void,
  ) {
    this.#estimator = new BandwidthEstimator(this.log, {
      ...(rates.min !== undefined && { minRate: rates.min }),
      ...(rates.start !== undefined && { startRate: rates.start }),
    })
    this.#startRate = this.#estimator.target(0)
    this.budget = new SendBudget(this.#startRate * PACE_FACTOR)
  }

  /** One more; it comes after those that are there. */
  add(stream: PathStream): void {
    this.#streams.push(stream)
    stream.setPace(this.#startRate)
    stream.setPlayoutDelay(this.#playout.chosen)
  }

  /** Nothing is sent for the moment, ms; 0 or less: it is. */
  heldFor(now: number): number {
    return this.#heldUntil - now
  }

  /** It is known: who has just come has an estimate that still grows by the moment. */
  isSettled(now: number): boolean {
    if (this.#firstFeedbackAt === undefined) return false
    return now - this.#firstFeedbackAt >= SETTLING_TIME || this.#estimator.target(now) < this.#startRate
  }

  /** What encoders may make for all its streams together, bit/s. */
  mediaRate(now: number): number {
    return MEDIA_SHARE * this.#retransmissions.mediaRate(this.#estimator.target(now), now)
  }

  /** The same in the long run, when the network has got over the present moment. */
  get capacity(): number {
    return MEDIA_SHARE * this.#estimator.capacity
  }

  /** The most that encoders would make for it, bit/s: more needs not be known. */
  setMaxRate(rate: number): void {
    this.#estimator.setMaxRate((rate * PROBE_FACTOR) / MEDIA_SHARE)
  }

  /** The rate that a stream is to send at, because it is probed; by the last one that is sent, which has the largest packets. */
  probeRate(stream: PathStream, now: number): number | undefined {
    if (this.#streams.findLast(({ isActive }) => isActive) !== stream) return undefined
    return this.#estimator.probe(now)?.rate
  }

  /** Whether the budget for retransmissions allows one more of this size, bytes. */
  mayRetransmit(size: number, now: number): boolean {
    return this.#retransmissions.allow(size, this.#estimator.target(now), now)
  }

  /** How often a lost packet is to be sent again. */
  get repairCopies(): number {
    return repairCopies(this.#estimator.loss, this.#estimator.queueDelay)
  }

  /** Tells the estimator of a packet, if one left with a number that the receiver will report on. */
  noted<T>(now: number, send: () => T, isPadding = false): T {
    const sequenceNumber = this.log.nextSequenceNumber
    const result = send()
    if (this.log.nextSequenceNumber !== sequenceNumber)
      this.#estimator.onPacketSent(sequenceNumber, this.log.size(sequenceNumber) ?? 0, now, isPadding)
    return result
  }

  /** Takes an RTCP packet, for all its streams. @returns whether the receiver said goodbye */
  receive(packet: Uint8Array, now: number): boolean {
    const heard = this.#streams.map((stream) => stream.hear(packet, now))
    // It is about the path, so each of them has read the same.
    for (const report of heard[0]?.transportFeedback ?? []) this.#estimator.onFeedback(report, now)
    const estimate = heard.find(({ receiverEstimate }) => receiverEstimate !== undefined)?.receiverEstimate
    if (estimate !== undefined) this.#estimator.onRemb(estimate, now)
    const reports = heard.flatMap(({ report }) => report ?? [])
    if (reports.length > 0) {
      const worst = reports.reduce((a, b) => (b.fractionLost > a.fractionLost ? b : a))
      this.#estimator.onReceiverReport(worst.fractionLost, worst.roundTripTime, now)
    }
    if ((heard[0]?.transportFeedback.length ?? 0) > 0 || reports.length > 0) this.#firstFeedbackAt ??= now
    for (const [index, stream] of this.#streams.entries()) stream.answer(heard[index]!, now)
    this.update(now)
    return heard.some(({ bye }) => bye)
  }

  /** Some times a second, and when feedback has come. */
  update(now: number): void {
    const target = this.#estimator.target(now)
    const factor = this.#estimator.queueDelay > STANDING_QUEUE ? DRAINING_FACTOR : undefined
    for (const stream of this.#streams) stream.setPace(target, factor)
    if (target < COLLAPSE * this.#lastTarget && this.#estimator.queueDelay >= COLLAPSE_QUEUE) this.#hold(now)
    this.#lastTarget = target
    if (this.#playout.update(this.#estimator.loss, this.#estimator.queueDelay, now))
      for (const stream of this.#streams) stream.setPlayoutDelay(this.#playout.chosen)
    this.process(now)
    if (Math.abs(target - this.#reportedRate) <= RATE_STEP * this.#reportedRate) return
    this.#reportedRate = target
    this.onRate()
  }

  /** Sends what is due, of the first stream first. */
  process(now: number): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (now < this.#heldUntil) return
    let wait = Number.POSITIVE_INFINITY
    for (const stream of this.#streams) wait = Math.min(wait, stream.process(now) ?? Number.POSITIVE_INFINITY)
    if (wait < Number.POSITIVE_INFINITY)
      this.#timer = setTimeout(() => this.process(monotonicNow()), Math.ceil(wait))
  }

  /** Nothing is sent by itself any more. */
  stop(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#holdTimer)
  }

  /** What is known of it. */
  stats(
    now: number,
  ): Pick<SendingStats, 'estimate' | 'acknowledged' | 'queueDelay' | 'roundTripTime' | 'loss' | 'probes'> {
    const { target, acknowledged, queueDelay, roundTripTime, loss, probes } = this.#estimator.stats(now)
    return {
      estimate: Math.round(target),
      acknowledged: acknowledged === undefined ? undefined : Math.round(acknowledged),
      queueDelay,
      roundTripTime,
      loss: this.#firstFeedbackAt === undefined ? 0 : Math.max(loss, 0),
      probes,
    }
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
    for (const stream of this.#streams) stream.collapse(now)
    clearTimeout(this.#holdTimer)
    this.#holdTimer = setTimeout(() => this.#release(monotonicNow()), HOLD_TIME)
  }

  /** Sends on, with the keyframe that was made for others meanwhile, or with one that is made now. */
  #release(now: number): void {
    this.#heldUntil = now
    for (const stream of this.#streams) stream.resume(now)
    this.process(now)
  }
}
