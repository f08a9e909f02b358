import type { SentPackets, TransportFeedback } from '../rtp/index.js'
import { AcknowledgedRate, CONGESTED_WINDOW, USUAL_WINDOW } from './acknowledged-rate.js'
import { ApplicationLimit } from './application-limit.js'
import { ArrivalGroups } from './arrival-groups.js'
import { FeedbackReader, type FeedbackReport } from './feedback-reader.js'
import { LossControl } from './loss-control.js'
import { OveruseDetector, type Usage } from './overuse-detector.js'
import { type ProbeCluster, ProbeControl } from './probe-control.js'
import { ProbeMeasure, type ProbeResult } from './probe-measure.js'
import { QueueDelay } from './queue-delay.js'
import { RateControl } from './rate-control.js'
import { ReportControl } from './report-control.js'
import { RoundTrip } from './round-trip.js'
import { Trendline } from './trendline.js'

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
/** After this much silence what the delay did before says nothing, ms (libwebrtc: kStreamTimeOut). */
const LONGEST_GAP = 2000
/** Feedback comes at least four times a second (draft-holmer §3; libwebrtc: 50..250 ms); beyond that and a round trip … */
const SILENCE = 500
/** … the rate is halved for each such time, ms: what is sent only makes a queue that nobody sees. */
const SILENCE_STEP = 500
/** … but not further than to this share, from where probes find back. */
const LEAST_SILENT_SHARE = 1 / 8
/**
 * A queue of more than this that still grows, ms, while less than this share of the estimate arrives: the
 * capacity has dropped, and the trend, which needs a dozen groups to turn, need not be waited for.
 */
