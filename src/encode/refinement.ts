/** A picture that is not replaced within this time is taken for a still one. */
const STILL_AFTER_MS = 120
/** Time from one refining pass to the next. */
const PASS_INTERVAL_MS = 33
/** Visually lossless: at 46 dB over all planes no difference is seen even side by side (DESIGN §6 asks for 42 on screen). */
const GOOD_ENOUGH_DB = 46
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
  #psnr = 0
  #passes = 0
  #lastEncoded = Number.NEGATIVE_INFINITY

  /** A new picture was encoded at `now`. */
  begin(now: number, psnr: number | undefined): void {
    this.#passes = 0
    this.#note(now, psnr)
  }

  /** The same picture was encoded once more. */
  pass(now: number, psnr: number | undefined): void {
    this.#passes++
    this.#note(now, psnr)
  }

  get isDone(): boolean {
    return this.#psnr >= GOOD_ENOUGH_DB || this.#passes >= MOST_PASSES
  }

  /** When to encode the last picture again, ms on the caller's clock. */
  dueAt(pictureSince: number): number {
    if (this.isDone) return this.#lastEncoded + REPEAT_INTERVAL_MS
    return Math.max(pictureSince + STILL_AFTER_MS, this.#lastEncoded + PASS_INTERVAL_MS)
  }

  #note(now: number, psnr: number | undefined): void {
    this.#lastEncoded = now
    // An encoder that does not say gets all its passes.
    this.#psnr = psnr ?? 0
  }
}
