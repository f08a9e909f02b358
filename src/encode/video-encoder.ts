import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import { burstBits, type EncodeTarget } from './bitrate.js'
import { CONFIGURE, type Tuning } from './codec-config.js'
import { CodecSession, type EncodedPicture } from './codec-session.js'
import { EffortControl } from './effort.js'
import type { EncodeLoad } from './encode-load.js'
import type { Picture } from './frames.js'
import { LoopFilterChoice } from './loop-filter.js'
import { RateFollower } from './rate-follower.js'
import type { Size } from './size.js'
import { readVp8Header } from './vp8-header.js'

/** libx264 takes new rates while it runs; libvpx has to be opened anew, and starts with a keyframe. */
const FOLLOWS_LIVE: Record<VideoCodec, boolean> = { h264: true, vp8: false }

/** From this on a higher rate is not worth a keyframe. */
const GOOD_DB = 42

/**
 * Encodes the pictures of one rung with one codec, whatever their size, at whatever rate. A new size is a
 * new session and a keyframe; so is, when they cannot be changed otherwise, a new rate or tuning.
 */
export class VideoEncoder {
  #session: CodecSession | undefined
  #key = ''
  readonly #follower: RateFollower
  readonly #effort = new EffortControl()
  readonly #filter = new LoopFilterChoice()
  #picture: Picture | undefined
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
    if (encoded && this.codec === 'vp8')
      this.#filter.update(readVp8Header(encoded.data, encoded.keyframe), picture !== this.#picture, end)
    this.#picture = picture
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
    const key = this.#keyFor(picture)
    const change = this.#follower.decide(target, this.#wantsMore, now)
    if (this.#session && key === this.#key && change !== 'reopen') {
      if (change === 'adjust') {
        this.#session.setRate(target.bitrate, burstBits(target))
        this.#follower.follow(target, now)
      }
      return this.#session
    }
    this.close()
    this.#filter.begin(target.bitrate / (picture.width * picture.height))
    this.#session = await CodecSession.open(CONFIGURE[this.codec](picture, target, this.#tuning))
    this.#key = this.#keyFor(picture)
    this.#follower.follow(target, now)
    return this.#session
  }

  get #tuning(): Tuning {
    const { effort } = this.#effort
    // The least effort has but one filter.
    return { effort, filter: effort === 'least' ? 'simple' : this.#filter.filter }
  }

  /** What a session cannot change. */
  #keyFor({ width, height }: Size): string {
    const { effort, filter } = this.#tuning
    return `${width}x${height}:${effort}:${filter}`
  }
}
