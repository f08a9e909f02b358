import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import { ImageError } from '../common/errors.js'
import { Converter, type EncodedFrame, type TimedPicture, TrackEncoder } from '../encode/index.js'
import { ImageConsumer, type TakenImage, type TrackMemory, type TrackSettings, Word } from '../track/index.js'
import { RateMeter } from './rate-meter.js'
import { type SnapshotFormat, Snapshots } from './snapshots.js'

export interface FeedEvents {
  /** A picture was encoded, once for all that watch with its codec. */
  onFrame(frame: EncodedFrame): void
  /** An image could not be shown, or an encoder failed; the feed goes on. */
  onError(error: Error): void
}

interface RunningEncoder {
  readonly encoder: TrackEncoder
  watchers: number
}

/**
 * The way of one track's images through the engine: takes each from the queue when the encoders are
 * free, converts it once, encodes it once per codec that somebody watches, keeps the last.
 * Without a watcher it only keeps the last image.
 */
export class TrackFeed {
  readonly #consumer: ImageConsumer
  readonly #converter = new Converter()
  readonly #encoders = new Map<VideoCodec, RunningEncoder>()
  readonly #meter = new RateMeter()
  readonly #snapshots = new Snapshots()
  readonly #retired: TrackEncoder[] = []
  /** The last image, for those who come later and for snapshots. */
  #kept: TakenImage | undefined
  /** The last image converted; undefined while nobody watches. */
  #picture: TimedPicture | undefined
  #pumping = false
  #timer: NodeJS.Timeout | undefined
  #closed = false
  #setFreed: () => void = () => {}
  /** Nothing works for it any more. */
  readonly #ended = new Promise<void>((resolve) => {
    this.#setFreed = resolve
  }).then(() => this.#snapshots.idle())

  constructor(
    memory: TrackMemory,
    private readonly settings: TrackSettings,
    private readonly events: FeedEvents,
  ) {
    this.#consumer = new ImageConsumer(memory)
    this.#consumer.watch(() => this.#pump()).catch((error: unknown) => this.#fail(error))
  }

  /** Size of the last image, pixels. */
  get size(): { width: number; height: number } | undefined {
    return this.#kept && { width: this.#kept.width, height: this.#kept.height }
  }

  /** Images taken in the last second. */
  get fps(): number {
    return this.#meter.perSecond(monotonicNow())
  }

  /** Images pushed since the track was made. */
  get pushed(): number {
    return this.#consumer.control.load(Word.Pushed) >>> 0
  }

  /** Somebody watches with a codec from now on; the first one starts its encoder. */
  watch(codec: VideoCodec): void {
    const running = this.#encoders.get(codec)
    if (running) running.watchers++
    else
      this.#encoders.set(codec, { encoder: new TrackEncoder(codec, this.settings.maxBitrate), watchers: 1 })
    this.#count()
    this.requestKeyframe(codec)
  }

  /** Somebody no longer watches; the last one stops the encoder. */
  unwatch(codec: VideoCodec): void {
    const running = this.#encoders.get(codec)
    if (!running || --running.watchers > 0) return
    this.#encoders.delete(codec)
    this.#retired.push(running.encoder)
    this.#count()
    this.#pump()
  }

  requestKeyframe(codec: VideoCodec): void {
    this.#encoders.get(codec)?.encoder.requestKeyframe()
    this.#pump()
  }

  /** The last image as a file; undefined when there was none yet. */
  snapshot(format: SnapshotFormat): Promise<Uint8Array | undefined> {
    return this.#snapshots.take(format, () => (this.#closed ? undefined : this.#kept))
  }

  /** Closes the track for its producers and frees everything; resolves when no encoder works any more. */
  close(): Promise<void> {
    if (this.#closed) return this.#ended
    this.#closed = true
    clearTimeout(this.#timer)
    for (const { encoder } of this.#encoders.values()) this.#retired.push(encoder)
    this.#encoders.clear()
    this.#count()
    this.#consumer.close()
    if (!this.#pumping) this.#free()
    return this.#ended
  }

  /** Works off what there is to do; one at a time, whoever calls. */
  #pump(): void {
    if (this.#pumping) return
    this.#pumping = true
    this.#work().catch((error: unknown) => this.#fail(error))
  }

  async #work(): Promise<void> {
    try {
      while (!this.#closed && (await this.#step())) this.#freeRetired()
    } finally {
      this.#pumping = false
      this.#freeRetired()
      if (this.#closed) this.#free()
      else this.#schedule()
    }
  }

  /** One image, or one repetition; false when there is nothing to do now. */
  async #step(): Promise<boolean> {
    const image = this.#consumer.take()
    if (image) {
      this.#meter.count(monotonicNow())
      if (this.#encoders.size === 0) this.#keep(image)
      else if (await this.#show(image)) await this.#encode([...this.#encoders.values()])
      return true
    }
    if (this.#encoders.size === 0) {
      this.#dropPicture()
      return false
    }
    if (!this.#picture && !(this.#kept && (await this.#show(this.#kept)))) return false
    const now = monotonicNow()
    const due = [...this.#encoders.values()].filter(({ encoder }) => encoder.dueAt(now) <= now)
    if (due.length === 0) return false
    await this.#encode(due)
    return true
  }

  /** Converts an image and makes it the one that is shown; false when it cannot be. */
  async #show(image: TakenImage): Promise<boolean> {
    try {
      const picture = await this.#converter.convert(image)
      this.#dropPicture()
      this.#picture = { ...picture, captureTime: image.captureTime }
      this.#keep(image)
      return true
    } catch (error) {
      if (image === this.#kept) this.#kept = undefined
      image.release()
      this.#consumer.control.add(Word.DroppedUndecodable)
      this.#report(error)
      return false
    }
  }

  async #encode(encoders: readonly RunningEncoder[]): Promise<void> {
    const picture = this.#picture
    if (!picture) return
    await Promise.all(
      encoders.map(async ({ encoder }) => {
        try {
          const frame = await encoder.encode(picture, monotonicNow())
          if (!frame || this.#closed) return
          this.#consumer.control.add(Word.FramesEncoded)
          if (frame.keyframe) this.#consumer.control.add(Word.Keyframes)
          this.events.onFrame(frame)
        } catch (error) {
          encoder.reset()
          this.#report(error)
        }
      }),
    )
  }

  #keep(image: TakenImage): void {
    if (image === this.#kept) return
    this.#kept?.release()
    this.#kept = image
  }

  #dropPicture(): void {
    if (this.#picture) this.#converter.recycle(this.#picture)
    this.#picture = undefined
  }

  /** Comes back when an encoder wants the last picture again. */
  #schedule(): void {
    clearTimeout(this.#timer)
    if (!this.#picture || this.#encoders.size === 0) return
    const now = monotonicNow()
    const due = Math.min(...[...this.#encoders.values()].map(({ encoder }) => encoder.dueAt(now)))
    this.#timer = setTimeout(() => this.#pump(), Math.max(0, Math.ceil(due - now)))
  }

  #count(): void {
    this.#consumer.control.store(Word.Encoders, this.#encoders.size)
  }

  #report(error: unknown): void {
    this.events.onError(
      error instanceof Error
        ? error
        : new ImageError({ field: 'data', expected: 'an image', actual: String(error) }),
    )
  }

  #fail(error: unknown): void {
    this.#report(error)
    void this.close()
  }

  /** An encoder must not be closed while it encodes. */
  #freeRetired(): void {
    for (const encoder of this.#retired.splice(0)) encoder.close()
  }

  #free(): void {
    this.#freeRetired()
    this.#dropPicture()
    this.#kept?.release()
    this.#kept = undefined
    this.#converter.close()
    this.#setFreed()
  }
}
