import type { VideoCodec } from '../common/codec.js'
import { defaultBitrate } from './bitrate.js'
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
}

/**
 * The one encoder of a (track, codec): encodes each new picture, and the last one again when a
 * keyframe is asked for, while a still picture is refined, and now and then to keep receivers calm.
 * Runs nothing by itself: whoever owns it asks `dueAt` and calls `encode`. Calls must not overlap.
 */
export class TrackEncoder {
  readonly #encoder: VideoEncoder
  readonly #keyframes = new KeyframeScheduler()
  readonly #refinement = new Refinement()
  #lastTime = -1
  #picture: TimedPicture | undefined

  /** @param maxBitrate bit/s; undefined: by the size of the picture */
  constructor(
    readonly codec: VideoCodec,
    private readonly maxBitrate: number | undefined,
  ) {
    this.#encoder = new VideoEncoder(codec)
    this.#keyframes.request()
  }

  /** The next picture to be encoded will be a keyframe, at once or after the coalescing time. */
  requestKeyframe(): void {
    this.#keyframes.request()
  }

  /** When `encode` should be called for the last picture without a new one, ms on the caller's clock. */
  dueAt(now: number): number {
    if (!this.#picture) return now
    return Math.min(
      this.#keyframes.dueAt(now) ?? Number.POSITIVE_INFINITY,
      this.#refinement.dueAt(this.#picture.captureTime),
    )
  }

  /** Nothing is left to improve: only the rare repetition remains. */
  get isIdle(): boolean {
    return this.#refinement.isDone
  }

  /**
   * Encodes a new picture, or the same one again.
   *
   * @param now ms on the monotonic clock
   * @returns undefined when the rate control skipped the picture
   */
  async encode(picture: TimedPicture, now: number): Promise<EncodedFrame | undefined> {
    const isNew = picture !== this.#picture
    const keyframe = this.#keyframes.isDue(now)
    if (keyframe) this.#keyframes.begin(now)
    // A repetition is a picture of now; so is the first picture if it was lying there for long: the
    // second would otherwise follow it by seconds of RTP time, and a player would wait for them.
    const isOfNow = !isNew || (!this.#picture && now - picture.captureTime > STALE_MS)
    const captureTime = isOfNow ? now : picture.captureTime
    this.#picture = picture
    // RTP time must never go back, nor stand still.
    const time = Math.max(this.#lastTime + 1, Math.round(captureTime * 90))
    this.#lastTime = time
    const bitrate = this.maxBitrate ?? defaultBitrate(picture.width, picture.height)
    const encoded = await this.#encoder.encode(picture, time, bitrate, keyframe)
    if (isNew) this.#refinement.begin(now, encoded?.psnr)
    else this.#refinement.pass(now, encoded?.psnr)
    if (!encoded) return undefined
    // A new size opens a new session, which starts with a keyframe that nobody asked for.
    if (encoded.keyframe && !keyframe) this.#keyframes.begin(now)
    return {
      codec: this.codec,
      data: encoded.data,
      keyframe: encoded.keyframe,
      captureTime: time / 90,
      width: picture.width,
      height: picture.height,
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
}
