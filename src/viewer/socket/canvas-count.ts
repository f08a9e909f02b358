import type { FrameUnderWay } from './media-clock.js'

/** Frames between the canvas and the screen, and some more. */
const MOST = 64
/** By then all that was drawn has been seen, ms. */
const DRAINED_MS = 120
/** A frame that is alone on its way and not seen for this long: nobody counts, ms. */
const ALONE_MS = 250
/** A frame that is seen this long after it was drawn is another one, ms. */
const PLAUSIBLE_MS = 500

interface Drawn extends FrameUnderWay {
  readonly at: number
}

/**
 * Which frame of a canvas a video shows. Firefox tells no time of theirs, but how many frames there were before
 * (`presentedFrames`), counting on from what the video showed earlier: the first frame gives the difference.
 */
export class CanvasCount {
  readonly #drawn = new Map<number, Drawn>()
  #count = 0
  #lastDrawn = Number.NEGATIVE_INFINITY
  /** `presentedFrames` of the frame that was drawn as number 0. */
  #offset: number | undefined
  /** The frame that is alone on its way, so that the counts can be compared. */
  #alone: number | undefined
  #isWatched = true

  /** Whether the next frame may be drawn. */
  mayDraw(now: number): boolean {
    if (this.#offset !== undefined || !this.#isWatched) return true
    const since = now - this.#lastDrawn
    if (this.#alone === undefined) return since > DRAINED_MS
    if (since > ALONE_MS) this.#isWatched = false
    return !this.#isWatched
  }

  /** A frame was drawn. */
  drew({ rtp, received }: FrameUnderWay, now: number): void {
    this.#drawn.set(++this.#count, { rtp, received, at: now })
    this.#drawn.delete(this.#count - MOST)
    if (this.#offset === undefined && this.#isWatched) this.#alone = this.#count
    this.#lastDrawn = now
  }

  /** The frame that a video's callback tells of; undefined when it is not certain. */
  find(presentedFrames: number, now: number): FrameUnderWay | undefined {
    if (this.#offset === undefined && this.#alone === this.#count && this.#count > 0)
      this.#offset = presentedFrames - this.#count
    this.#alone = undefined
    this.#isWatched = true
    if (this.#offset === undefined) return undefined
    const found = this.#drawn.get(presentedFrames - this.#offset)
    if (found && now - found.at < PLAUSIBLE_MS) return found
    // The counts have come apart: the next frame goes alone, and puts them together again.
    this.#offset = undefined
    return undefined
  }
}
