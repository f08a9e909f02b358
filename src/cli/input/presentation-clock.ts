/** Used when neither the frame nor the stream tells how long a frame lasts. */
const DEFAULT_INTERVAL = 40
/** A longer gap is a damaged or spliced time stamp, not a pause somebody wants to sit through. */
const MAX_GAP = 10_000

/** Turns time stamps of a file into times of showing that start at 0, never fall, and run on over loops. */
export class PresentationClock {
  readonly #fixedInterval: number | undefined
  #interval = DEFAULT_INTERVAL
  /** Stamp of the frame before; undefined when this one starts a pass through the file. */
  #stamp: number | undefined
  #at: number | undefined

  /** With `fps` the stamps are ignored and every frame lasts as long as the next. */
  constructor(fps?: number) {
    this.#fixedInterval = fps === undefined ? undefined : 1000 / fps
  }

  /** The time of the next frame in ms; `stamp` and `duration` in ms, undefined when not known. */
  next(stamp: number | undefined, duration: number | undefined): number {
    if (this.#at === undefined) this.#at = 0
    else this.#at += this.#fixedInterval ?? this.#gap(stamp) ?? this.#interval
    this.#stamp = stamp ?? (this.#stamp === undefined ? undefined : this.#stamp + this.#interval)
    if (duration !== undefined && duration > 0) this.#interval = duration
    return this.#at
  }

  /** The file starts again: its stamps do, the times go on, one frame's duration after the last. */
  restart(): void {
    this.#stamp = undefined
  }

  #gap(stamp: number | undefined): number | undefined {
    if (stamp === undefined || this.#stamp === undefined) return undefined
    const gap = stamp - this.#stamp
    return gap >= 0 && gap <= MAX_GAP ? gap : undefined
  }
}
