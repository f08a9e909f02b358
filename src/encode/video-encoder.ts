import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import { burstBits, type EncodeTarget } from './bitrate.js'
import { CONFIGURE } from './codec-config.js'
import { CodecSession, type EncodedPicture } from './codec-session.js'
import { EffortControl } from './effort.js'
import type { EncodeLoad } from './encode-load.js'
import type { Picture } from './frames.js'
import { RateFollower } from './rate-follower.js'

/** libx264 takes new rates while it runs; libvpx has to be opened anew, and starts with a keyframe. */
const FOLLOWS_LIVE: Record<VideoCodec, boolean> = { h264: true, vp8: false }

/** From this on a higher rate is not worth a keyframe. */
const GOOD_DB = 42

/**
 * Encodes the pictures of one rung with one codec, whatever their size, at whatever rate. A new size is a
 * new session and a keyframe; so is, when they cannot be changed otherwise, a new rate or effort.
 */
export class VideoEncoder {
  #session: CodecSession | undefined
  #key = ''
  readonly #follower: RateFollower
  readonly #effort = new EffortControl()
  #psnr: number | undefined

  constructor(
    readonly codec: VideoCodec,
    private readonly load: EncodeLoad,
  ) {
    this.#follower = new RateFollower(FOLLOWS_LIVE[codec])
  }

  /**
   * Calls must not overlap.
   *
   * @param time in 1/90,000 s, increasing from call to call
   * @param budget ms that it may take to keep up with the images
   * @returns undefined when the rate control skipped the picture
   */
  async encode(
    picture: Picture,
    time: number,
    keyframe: boolean,
    target: EncodeTarget,
    budget: number,
  ): Promise<EncodedPicture | undefined> {
    const session = await this.#sessionFor(picture, target)
    const start = monotonicNow()
    const work = { cores: session.threads, pixels: picture.width * picture.height }
    const encoded = await this.load.during(() => session.encode(picture, time, keyframe), work)
    const end = monotonicNow()
    this.#effort.update(end - start, budget, end)
    this.#psnr = encoded?.psnr
    return encoded
  }

  /** When the same picture should be encoded anew because there is a much higher rate for it, ms; Infinity: it should not. */
  riseDueAt(target: EncodeTarget): number {
    return this.#follower.riseDueAt(target, this.#wantsMore)
  }

  close(): void {
    this.#session?.close()
    this.#session = undefined
  }

  get #wantsMore(): boolean {
    return (this.#psnr ?? 0) < GOOD_DB
  }

  async #sessionFor(picture: Picture, target: EncodeTarget): Promise<CodecSession> {
    const now = monotonicNow()
    const { effort } = this.#effort
    const key = `${picture.width}x${picture.height}:${effort}`
    const change = this.#follower.decide(target, this.#wantsMore, now)
    if (this.#session && key === this.#key && change !== 'reopen') {
      if (change === 'adjust') {
        this.#session.setRate(target.bitrate, burstBits(target))
        this.#follower.follow(target, now)
      }
      return this.#session
    }
    this.close()
    this.#session = await CodecSession.open(CONFIGURE[this.codec](picture, target, effort))
    this.#key = key
    this.#follower.follow(target, now)
    return this.#session
  }
}
