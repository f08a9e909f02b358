const WRAP = 2 ** 32
/** RTP ticks a second of video (RFC 3551 §5). */
export const TICKS_PER_S = 90_000
/** Frames that are still to be shown, and some more. */
const MOST = 512
/** Browsers keep media times to the microsecond or better; frames are ms apart. */
const TOLERANCE_S = 0.000_6

/** A frame under way to the screen. */
export interface FrameUnderWay {
  readonly rtp: number
  /** ms on this page's clock */
  readonly received: number
}

interface Kept extends FrameUnderWay {
  /** Time on the media timeline, s. */
  readonly at: number
}

/**
 * Gives each frame its place on a media timeline, and tells by that place which frame is on the screen.
 * The timeline begins at 0 with the first frame and never goes back, whatever RTP times do.
 */
export class MediaClock {
  readonly #kept: Kept[] = []
  #last: { rtp: number; ticks: number } | undefined

  /** The place of a frame, in RTP ticks from the first one on; frames come in order. */
  place(frame: FrameUnderWay): number {
    const ticks = this.#ticks(frame.rtp)
    this.#last = { rtp: frame.rtp, ticks }
    this.put(frame, ticks)
    return ticks
  }

  /** Notes the place that somebody else has given a frame, ticks. */
  put({ rtp, received }: FrameUnderWay, ticks: number): void {
    this.#kept.push({ rtp, received, at: ticks / TICKS_PER_S })
    if (this.#kept.length > MOST) this.#kept.shift()
  }

  /** The frame of a place, s; undefined when none was there. */
  find(at: number): FrameUnderWay | undefined {
    // The one that is shown is among the last.
    for (let index = this.#kept.length - 1; index >= 0; index--) {
      const kept = this.#kept[index] as Kept
      if (Math.abs(kept.at - at) <= TOLERANCE_S) return kept
      if (kept.at < at) return undefined
    }
    return undefined
  }

  #ticks(rtp: number): number {
    if (!this.#last) return 0
    const forward = (rtp - this.#last.rtp + WRAP) % WRAP
    // Two frames at one time, or out of order: a place of its own all the same.
    return this.#last.ticks + (forward > 0 && forward < WRAP / 2 ? forward : TICKS_PER_S / 1_000)
  }
}
