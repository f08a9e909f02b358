import { LinkCapacity } from './link-capacity.js'
import type { Usage } from './overuse-detector.js'

/** Share of what arrives that is sent after an overuse (draft-ietf-rmcat-gcc-02 §5.5: beta). */
const DECREASE = 0.85
/** At most this much is taken off at once while the application sends less than it may. */
const APPLICATION_LIMITED_DECREASE = 0.5
/** Growth while the capacity is unknown, per second (§5.5: eta). */
const INCREASE = 1.08
const LEAST_INCREASE = 1000
/** Growth near the capacity is at least this, bit/s per second (libwebrtc: AimdRateControl). */
const LEAST_ADDITIVE_INCREASE = 4000
/** No estimate above this times what arrives, plus a little for encoders that come in bursts (§5.5). */
const LIMIT_FACTOR = 1.5
const LIMIT_MARGIN = 10_000
/** Bytes of a full packet, and frames per second, to reckon the size of the usual packet with. */
const PACKET_SIZE = 1200
const FRAME_RATE = 30
/** Time until a change shows, beside the round trip, ms (§5.5: response_time = 100 + rtt). */
const REACTION_TIME = 100
/** Between two decreases lies a round trip, within these bounds, ms (AimdRateControl::TimeToReduceFurther). */
const SHORTEST_PAUSE = 10
const LONGEST_PAUSE = 200

export interface RateControlInput {
  readonly usage: Usage
  /** Bits per second that arrive, over a long and a short window; undefined: not known yet. */
  readonly acknowledged: number | undefined
  readonly acknowledgedRecently: number | undefined
  readonly roundTripTime: number
  /** The application sends less than it may. */
  readonly applicationLimited: boolean
}

/**
 * Additive increase, multiplicative decrease, from what the delay says and what arrives
 * (draft-ietf-rmcat-gcc-02 §5.5; libwebrtc: aimd_rate_control.cc). Rates in bits per second.
 */
export class RateControl {
  readonly #capacity = new LinkCapacity()
  #rate: number
  #changedAt: number | undefined
  #decreasedAt = Number.NEGATIVE_INFINITY
  #state: 'hold' | 'increase' = 'hold'

  constructor(startRate: number) {
    this.#rate = startRate
  }

  get rate(): number {
    return this.#rate
  }

  /** When it last gave way to an overuse; -Infinity for never. */
  get decreasedAt(): number {
    return this.#decreasedAt
  }

  /** Where the link last had no more to give, if it has not shown more since. */
  get capacity(): number | undefined {
    return this.#capacity.estimate
  }

  update(input: RateControlInput, now: number): void {
    if (input.usage === 'over') {
      if (this.#mayDecrease(input, now)) this.#decrease(input, now)
    } else if (input.usage === 'under') {
      // The queue empties: what is sent now is less than passes, let it (§5.5: hold).
      this.#state = 'hold'
    } else if (this.#state === 'hold') {
      this.#state = 'increase'
      this.#changedAt = now
    } else {
      this.#increase(input, now)
    }
  }

  /** A probe has measured how much passes; if it filled the link, that is how much can. */
  setRate(rate: number, saturated: boolean, now: number): void {
    this.#rate = rate
    if (saturated) this.#capacity.onProbe(rate)
    else if (rate > this.#capacity.upperBound) this.#capacity.reset()
    this.#changedAt = now
  }

  /** Others limit the estimate too; growing beyond that unseen would be guessing. */
  limit(rate: number): void {
    this.#rate = Math.min(this.#rate, rate)
  }

  #mayDecrease({ roundTripTime, acknowledgedRecently }: RateControlInput, now: number): boolean {
    const pause = Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, roundTripTime))
    if (now - this.#decreasedAt >= pause) return true
    // Far from it: no need to see first what the last decrease did.
    return acknowledgedRecently !== undefined && acknowledgedRecently < 0.5 * this.#rate
  }

  #decrease({ acknowledgedRecently, applicationLimited }: RateControlInput, now: number): void {
    this.#state = 'hold'
    this.#decreasedAt = now
    this.#changedAt = now
    if (acknowledgedRecently === undefined) {
      this.#rate /= 2
      return
    }
    let rate = DECREASE * acknowledgedRecently
    if (applicationLimited) {
      // What arrives is what was made, not what would pass. If the link is slower still, the next
      // feedback says so again.
      this.#rate = Math.min(this.#rate, Math.max(rate, APPLICATION_LIMITED_DECREASE * this.#rate))
      return
    }
    // More arrives than the estimate allows, so that a queue empties: the capacity is the better measure.
    if (rate > this.#rate && this.#capacity.estimate !== undefined) rate = DECREASE * this.#capacity.estimate
    this.#rate = Math.min(this.#rate, rate)
    if (acknowledgedRecently < this.#capacity.lowerBound) this.#capacity.reset()
    this.#capacity.onOveruse(acknowledgedRecently)
  }

  #increase({ acknowledged, roundTripTime, applicationLimited }: RateControlInput, now: number): void {
    const elapsed = Math.min(1, (now - (this.#changedAt ?? now)) / 1000)
    this.#changedAt = now
    // Without traffic that would feel it, growth finds no end (AimdRateControl: no_bitrate_increase_in_alr).
    if (acknowledged === undefined || applicationLimited) return
    if (acknowledged > this.#capacity.upperBound) this.#capacity.reset()
    const limit = LIMIT_FACTOR * acknowledged + LIMIT_MARGIN
    if (this.#rate >= limit) return
    const increase =
      this.#capacity.estimate === undefined
        ? Math.max(LEAST_INCREASE, this.#rate * (INCREASE ** elapsed - 1))
        : this.#additive(roundTripTime) * elapsed
    this.#rate = Math.min(limit, this.#rate + increase)
  }

  /** Bits per second and second: about one packet per reaction time. */
  #additive(roundTripTime: number): number {
    const frame = this.#rate / 8 / FRAME_RATE
    // A rate of 0, of a receiver that says that nothing arrives, has no packets.
    const packet = frame / Math.max(1, Math.ceil(frame / PACKET_SIZE))
    return Math.max(LEAST_ADDITIVE_INCREASE, (packet * 8000) / (roundTripTime + REACTION_TIME))
  }
}
