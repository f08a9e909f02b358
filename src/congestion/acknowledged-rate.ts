import type { ReceivedPacket } from './feedback-reader.js'

/** Arrivals remembered, ms and packets. The latter is 40 Mbit/s for half a second. */
const LONGEST_WINDOW = 500
const MOST_PACKETS = 2048
/** Less history than this says nothing yet, ms and packets (libwebrtc: RobustThroughputEstimator asks for 10). */
const SHORTEST_HISTORY = 50
const FEWEST_PACKETS = 10

/**
 * Window while a queue stands, ms. Packets then arrive without gaps, as fast as the bottleneck lets them
 * through, so a short window is exact; half a second would still count what came before a drop.
 */
export const CONGESTED_WINDOW = 150
/** Window otherwise, ms: 15 frames at 30 fps, so that one frame more or less is 7 %. */
export const USUAL_WINDOW = LONGEST_WINDOW

/**
 * How much arrives at the receiver: bytes over a window of the receiver's clock. Packets whose feedback
 * was lost count as arrived with the packet after them, or each lost feedback would read as a dip
 * (libwebrtc: robust_throughput_estimator.cc, prior_unacked_data).
 */
export class AcknowledgedRate {
  #packets: ReceivedPacket[] = []
  /** When the first packet came: windows must not reach back beyond it. */
  #since: number | undefined

  /** @param packets in order of arrival */
  add(packets: readonly ReceivedPacket[]): void {
    const first = packets[0]
    if (!first) return
    const last = this.#packets.at(-1)
    // A leap of the receiver's clock, either way, would leave nonsense in the window.
    if (last && Math.abs(first.arrivedAt - last.arrivedAt) > 5000) this.#packets = []
    if (this.#packets.length === 0) this.#since = first.arrivedAt
    this.#packets.push(...packets)
    // Feedback that was overtaken brings arrivals from before.
    if (last && first.arrivedAt < last.arrivedAt) this.#packets.sort((a, b) => a.arrivedAt - b.arrivedAt)
    const oldest = this.#packets.at(-1)!.arrivedAt - LONGEST_WINDOW
    let drop = Math.max(0, this.#packets.length - MOST_PACKETS)
    while (this.#packets[drop]!.arrivedAt < oldest) drop++
    // One from before the window stays: it shows that the window is full.
    if (drop > 1) this.#packets.splice(0, drop - 1)
  }

  /** Bits per second over the last `window` ms; undefined before enough has arrived. */
  rate(window: number): number | undefined {
    const packets = this.#packets
    const last = packets.at(-1)
    if (!last || packets.length < FEWEST_PACKETS) return undefined
    const begin = Math.max(last.arrivedAt - window, this.#since ?? 0, packets[0]!.arrivedAt)
    let bytes = 0
    let firstSent = Number.POSITIVE_INFINITY
    let lastSent = Number.NEGATIVE_INFINITY
    for (let i = packets.length - 1; i >= 0 && packets[i]!.arrivedAt > begin; i--) {
      const { size, missingBefore, sentAt } = packets[i]!
      bytes += size + missingBefore
      if (sentAt < firstSent) firstSent = sentAt
      if (sentAt > lastSent) lastSent = sentAt
    }
    // What was held up somewhere comes all at once; it did not get faster than it was sent. But a queue that
    // empties is as fast as the bottleneck, whatever was sent.
    const sendTime = window === CONGESTED_WINDOW ? 0 : lastSent - firstSent
    const duration = Math.max(last.arrivedAt - begin, sendTime)
    if (last.arrivedAt - (this.#since ?? 0) < SHORTEST_HISTORY || duration <= 0) return undefined
    return (bytes * 8000) / duration
  }

  reset(): void {
    this.#packets = []
  }
}
