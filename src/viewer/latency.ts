/** The RTP clock of video (RFC 3551 §5): 90 ticks a millisecond, modulo 2^32. */
const TICKS_PER_MS = 90
const WRAP = 2 ** 32

/** Long enough for a steady middle value, short enough to follow a change. */
const WINDOW_MS = 2_000

/**
 * Beyond this a frame was not late: it is an image of long ago, shown to a viewer who joined later.
 * Below `MIN_MS` (a shade under zero, for the error of the clock synchronisation) something is wrong.
 */
const MAX_MS = 10_000
const MIN_MS = -50

/**
 * Milliseconds from an image's push to its display. RTP time wraps every 13 h 15 min, so the
 * difference is taken modulo 2^32 and read as signed.
 * @param rtpTimestamp of the frame shown
 * @param rtpOffset from the server's `hello`
 * @param displayed when it was shown, ms on the server's clock
 */
export function captureToDisplay(rtpTimestamp: number, rtpOffset: number, displayed: number): number {
  const ticks = (displayed * TICKS_PER_MS + rtpOffset - rtpTimestamp) % WRAP
  const positive = ticks < 0 ? ticks + WRAP : ticks
  return (positive >= WRAP / 2 ? positive - WRAP : positive) / TICKS_PER_MS
}

/** The middle latency of the frames shown in the last two seconds. */
export class LatencyWindow {
  #samples: { at: number; ms: number }[] = []

  /** One shown frame: `at` local time in ms, `ms` its latency. Implausible values are left out. */
  add(at: number, ms: number): void {
    if (ms >= MIN_MS && ms <= MAX_MS) this.#samples.push({ at, ms: Math.max(0, ms) })
  }

  /** The median in ms; undefined when no frame was shown in the window. */
  median(now: number): number | undefined {
    this.#samples = this.#samples.filter((sample) => sample.at > now - WINDOW_MS)
    const sorted = this.#samples.map((sample) => sample.ms).sort((a, b) => a - b)
    const middle = sorted.length >> 1
    const upper = sorted[middle]
    if (upper === undefined || sorted.length % 2 === 1) return upper
    return (upper + (sorted[middle - 1] ?? upper)) / 2
  }
}
