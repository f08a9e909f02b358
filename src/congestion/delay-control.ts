import { AcknowledgedRate, CONGESTED_WINDOW, USUAL_WINDOW } from './acknowledged-rate.js'
import { ArrivalGroups } from './arrival-groups.js'
import type { ReceivedPacket } from './feedback-reader.js'
import { OveruseDetector, type Usage } from './overuse-detector.js'
import type { ProbeResult } from './probe-measure.js'
import { QueueDelay } from './queue-delay.js'
import { RateControl } from './rate-control.js'
import { Trendline } from './trendline.js'

/** After this much silence what the delay did before says nothing, ms (libwebrtc: kStreamTimeOut). */
const LONGEST_GAP = 2000
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

export interface DelayConditions {
  readonly roundTripTime: number
  /** The application sends less than it may. */
  readonly applicationLimited: boolean
  readonly probe: ProbeResult | undefined
}

/** What the delay allows: from arrivals to a rate (libwebrtc: delay_based_bwe.cc). Rates in bits per second. */
export class DelayControl {
  readonly #groups = new ArrivalGroups()
  readonly #trendline = new Trendline()
  readonly #detector = new OveruseDetector()
  readonly #acknowledged = new AcknowledgedRate()
  readonly #queue = new QueueDelay()
  readonly #control: RateControl
  #usage: Usage = 'normal'
  /** Reckoned once a feedback, as it takes a walk over the window. */
  #acknowledgedRate: number | undefined
  #updatedAt: number | undefined

  constructor(startRate: number) {
    this.#control = new RateControl(startRate)
  }

  get rate(): number {
    return this.#control.rate
  }

  get usage(): Usage {
    return this.#usage
  }

  /** What arrives; undefined before enough did. */
  get acknowledged(): number | undefined {
    return this.#acknowledgedRate
  }

  /** ms */
  get queueDelay(): number {
    return this.#queue.delay
  }

  /** When it last gave way to an overuse, ms; -Infinity for never. */
  get decreasedAt(): number {
    return this.#control.decreasedAt
  }

  /** Of the estimate that may be sent, so that a queue empties. */
  get drainShare(): number {
    const excess = Math.max(0, this.#queue.delay - SMALL_QUEUE)
    return Math.max(LEAST_SHARE, 1 - excess / DRAIN_TIME)
  }

  /** Others limit the estimate too; growing beyond that unseen would be guessing. */
  limit(rate: number): void {
    this.#control.limit(rate)
  }

  /** @param packets that have arrived, in order of arrival */
  update(packets: readonly ReceivedPacket[], conditions: DelayConditions, now: number): void {
    if (this.#updatedAt !== undefined && now - this.#updatedAt > LONGEST_GAP) this.#reset()
    this.#updatedAt = now
    this.#acknowledged.add(packets)
    this.#queue.update(packets, now)
    for (const { sentAt, arrivedAt } of packets) {
      const delta = this.#groups.add(sentAt, arrivedAt)
      if (!delta) continue
      this.#trendline.update(delta)
      this.#detector.update(this.#trendline.slope, delta.sent, delta.arrivedAt)
    }
    const { roundTripTime, applicationLimited, probe } = conditions
    const acknowledged = this.#acknowledged.rate(USUAL_WINDOW)
    this.#acknowledgedRate = acknowledged
    const acknowledgedRecently = this.#acknowledged.rate(CONGESTED_WINDOW)
    this.#usage = this.#judge(acknowledgedRecently, applicationLimited)
    if (probe && this.#usage !== 'over') this.#adopt(probe, acknowledged ?? 0, now)
    else
      this.#control.update(
        { usage: this.#usage, acknowledged, acknowledgedRecently, roundTripTime, applicationLimited },
        now,
      )
  }

  /**
   * A probe below the estimate says something only if it filled the link, and never less than what
   * arrives anyway (libwebrtc: limit_probes_lower_than_throughput_estimate).
   */
  #adopt({ rate, saturated }: ProbeResult, acknowledged: number, now: number): void {
    const current = this.#control.rate
    if (rate > current) this.#control.setRate(rate, saturated, now)
    else if (saturated) this.#control.setRate(Math.min(current, Math.max(rate, acknowledged)), true, now)
  }

  #judge(acknowledgedRecently: number | undefined, applicationLimited: boolean): Usage {
    const hasDropped =
      this.#queue.grows &&
      this.#queue.delay > DROP_QUEUE &&
      acknowledgedRecently !== undefined &&
      acknowledgedRecently < DROP_SHARE * this.#control.rate &&
      !applicationLimited
    return hasDropped ? 'over' : this.#detector.usage
  }

  #reset(): void {
    this.#groups.reset()
    this.#trendline.reset()
    this.#detector.reset()
    this.#acknowledged.reset()
    this.#queue.reset()
  }
}
