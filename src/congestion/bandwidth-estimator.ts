import type { SentPackets, TransportFeedback } from '../rtp/index.js'
import { ApplicationLimit } from './application-limit.js'
import { DelayControl } from './delay-control.js'
import { FeedbackReader, type FeedbackReport } from './feedback-reader.js'
import { LossControl } from './loss-control.js'
import type { Usage } from './overuse-detector.js'
import { type ProbeCluster, ProbeControl } from './probe-control.js'
import { ProbeMeasure, type ProbeResult } from './probe-measure.js'
import { ReportControl } from './report-control.js'
import { RoundTrip } from './round-trip.js'
import { Silence } from './silence.js'

export interface BandwidthEstimatorOptions {
  /** Bits per second before anything is known. Default 1 Mbit/s. */
  readonly startRate?: number
  /** Never less. Default 100 kbit/s. */
  readonly minRate?: number
  /** Never more. Default 50 Mbit/s. */
  readonly maxRate?: number
}

/** Rates in bits per second, times in ms. */
export interface BandwidthStats {
  readonly target: number
  /** What the delay allows. */
  readonly delayBased: number
  /** What loss allows; Infinity when it sets no limit. */
  readonly lossBased: number
  readonly acknowledged: number | undefined
  readonly usage: Usage
  readonly queueDelay: number
  readonly roundTripTime: number
  /** Share of the packets lost in the last seconds, 0..1, and of it what the path loses anyway. */
  readonly loss: number
  readonly inherentLoss: number
  readonly applicationLimited: boolean
  /** Probe clusters begun, and results that came of them. */
  readonly probes: number
  readonly probeResults: number
}

/**
 * Enough to show a picture at once on a slow link: its first two probes are 17 kB, 270 ms of 500 kbit/s.
 * Where there is more, they find 6 Mbit/s within a round trip.
 */
const DEFAULT_START_RATE = 1_000_000
const DEFAULT_MIN_RATE = 100_000
const DEFAULT_MAX_RATE = 50_000_000

/**
 * How much may be sent to one viewer. Takes what was sent and what the receiver says of it, gives the
 * target for encoder and pacer and the probes to send. Pure: time comes in as `now` (ms, monotonic).
 * docs/congestion.md says what each part follows.
 */
export class BandwidthEstimator {
  readonly #minRate: number
  #maxRate: number
  readonly #startRate: number
  readonly #reader: FeedbackReader
  readonly #roundTrip = new RoundTrip()
  readonly #silence = new Silence()
  readonly #applicationLimit = new ApplicationLimit()
  readonly #delayBased: DelayControl
  readonly #lossBased = new LossControl()
  readonly #reportBased: ReportControl
  readonly #probeMeasure = new ProbeMeasure()
  readonly #probeControl: ProbeControl
  #hasSent = false
  #hasFeedback = false
  #probes = 0
  #probeResults = 0

