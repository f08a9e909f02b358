/** Packets sent within this time of each other form one group, ms (libwebrtc: kSendTimeGroupLength). */
const GROUP_LENGTH = 5
/** Packets this close on arrival may be a queue emptying at once, ms (InterArrivalDelta: kBurstDeltaThreshold). */
const BURST_GAP = 5
/** … for no longer than this, ms (kMaxBurstDuration). */
const LONGEST_BURST = 100
/** Groups in a row that seem to arrive before the one sent earlier: the clock was set back (kReorderedResetThreshold). */
const REORDERED_LIMIT = 3
/** An arrival clock that leaps by more than this against the send clock is another clock, ms (kArrivalTimeOffsetThreshold). */
const CLOCK_LEAP = 3000

/** How two groups of packets that followed each other left and came, ms. */
export interface GroupDelta {
  readonly sent: number
  readonly arrived: number
  /** When the later group had arrived, on the receiver's clock. */
  readonly arrivedAt: number
}

interface Group {
  firstSent: number
  lastSent: number
  firstArrived: number
  lastArrived: number
}

/**
 * Gathers packets that were sent together, since the delay between groups says more than the delay
 * between packets of one burst (draft-ietf-rmcat-gcc-02 §5.2, §5.3; libwebrtc: inter_arrival_delta.cc).
 */
export class ArrivalGroups {
  #previous: Group | undefined
  #current: Group | undefined
  #reordered = 0

  /**
   * Adds a packet that has arrived; times in ms, each on its own clock.
   * @returns the difference between the last two complete groups, when this packet begins another one
   */
  add(sentAt: number, arrivedAt: number): GroupDelta | undefined {
    const group = this.#current
    if (!group) {
      this.#begin(sentAt, arrivedAt)
      return undefined
    }
    if (Math.abs(arrivedAt - group.lastArrived - (sentAt - group.lastSent)) > CLOCK_LEAP) {
      this.reset()
      this.#begin(sentAt, arrivedAt)
      return undefined
    }
    // Sent before the group began: it came late, and would tell of reordering and not of a queue.
    if (sentAt < group.firstSent) return undefined
    if (this.#belongs(group, sentAt, arrivedAt)) {
      group.lastSent = Math.max(group.lastSent, sentAt)
      group.lastArrived = Math.max(group.lastArrived, arrivedAt)
      return undefined
    }
    const delta = this.#previous && difference(this.#previous, group)
    if (delta && delta.arrived < 0) {
      if (++this.#reordered >= REORDERED_LIMIT) this.reset()
      else this.#previous = group
      this.#begin(sentAt, arrivedAt)
      return undefined
    }
    this.#reordered = 0
    this.#previous = group
    this.#begin(sentAt, arrivedAt)
    return delta
  }

  reset(): void {
    this.#previous = undefined
    this.#current = undefined
    this.#reordered = 0
  }

  #begin(sentAt: number, arrivedAt: number): void {
    this.#current = { firstSent: sentAt, lastSent: sentAt, firstArrived: arrivedAt, lastArrived: arrivedAt }
  }

  #belongs(group: Group, sentAt: number, arrivedAt: number): boolean {
    if (sentAt - group.firstSent <= GROUP_LENGTH) return true
    const sent = sentAt - group.lastSent
    const arrived = arrivedAt - group.lastArrived
    const since = arrivedAt - group.firstArrived
    // It caught up with the group on its way, so both waited for the same thing (§5.2). One that came
    // before the group did is another matter: a clock set back would keep the group open for ever.
    return arrived <= BURST_GAP && arrived < sent && since >= 0 && since < LONGEST_BURST
  }
}

function difference(earlier: Group, later: Group): GroupDelta {
  return {
    sent: later.lastSent - earlier.lastSent,
    arrived: later.lastArrived - earlier.lastArrived,
    arrivedAt: later.lastArrived,
  }
}
