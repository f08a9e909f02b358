import { explain, type Observation } from './loss-model.js'

/** Packets of at least this time make an observation, ms, and how many are kept (libwebrtc: LossBasedBweV2). */
const OBSERVATION_TIME = 250
const OBSERVATIONS = 15
/** … and at least this many packets, unless it takes far longer: a lost one of three says little. */
const FEWEST_PACKETS = 10
const LONGEST_OBSERVATION = 1000
/** Nothing is said before as many (MinNumObservations). */
const FEWEST_OBSERVATIONS = 3
/** Rates to try, times the present one: a step up is 5 % (draft-ietf-rmcat-gcc-02 §6). */
const STEPS = [1.05, 1, 0.95, 0.85]
/** No growth for this long after a cut, ms; doubled with each cut until the limit is gone (HoldDurationFactor). */
const HOLD = 300
const LONGEST_HOLD = 5000
/** What arrives limits growth, as it does for the delay (BwRampupUpperBoundFactor). */
const LIMIT_FACTOR = 1.5
/**
 * Loss that the path may have of its own while no queue stands. Radio links lose up to a fifth in bad
 * moments; to slow down would not help them.
 */
const MOST_INHERENT = 0.3
/** The same while a queue stands: an overflowing one is the likelier reason (InherentLossUpperBoundOffset, …BwBalance). */
const MOST_INHERENT_CONGESTED = 0.05
const MOST_INHERENT_BALANCE = 100_000
/** Loss beyond what is believed to be inherent that chance explains. */
const UNEXPLAINED = 0.01
/** A queue of this length stands, ms. Shorter ones are jitter. */
const STANDING_QUEUE = 25

export interface LossInput {
  readonly packets: number
  readonly lost: number
  /** Packets that had been counted as lost and came after all. */
  readonly recovered: number
  readonly bytes: number
  readonly firstSentAt: number
  readonly lastSentAt: number
  /** Bits per second. */
  readonly delayBased: number
  readonly acknowledged: number | undefined
  /** ms */
  readonly queueDelay: number
}

/**
 * A limit from packet loss, on a clock of its own: four times a second, whatever the delay says. The loss
 * that a path has anyway is told apart from the loss that comes with a higher rate by what fits the last
 * seconds best; only the latter limits (after libwebrtc's loss_based_bwe_v2.cc; the rule of
 * draft-ietf-rmcat-gcc-02 §6, to slow down whenever more than a tenth is lost, starves viewers on radio
 * links, and is kept for those without transport-wide feedback: report-control.ts).
 */
export class LossControl {
  readonly #observations: Observation[] = []
  #packets = 0
  #lost = 0
  #bytes = 0
  #firstSentAt = Number.POSITIVE_INFINITY
  #lastSentAt = Number.NEGATIVE_INFINITY
  #queueDelay = 0
  #limit = Number.POSITIVE_INFINITY
  #inherent = 0
  #hold = HOLD
  #heldUntil = Number.NEGATIVE_INFINITY
  #decreasing = false

  /** Bits per second; Infinity: no limit. */
  get limit(): number {
    return this.#limit
  }

  /** The share that the path loses anyway, 0..1, as far as is known. */
  get inherentLoss(): number {
    return this.#inherent
  }

  /** The share lost in the last seconds, 0..1. */
  get loss(): number {
    let packets = 0
    let lost = 0
    for (const observation of this.#observations) {
      packets += observation.packets
      lost += observation.lost
    }
    return packets === 0 ? 0 : lost / packets
  }

  /** The last step was down. */
  get isDecreasing(): boolean {
    return this.#decreasing
  }

  update(input: LossInput, now: number): void {
    this.#packets += input.packets
    this.#lost = Math.max(0, this.#lost + input.lost - input.recovered)
    this.#bytes += input.bytes
    this.#firstSentAt = Math.min(this.#firstSentAt, input.firstSentAt)
    this.#lastSentAt = Math.max(this.#lastSentAt, input.lastSentAt)
    this.#queueDelay = Math.max(this.#queueDelay, input.queueDelay)
    const time = this.#lastSentAt - this.#firstSentAt
    if (time < OBSERVATION_TIME || (this.#packets < FEWEST_PACKETS && time < LONGEST_OBSERVATION)) return
    this.#observe(time)
    if (this.#observations.length >= FEWEST_OBSERVATIONS) this.#decide(input, now)
    this.#queueDelay = 0
  }

  #observe(time: number): void {
    const packets = Math.max(1, this.#packets)
    const rate = (this.#bytes * 8000) / time
    this.#observations.push({ rate, packets, lost: Math.min(this.#lost, packets) })
    if (this.#observations.length > OBSERVATIONS) this.#observations.shift()
    this.#packets = 0
    this.#lost = 0
    this.#bytes = 0
    this.#firstSentAt = Number.POSITIVE_INFINITY
    this.#lastSentAt = Number.NEGATIVE_INFINITY
  }

  #decide({ delayBased, acknowledged }: LossInput, now: number): void {
    const current = Math.min(this.#limit, delayBased)
    if (this.loss === 0) {
      // Nothing to explain; most links, most of the time.
      this.#inherent = 0
      this.#grow(delayBased, current, acknowledged, now)
      if (this.#limit >= delayBased) this.#release()
      return
    }
    const isClear = this.#queueDelay < STANDING_QUEUE
    const candidates = [...STEPS.map((step) => step * current), delayBased]
    if (acknowledged !== undefined) candidates.push(acknowledged)
    let best = { bandwidth: current, inherent: this.#inherent, likelihood: Number.NEGATIVE_INFINITY }
    for (const bandwidth of candidates) {
      if (bandwidth <= 0) continue
      const most = isClear ? MOST_INHERENT : MOST_INHERENT_CONGESTED + MOST_INHERENT_BALANCE / bandwidth
      const { inherent, likelihood } = explain(this.#observations, bandwidth, Math.min(most, MOST_INHERENT))
      if (likelihood > best.likelihood) best = { bandwidth, inherent, likelihood }
    }
    this.#inherent = best.inherent
    if (best.bandwidth < current) this.#cut(best.bandwidth, now)
    else this.#grow(Math.min(best.bandwidth, delayBased), current, acknowledged, now)
    if (this.#limit >= delayBased) this.#release()
  }

  #cut(bandwidth: number, now: number): void {
    this.#limit = bandwidth
    this.#decreasing = true
    this.#heldUntil = now + this.#hold
    this.#hold = Math.min(LONGEST_HOLD, 2 * this.#hold)
  }

  #grow(bandwidth: number, current: number, acknowledged: number | undefined, now: number): void {
    this.#decreasing = false
    if (this.#limit === Number.POSITIVE_INFINITY || now < this.#heldUntil) return
    // More is lost than the path explains (NotIncreaseIfInherentLossLessThanAverageLoss).
    if (this.loss > this.#inherent + UNEXPLAINED) return
    const most = acknowledged === undefined ? bandwidth : Math.max(current, LIMIT_FACTOR * acknowledged)
    this.#limit = Math.min(bandwidth, most, current * STEPS[0]!)
  }

  #release(): void {
    this.#limit = Number.POSITIVE_INFINITY
    this.#hold = HOLD
    this.#decreasing = false
  }
}
