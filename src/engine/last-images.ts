import type { TakenImage } from '../track/index.js'

/** Images that nobody has looked at yet, kept beside the last good one. */
const MOST_UNPROVEN = 2
/**
 * A last good image older than this, ms, is replaced by a newer one even if that has to be decoded to know
 * that it is good: who joins must not be shown a picture of this morning.
 */
const STALE_MS = 10_000

interface Good {
  readonly image: TakenImage
  /** When it was known to be good, ms on the monotonic clock. */
  readonly since: number
}

/**
 * The last images of a track, for those who come later. Whether compressed bytes are an image is known only
 * when they are decoded, and while nobody watches they are not: so the last good image is kept until a newer
 * one is known to be good, and beside it the newest few.
 */
export class LastImages {
  #good: Good | undefined
  /** Newer than the good one; the oldest first. */
  readonly #unproven: TakenImage[] = []

  /** The newest image, proven or not. */
  get newest(): TakenImage | undefined {
    return this.#unproven.at(-1) ?? this.good
  }

  /** The newest image that is known to be one. */
  get good(): TakenImage | undefined {
    return this.#good?.image
  }

  /** A new image that is good. */
  keep(image: TakenImage, now: number): void {
    for (const older of this.#unproven.splice(0)) older.release()
    if (image !== this.good) this.good?.release()
    this.#good = { image, since: now }
  }

  /**
   * A new image that nobody has decoded.
   *
   * @returns an older one that is to be decoded now, because there is no room for more and the good one is
   *   old; undefined most of the time
   */
  keepUnproven(image: TakenImage, now: number): TakenImage | undefined {
    this.#unproven.push(image)
    const oldest = this.#unproven[0]
    if (!oldest || this.#unproven.length <= MOST_UNPROVEN) return undefined
    if (!this.#good || now - this.#good.since > STALE_MS) return oldest
    this.discard(oldest)
    return undefined
  }

  /** One of the images is good: those before it are not needed any more. */
  prove(image: TakenImage, now: number): void {
    const at = this.#unproven.indexOf(image)
    if (at < 0) return
    for (const older of this.#unproven.splice(0, at)) older.release()
    this.#unproven.shift()
    this.good?.release()
    this.#good = { image, since: now }
  }

  /** An image is of no use. False when it is none of these. */
  discard(image: TakenImage): boolean {
    const at = this.#unproven.indexOf(image)
    if (at >= 0) this.#unproven.splice(at, 1)
    else if (image === this.good) this.#good = undefined
    else return false
    image.release()
    return true
  }

  /** @param putBack back into the queue, for an engine that takes over */
  clear(putBack = false): void {
    const images = this.#unproven.splice(0)
    if (this.good) images.push(this.good)
    this.#good = undefined
    for (const image of images) {
      if (putBack) image.putBack()
      else image.release()
    }
  }
}
