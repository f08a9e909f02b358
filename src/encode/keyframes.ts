/** After a keyframe, requests within this time are answered together by one more (DESIGN §3). */
export const COALESCE_MS = 300

/**
 * Decides when requests for a keyframe are served: the first at once; those that arrive within 300 ms
 * of a keyframe together by one trailing keyframe, so that a hundred viewers that join or lose
 * packets at a time cost two keyframes, not a hundred.
 */
export class KeyframeScheduler {
  #requested = false
  #lastKeyframe = Number.NEGATIVE_INFINITY

  request(): void {
    this.#requested = true
  }

  /** When the next keyframe is to be made, ms on the caller's clock; undefined when none was asked for. */
  dueAt(now: number): number | undefined {
    if (!this.#requested) return undefined
    return Math.max(now, this.#lastKeyframe + COALESCE_MS)
  }

  isDue(now: number): boolean {
    return this.#requested && now >= this.#lastKeyframe + COALESCE_MS
  }

  /** A keyframe starts to be encoded now; it serves all requests until now. */
  begin(now: number): void {
    this.#requested = false
    this.#lastKeyframe = now
  }
}