const DROP_QUEUE = 40
const DROP_SHARE = 0.7
/** A queue up to this length is left to the rate control, ms. */
const SMALL_QUEUE = 30
/** A longer one is to be empty again after about this time, ms … */
const DRAIN_TIME = 700
/** … but no less than this share of the estimate is sent, so that there is still a picture. */
const LEAST_SHARE = 0.35

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
  readonly #groups = new ArrivalGroups()
  readonly #trendline = new Trendline()
  readonly #detector = new OveruseDetector()
  readonly #acknowledged = new AcknowledgedRate()
  readonly #queue = new QueueDelay()
  readonly #roundTrip = new RoundTrip()
  readonly #applicationLimit = new ApplicationLimit()
  readonly #delayBased: RateControl
  readonly #lossBased = new LossControl()
  readonly #reportBased: ReportControl
  readonly #probeMeasure = new ProbeMeasure()
  readonly #probeControl: ProbeControl
  #hasSent = false
  #feedbackAt: number | undefined
  /** When the first packet was sent that no feedback has come after. */
  #unansweredSince: number | undefined
  #probes = 0
  #probeResults = 0

  /** @param sent the viewer's packets by transport-wide sequence number: `RtpStream.sentPackets` */
  constructor(sent: SentPackets, options: BandwidthEstimatorOptions = {}) {
    this.#minRate = options.minRate ?? DEFAULT_MIN_RATE
    this.#maxRate = Math.max(this.#minRate, options.maxRate ?? DEFAULT_MAX_RATE)
    this.#startRate = this.#clamp(options.startRate ?? DEFAULT_START_RATE)
    this.#reader = new FeedbackReader(sent)
    this.#delayBased = new RateControl(this.#startRate)
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
    this.#unansweredSince ??= now
  }

  onFeedback(feedback: TransportFeedback, now: number): void {
    const report = this.#reader.read(feedback)
    if (!report) return
    this.#resetAfterGap(now)
    this.#endSilence(now)
    this.#feedbackAt = now
    this.#unansweredSince = undefined
    this.#applicationLimit.update(0, this.#estimate(), now)
    const { received } = report
    this.#acknowledged.add(received)
    this.#roundTrip.onFeedback(received, now)
    this.#queue.update(received, now)
    for (const { sentAt, arrivedAt } of received) {
      const delta = this.#groups.add(sentAt, arrivedAt)
      if (!delta) continue
      this.#trendline.update(delta)
      this.#detector.update(this.#trendline.slope, delta.sent, delta.arrivedAt)
    }
    const probe = this.#probeMeasure.update(received)
    if (probe) this.#probeResults++
    this.#updateDelayBased(probe, now)
    this.#updateLossBased(report, now)
    this.#updateProbes(probe, now)
  }

  /** A receiver report about the viewer's stream came; `roundTripTime` in ms, if it could be measured. */
  onReceiverReport(fractionLost: number, roundTripTime: number | undefined, now: number): void {
    if (roundTripTime !== undefined) this.#roundTrip.onReport(roundTripTime)
    // With transport-wide feedback the same losses have been seen already, and better.
    if (this.#feedbackAt === undefined)
      this.#reportBased.onReport(fractionLost, this.#roundTrip.time, this.#maxRate, now)
  }

  /** The receiver's own estimate (REMB). */
  onRemb(rate: number, _now: number): void {
    this.#reportBased.onEstimate(rate)
  }

  /** What may be sent, bits per second, retransmissions included. */
  target(now: number): number {
    if (this.#feedbackAt === undefined) return this.#clamp(this.#reportBased.rate)
    return this.#clamp(this.#estimate() * this.#drainShare() * this.#silenceShare(now))
  }

  /**
   * The probe to send now: media first, then packets that the viewer has already, once more. Ask again
   * after each packet: it is over when enough was sent.
   */
  probe(now: number): ProbeCluster | undefined {
    this.#begin(now)
    return this.#probeControl.current(now)
  }

  stats(now: number): BandwidthStats {
    return {
      target: this.target(now),
      delayBased: this.#delayBased.rate,
      lossBased: this.#lossBased.limit,
      acknowledged: this.#acknowledged.rate(USUAL_WINDOW),
      usage: this.#detector.usage,
      queueDelay: this.#queue.delay,
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

  #updateDelayBased(probe: ProbeResult | undefined, now: number): void {
    const acknowledged = this.#acknowledged.rate(USUAL_WINDOW)
    const usage = this.#usage()
    if (probe && usage !== 'over') {
      const rate = this.#clamp(probe.rate)
      const current = this.#delayBased.rate
      // A probe below the estimate says something only if it filled the link, and never less than what
      // arrives anyway (libwebrtc: limit_probes_lower_than_throughput_estimate).
      if (rate > current) this.#delayBased.setRate(rate, probe.saturated, now)
      else if (probe.saturated)
        this.#delayBased.setRate(Math.min(current, Math.max(rate, acknowledged ?? 0)), true, now)
    } else {
      this.#delayBased.update(
        {
          usage,
          acknowledged,
          acknowledgedRecently: this.#acknowledged.rate(CONGESTED_WINDOW),
          roundTripTime: this.#roundTrip.time,
          applicationLimited: this.#applicationLimit.since !== undefined,
        },
        now,
      )
    }
    this.#delayBased.limit(this.#maxRate)
  }

  #updateLossBased({ received, lostPackets, recoveredPackets, ...rest }: FeedbackReport, now: number): void {
    this.#lossBased.update(
      {
        ...rest,
        packets: received.length + lostPackets - recoveredPackets,
        lost: lostPackets,
        recovered: recoveredPackets,
        delayBased: this.#delayBased.rate,
        acknowledged: this.#acknowledged.rate(USUAL_WINDOW),
        queueDelay: this.#queue.delay,
      },
      now,
    )
  }

  #updateProbes(result: ProbeResult | undefined, now: number): void {
    const conditions = {
      estimate: this.#estimate(),
      applicationLimited: this.#applicationLimit.since !== undefined,
      maxRate: this.#maxRate,
      congested: this.#usage() === 'over' || this.#lossBased.isDecreasing,
      queueDelay: this.#queue.delay,
      decreasedAt: this.#delayBased.decreasedAt,
    }
    this.#probeControl.update(conditions, now)
    if (result) this.#probeControl.onResult(result, conditions, now)
  }

  #resetAfterGap(now: number): void {
    if (this.#feedbackAt === undefined || now - this.#feedbackAt <= LONGEST_GAP) return
    this.#groups.reset()
    this.#trendline.reset()
    this.#detector.reset()
    this.#acknowledged.reset()
    this.#queue.reset()
  }

  /** After an outage nobody knows what the link is like: probes are faster in finding out than queues. */
  #endSilence(now: number): void {
    const share = this.#silenceShare(now)
    if (share === 1 || this.#feedbackAt === undefined) return
    this.#delayBased.limit(Math.max(this.#minRate, this.#estimate() * share))
    this.#probeControl.hurry(now)
  }

  #usage(): Usage {
    const { delay, grows } = this.#queue
    const recently = this.#acknowledged.rate(CONGESTED_WINDOW)
    const hasDropped =
      grows &&
      delay > DROP_QUEUE &&
      recently !== undefined &&
      recently < DROP_SHARE * this.#estimate() &&
      this.#applicationLimit.since === undefined
    return hasDropped ? 'over' : this.#detector.usage
  }

  #estimate(): number {
    return this.#clamp(Math.min(this.#delayBased.rate, this.#lossBased.limit))
  }

  #drainShare(): number {
    const excess = Math.max(0, this.#queue.delay - SMALL_QUEUE)
    return Math.max(LEAST_SHARE, 1 - excess / DRAIN_TIME)
  }

  #silenceShare(now: number): number {
    if (this.#unansweredSince === undefined) return 1
    const silence = now - this.#unansweredSince - SILENCE - this.#roundTrip.time
    return silence < 0 ? 1 : Math.max(LEAST_SILENT_SHARE, 0.5 ** (1 + Math.floor(silence / SILENCE_STEP)))
  }

  #clamp(rate: number): number {
    return Math.min(this.#maxRate, Math.max(this.#minRate, rate))
  }
}
