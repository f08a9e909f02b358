import { SignalingError } from '../../common/errors.js'
import { TokenBucket } from '../../common/token-bucket.js'
import type { IngestSettings, TrackInput } from './settings.js'

/** So much may come at once, in seconds of what may come a second. */
const BURST = 5

/**
 * How fast images may come. Senders that are faster are read more slowly, and TCP tells them; a single image that
 * comes too soon is refused.
 */
export class Pace {
  readonly #settings: Pick<IngestSettings, 'maxBytesPerSecond' | 'maxImagesPerSecond'> | undefined
  /** Images, of all who send to a track. */
  readonly #images = new WeakMap<TrackInput, TokenBucket>()

  /** @param settings undefined: images are not taken */
  constructor(settings: IngestSettings | undefined) {
    this.#settings = settings
  }

  /** For the bytes of one sender. */
  bytes(): TokenBucket {
    const { maxBytesPerSecond: rate = 1 } = this.#settings ?? {}
    // Of bytes no more than a moment's worth: they lie in nobody's queue.
    return new TokenBucket(rate, rate / 10)
  }

  /** Counts an image of a stream. @returns how long to wait before the next, ms */
  charge(track: TrackInput, now: number): number {
    const bucket = this.#of(track)
    bucket.charge(1, now)
    return bucket.wait(0, now)
  }

  /** Counts a single image. Throws `SignalingError` (429) when it comes too soon. */
  admit(track: TrackInput, now: number): void {
    const bucket = this.#of(track)
    if (bucket.take(1, now)) return
    throw new SignalingError(
      429,
      `more than ${this.#settings?.maxImagesPerSecond} images a second for this track (the option ingest.maxImagesPerSecond)`,
      { 'Retry-After': `${Math.ceil(bucket.wait(1, now) / 1_000)}` },
    )
  }

  #of(track: TrackInput): TokenBucket {
    let bucket = this.#images.get(track)
    if (!bucket) {
      const { maxImagesPerSecond: rate = 1 } = this.#settings ?? {}
      bucket = new TokenBucket(rate, BURST * rate)
      this.#images.set(track, bucket)
    }
    return bucket
  }
}
