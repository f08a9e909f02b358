import type { EncodedPicture } from './codec-session.js'

/** A picture that is not replaced within this time is taken for a still one. */
const STILL_AFTER_MS = 120
/** Time from one refining pass to the next. */
const PASS_INTERVAL_MS = 33
/** Visually lossless: at 46 dB over all planes no difference is seen even side by side (DESIGN §6 asks for 42 on screen). */
const GOOD_DB = 46
/**
 * It goes on beyond, while it gets better by so much, dB, within so many passes (edges of flat colours count
 * for little in the mean), and while a pass costs more bytes than this: what is left undone then would be
 * done, and paid for, with each repetition.
 */
const GAIN_DB = 0.3
const PASSES_WITHOUT_GAIN = 8
const CHEAP_BYTES = 1_000
/** A picture that does not get there (pure noise at a low rate) must not cost for ever. */
const MOST_PASSES = 150
/**
 * A repetition that costs a hundred bytes: libwebrtc asks for a keyframe when it has seen no frame for
 * 3 s (`VideoReceiveStream2::HandleFrameBufferTimeout`), and that would cost a hundred thousand.
 */
const REPEAT_INTERVAL_MS = 2_000

/**
 * When to encode the last picture once more, one instance per encoder: soon and often until a still
 * picture is visually lossless, then rarely.
 */
export class Refinement {
  /** Of the last pass. */
  #bytes = 0
  /** The best so far, dB, and the passes since. */
  #best = 0
  #stagnant = 0
  #passes = 0
  #lastEncoded = Number.NEGATIVE_INFINITY

  /** A new picture was encoded at `now`. */
  begin(now: number, encoded: EncodedPicture | undefined): void {
    this.#passes = 0
    this.#best = 0
    this.#note(now, encoded)
  }

  /** The same picture was encoded once more. */
  pass(now: number, encoded: EncodedPicture | undefined): void {
    this.#passes++
    this.#note(now, encoded)
  }

  get isDone(): boolean {
    if (this.#passes >= MOST_PASSES) return true
    const isGood = this.#best >= GOOD_DB && this.#stagnant >= PASSES_WITHOUT_GAIN
    return isGood && this.#bytes < CHEAP_BYTES
  }

  /** When to encode the last picture again, ms on the caller's clock. */
  dueAt(pictureSince: number): number {
    if (this.isDone) return this.#lastEncoded + REPEAT_INTERVAL_MS
    return Math.max(pictureSince + STILL_AFTER_MS, this.#lastEncoded + PASS_INTERVAL_MS)
  }

  #note(now: number, encoded: EncodedPicture | undefined): void {
    this.#lastEncoded = now
    // An encoder that does not say gets all its passes.
    const psnr = encoded?.psnr
    this.#bytes = encoded?.data.byteLength ?? 0
    if ((psnr ?? 0) >= this.#best + GAIN_DB) {
      this.#best = psnr ?? 0
      this.#stagnant = 0
    } else {
      this.#stagnant++
    }
  }
}