  /** @param sent the viewer's packets by transport-wide sequence number: `RtpStream.sentPackets` */
  constructor(sent: SentPackets, options: BandwidthEstimatorOptions = {}) {
    this.#minRate = options.minRate ?? DEFAULT_MIN_RATE
    this.#maxRate = Math.max(this.#minRate, options.maxRate ?? DEFAULT_MAX_RATE)
    this.#startRate = this.#clamp(options.startRate ?? DEFAULT_START_RATE)
    this.#reader = new FeedbackReader(sent)
    this.#delayBased = new DelayControl(this.#startRate)
    this.#reportBased = new ReportControl(this.#startRate)
    this.#probeControl = new ProbeControl((cluster) => {
      this.#probes++
      this.#probeMeasure.expect(cluster.id, cluster)
    })
  }

  /** What the viewer could use at most, bits per second; there is no probing for more. */
  setMaxRate(rate: number): void {
    this.#maxRate = Math.max(this.#minRate, rate)
    this.#delayBased.limit(this.#maxRate)
  }

  /**
   * A packet with a transport-wide sequence number was sent.
   * @param isPadding it was sent for a probe alone
   */
  onPacketSent(sequenceNumber: number, size: number, now: number, isPadding = false): void {
    this.#begin(now)
    this.#reader.onSent(sequenceNumber, this.#probeControl.onPacketSent(size, now))
    this.#applicationLimit.update(isPadding ? 0 : size, this.#estimate(), now)
    this.#silence.onPacketSent(now)
  }

  onFeedback(feedback: TransportFeedback, now: number): void {
    const report = this.#reader.read(feedback)
    if (!report) return
    this.#endSilence(now)
    this.#hasFeedback = true
    const { received } = report
    this.#roundTrip.onFeedback(received, now)
    this.#applicationLimit.update(0, this.#estimate(), now)
    const probe = this.#probeMeasure.update(received)
    if (probe) this.#probeResults++
    const conditions = {
      roundTripTime: this.#roundTrip.time,
      applicationLimited: this.#applicationLimit.since !== undefined,
      probe,
    }
    this.#delayBased.update(received, conditions, now)
    this.#delayBased.limit(this.#maxRate)
    this.#updateLossBased(report, now)
    this.#updateProbes(probe, now)
  }

  /** A receiver report about the viewer's stream came; `roundTripTime` in ms, if it could be measured. */
  onReceiverReport(fractionLost: number, roundTripTime: number | undefined, now: number): void {
    if (roundTripTime !== undefined) this.#roundTrip.onReport(roundTripTime)
    // With transport-wide feedback the same losses have been seen already, and better.
    if (!this.#hasFeedback) this.#reportBased.onReport(fractionLost, this.#roundTrip.time, this.#maxRate, now)
  }

  /** The receiver's own estimate (REMB), bits per second; of use only without transport-wide feedback. */
  onRemb(rate: number, _now: number): void {
    this.#reportBased.onEstimate(rate)
  }

  /** What may be sent, bits per second, retransmissions included. */
  target(now: number): number {
    if (!this.#hasFeedback) return this.#clamp(this.#reportBased.rate)
    const silentShare = this.#silence.share(this.#roundTrip.time, now)
    return this.#clamp(this.#estimate() * this.#delayBased.drainShare * silentShare)
  }

  /**
   * The probe to send now: media first, then packets that the viewer has already, once more. Ask again
   * after each packet: it is over when enough was sent.
   */
  probe(now: number): ProbeCluster | undefined {
    this.#begin(now)
    return this.#probeControl.current(now)
  }

  /**
   * What the network takes in the long run, bits per second: the target without what is held back for a
   * moment, while a queue drains or feedback fails.
   */
  get capacity(): number {
    return this.#hasFeedback ? this.#estimate() : this.#clamp(this.#reportBased.rate)
  }

  /** What waits in the network beyond its usual delay, ms. */
  get queueDelay(): number {
    return this.#delayBased.queueDelay
  }

  /** Share of the packets lost in the last seconds, 0..1. */
  get loss(): number {
    return this.#lossBased.loss
  }

  stats(now: number): BandwidthStats {
    return {
      target: this.target(now),
      delayBased: this.#delayBased.rate,
      lossBased: this.#lossBased.limit,
      acknowledged: this.#delayBased.acknowledged,
      usage: this.#delayBased.usage,
      queueDelay: this.#delayBased.queueDelay,
      roundTripTime: this.#roundTrip.time,
      loss: this.#lossBased.loss,
      inherentLoss: this.#lossBased.inherentLoss,
      applicationLimited: this.#applicationLimit.since !== undefined,
      probes: this.#probes,
      probeResults: this.#probeResults,
    }
  }

  #begin(now: number): void {
    if (this.#hasSent) return
    this.#hasSent = true
    this.#probeControl.start(this.#startRate, this.#maxRate, now)
  }

  /** After an outage nobody knows what the link is like: probes are faster in finding out than queues. */
  #endSilence(now: number): void {
    const share = this.#silence.share(this.#roundTrip.time, now)
    this.#silence.onFeedback()
    if (share === 1 || !this.#hasFeedback) return
    this.#delayBased.limit(Math.max(this.#minRate, this.#estimate() * share))
    this.#probeControl.hurry(now)
  }

  #updateLossBased({ received, lostPackets, recoveredPackets, ...rest }: FeedbackReport, now: number): void {
    this.#lossBased.update(
      {
        ...rest,
        packets: received.length + lostPackets - recoveredPackets,
        lost: lostPackets,
        recovered: recoveredPackets,
        delayBased: this.#delayBased.rate,
        acknowledged: this.#delayBased.acknowledged,
        queueDelay: this.#delayBased.queueDelay,
      },
      now,
    )
  }

  #updateProbes(result: ProbeResult | undefined, now: number): void {
    const conditions = {
      estimate: this.#estimate(),
      maxRate: this.#maxRate,
      applicationLimited: this.#applicationLimit.since !== undefined,
      congested: this.#delayBased.usage === 'over' || this.#lossBased.isDecreasing,
      queueDelay: this.#delayBased.queueDelay,
      decreasedAt: this.#delayBased.decreasedAt,
    }
    this.#probeControl.update(conditions, now)
    if (result) this.#probeControl.onResult(result, conditions, now)
  }

  #estimate(): number {
    return this.#clamp(Math.min(this.#delayBased.rate, this.#lossBased.limit))
  }

  #clamp(rate: number): number {
    return Math.min(this.#maxRate, Math.max(this.#minRate, rate))
  }
}
