const WINDOW_MS = 2_000

/** Frames a second over the last two seconds, from the times at which frames were shown. */
export class FrameRate {
  #shown: { at: number; frames: number }[] = []

  /** `frames` were shown since the last call, the newest at `at` (ms). */
  add(at: number, frames: number): void {
    this.#shown.push({ at, frames })
    if (this.#shown.length > 1_000) this.#shown.shift()
  }

  /**
   * Counts intervals between frames, not frames in a second: at 10 fps the latter swings between 9
   * and 11 with the moment of asking. Falls to 0 when nothing comes any more.
   */
  perSecond(now: number): number {
    this.#shown = this.#shown.filter((entry) => entry.at > now - WINDOW_MS)
    const first = this.#shown[0]
    const last = this.#shown.at(-1)
    if (!first || !last) return 0
    const span = last.at - first.at
    const silence = now - last.at
    const frames = this.#shown.reduce((sum, entry) => sum + entry.frames, 0) - first.frames
    if (frames <= 0 || span <= 0) return 1_000 / WINDOW_MS
    // A stream that has just stopped: let the silence count once it is longer than the usual gap.
    const usual = span / frames
    return (frames * 1_000) / (silence > 2 * usual + 100 ? span + silence : span)
  }
}
