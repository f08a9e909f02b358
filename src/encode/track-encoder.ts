import type { VideoCodec } from '../common/codec.js'
import type { MetadataText } from '../common/metadata-text.js'
import { defaultBitrate, type EncodeTarget } from './bitrate.js'
import { EncodeLoad } from './encode-load.js'
import type { EncodedFrame } from './encoded-frame.js'
import type { Picture } from './frames.js'
import { KeyframeScheduler } from './keyframes.js'
import { Refinement } from './refinement.js'
import { VideoEncoder } from './video-encoder.js'

/** Older than this, a first picture is not a live one. */
const STALE_MS = 500

/** A picture and when its image was pushed, ms on the monotonic clock. */
export interface TimedPicture extends Picture {
  readonly captureTime: number
  /** What the application said about its image. */
  readonly metadata?: MetadataText | undefined
}

/** Images come a little early and late: so much of the interval is let pass. */
const EARLY_SHARE = 0.25

/**
 * The one encoder of a (track, codec, rung): encodes each new picture, and the last one again when a
 * keyframe is asked for, while a still picture is refined, and now and then to keep receivers calm.
 * Runs nothing by itself: whoever owns it asks `wants` and `dueAt` and calls `encode`. Calls must not
 * overlap.
 */
export class TrackEncoder {
  readonly #encoder: VideoEncoder
  readonly #keyframes = new KeyframeScheduler()
  readonly #refinement = new Refinement()
  #lastTime = -1
  /** When the last new picture had its turn. */
  #lastNewAt = Number.NEGATIVE_INFINITY
  #picture: TimedPicture | undefined
  #target: EncodeTarget | undefined
  #skipped = false
  #notBefore = Number.NEGATIVE_INFINITY

  /** @param load is told of its work */
  constructor(
    readonly codec: VideoCodec,
    load = new EncodeLoad(),
  ) {
    this.#encoder = new VideoEncoder(codec, load)
    this.#keyframes.request()
  }

  /** From the next picture on. Without one, the default for the size of the picture is aimed at. */
  setTarget(target: EncodeTarget): void {
    this.#target = target
  }

  /** Whether a new picture is to be encoded, or left out because there are to be fewer a second. */
  wants(captureTime: number): boolean {
    const interval = this.#interval
    // Applications may stamp their images, and not in order: without a limit none is left out for that.
    this.#skipped = interval > 0 && captureTime - this.#lastNewAt < interval * (1 - EARLY_SHARE)
    return !this.#skipped
  }

  /** The next picture to be encoded will be a keyframe, at once or after the coalescing time. */
  requestKeyframe(): void {
    this.#keyframes.request()
  }

  /** Nothing is to be encoded before `until`, ms; then the picture that is the last one by then. */
  postpone(until: number): void {
    this.#skipped = true
    this.#notBefore = until
  }

  /** When `encode` should be called for the last picture without a new one, ms on the caller's clock. */
  dueAt(now: number): number {
    if (!this.#picture) return Math.max(now, this.#notBefore)
    const due = Math.min(
      this.#keyframes.dueAt(now) ?? Number.POSITIVE_INFINITY,
      // If nothing newer comes, what was left out is shown when its turn has come; what is before it is
      // not refined any more, which would show it too early.
      this.#skipped ? this.#lastNewAt + this.#interval : this.#refinement.dueAt(this.#picture.captureTime),
      this.#target ? this.#encoder.riseDueAt(this.#target) : Number.POSITIVE_INFINITY,
    )
    return Math.max(due, this.#notBefore)
  }

  /** Nothing is left to improve: only the rare repetition remains. */
  get isIdle(): boolean {
    return this.#refinement.isDone
  }

  /**
   * Encodes a new picture, or the same one again.
   *
   * @param now ms on the monotonic clock
   * @param interval ms from one image to the next; so much time there is to encode one
   * @returns undefined when the rate control skipped the picture
   */
  async encode(picture: TimedPicture, now: number, interval = 1000): Promise<EncodedFrame | undefined> {
    const isNew = picture !== this.#picture
    const keyframe = this.#keyframes.isDue(now)
    if (keyframe) this.#keyframes.begin(now)
    // A repetition is a picture of now; so is the first picture if it was lying there for long: the
    // second would otherwise follow it by seconds of RTP time, and a player would wait for them.
    const isOfNow = !isNew || (!this.#picture && now - picture.captureTime > STALE_MS)
    const captureTime = isOfNow ? now : picture.captureTime
    this.#picture = picture
    this.#skipped = false
    // What was held until its turn counts from there, or the next one would come too soon.
    // A stamp of the future must not hold up what follows.
    if (isNew)
      this.#lastNewAt = Math.max(Math.min(captureTime, now), Math.min(now, this.#lastNewAt + this.#interval))
    // RTP time must never go back, nor stand still.
    const time = Math.max(this.#lastTime + 1, Math.round(captureTime * 90))
    this.#lastTime = time
    const target = this.#target ?? unlimited(picture)
    const budget = Math.max(interval, this.#interval)
    const encoded = await this.#encoder.encode(picture, time, keyframe, target, budget)
    // A keyframe begins anew, too, and is not as good as what was refined before it.
    if (isNew || encoded?.keyframe) this.#refinement.begin(now, encoded)
    else this.#refinement.pass(now, encoded)
    if (!encoded) return undefined
    // A new size opens a new session, which starts with a keyframe that nobody asked for.
    if (encoded.keyframe && !keyframe) this.#keyframes.begin(now)
    return {
      codec: this.codec,
      data: encoded.data,
      keyframe: encoded.keyframe,
      captureTime: time / 90,
      width: picture.image.width,
      height: picture.image.height,
      scale: picture.scale,
      psnr: encoded.psnr,
      metadata: picture.metadata,
    }
  }

  /** After a failure: the next picture starts anew, with a keyframe. */
  reset(): void {
    this.#encoder.close()
    this.#refinement.begin(this.#lastTime / 90, undefined)
    this.#keyframes.request()
  }

  close(): void {
    this.#encoder.close()
  }

  /** Shortest time between new pictures, ms. */
  get #interval(): number {
    const { maxFps } = this.#target ?? {}
    return maxFps === undefined ? 0 : 1000 / maxFps
  }
}

function unlimited({ width, height }: TimedPicture): EncodeTarget {
  const bitrate = defaultBitrate(width, height)
  return { bitrate, available: 4 * bitrate }
}
