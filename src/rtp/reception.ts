import { compactNtp, compactNtpToMs, type NtpTime } from './clock.js'
import type { ReportBlock } from './rtcp/types.js'

/** How a viewer receives a stream, as its last receiver report has it. */
export interface Reception {
  /** Smoothed round-trip time, ms. */
  readonly roundTripTime: number | undefined
  /** Share of packets lost between the last two reports, 0..1. */
  readonly fractionLost: number
  /** Packets lost since the start, as the receiver counts (recovered ones may be left out). */
  readonly packetsLost: number
  /** Interarrival jitter, ms. */
  readonly jitter: number
}

/** Sender reports that an answer may refer to; at one a second, an old answer is of no use. */
const REPORTS_KEPT = 16
/** A round trip above this is a broken clock, ms. */
const LONGEST_ROUND_TRIP = 60_000
/** Weight of a new sample, as TCP's smoothing has it (RFC 6298 §2). */
const SMOOTHING = 1 / 8
const TICKS_PER_MS = 90

/** Follows the receiver reports about one SSRC. */
export class ReceptionMonitor {
  readonly #reportsSent: number[] = []
  #reception: Reception | undefined

  /** Undefined before the first report. */
  get reception(): Reception | undefined {
    return this.#reception
  }

  /** To be told of each sender report, for the round trip to be measured. */
  onSenderReport(ntp: NtpTime): void {
    this.#reportsSent.push(compactNtp(ntp))
    if (this.#reportsSent.length > REPORTS_KEPT) this.#reportsSent.shift()
  }

  /** @param now the time of arrival on the clock of the sender reports */
  onReport(block: ReportBlock, now: NtpTime): void {
    const sample = this.#roundTrip(block, now)
    const last = this.#reception?.roundTripTime
    this.#reception = {
      roundTripTime:
        sample === undefined ? last : last === undefined ? sample : last + (sample - last) * SMOOTHING,
      fractionLost: block.fractionLost,
      packetsLost: block.packetsLost,
      jitter: block.jitter / TICKS_PER_MS,
    }
  }

  /** RFC 3550 §6.4.1: arrival − LSR − DLSR; only for a report that was really sent. */
  #roundTrip(block: ReportBlock, now: NtpTime): number | undefined {
    const { lastSenderReport, delaySinceLastSenderReport } = block
    if (lastSenderReport === 0 || !this.#reportsSent.includes(lastSenderReport)) return undefined
    const span = (compactNtp(now) - lastSenderReport - delaySinceLastSenderReport) | 0
    const time = Math.max(0, compactNtpToMs(span)) // rounding makes a very short one negative
    return time <= LONGEST_ROUND_TRIP ? time : undefined
  }
}
