import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import { ImageError } from '../common/errors.js'
import type { FrameTiming } from '../common/frame-timing.js'
import {
  Converter,
  type EncodedFrame,
  type EncodeLoad,
  type EncodeTarget,
  isCompressed,
  type Scale,
  type TimedPicture,
  type TrackEncoder,
} from '../encode/index.js'
import { ImageConsumer, type TakenImage, type TrackMemory, Word } from '../track/index.js'
import { FeedMeter } from './feed-meter.js'
import { LastImages } from './last-images.js'
import { PushInterval } from './push-interval.js'
import { RateMeter } from './rate-meter.js'
import { type RunningEncoder, RunningEncoders } from './running-encoders.js'
import { type SnapshotFormat, Snapshots } from './snapshots.js'

export interface FeedEvents {
  /**
   * How long all who watch this rung with this codec are busy with what they were sent before, ms; 0 when
   * somebody is not. What would only wait for its turn is better encoded later, from a newer image.
   */
  backlog(codec: VideoCodec, scale: Scale): number
  /** A picture was encoded, once for all that watch this rung with this codec; `timing` of a new one. */
  onFrame(frame: EncodedFrame, timing: FrameTiming | undefined): void
  /** An image could not be shown, or an encoder failed; the feed goes on. */
  onError(error: Error): void
}

/** Browsers show 60 images a second at most; more need not be kept up with. */
const SHORTEST_INTERVAL_MS = 1000 / 60

/**
 * The way of one track's images through the engine: takes each from the queue when the encoders are
 * free, converts it once a scale, encodes it once per codec and scale that somebody watches, keeps the last.
 * Without a watcher it only keeps the last images, and decodes none of them but now and then.
 */
export class TrackFeed {
  readonly #consumer: ImageConsumer
  readonly #converter: Converter
  readonly #encoders: RunningEncoders
  readonly #meter = new RateMeter()
  readonly #snapshots = new Snapshots()
  readonly counts = new FeedMeter()
  readonly #retired: TrackEncoder[] = []
  /** For those who come later and for snapshots. */
  readonly #last = new LastImages()
  /** Those who wait until the newest image is known to be good. */
  readonly #wantProof: (() => void)[] = []
  /** The last image converted, by scale; empty while nobody watches. */
  readonly #pictures = new Map<Scale, TimedPicture>()
  readonly #pushes = new PushInterval()
  /** How long the last conversion took, ms. */
  #conversion = 0
  #pumping = false
  /** Another engine takes the track over: it stays open for its producers, and keeps its last images. */
  #handsOver = false
  #timer: NodeJS.Timeout | undefined
  #closed = false
  #setFreed: () => void = () => {}
  /** Nothing works for it any more. */
  readonly #ended = new Promise<void>((resolve) => {
    this.#setFreed = resolve
  }).then(() => this.#snapshots.idle())

  constructor(
    memory: TrackMemory,
    private readonly events: FeedEvents,
    load: EncodeLoad,
  ) {
    this.#converter = new Converter(load)
    this.#encoders = new RunningEncoders(load)
    this.#consumer = new ImageConsumer(memory)
    this.#consumer.watch(() => this.#pump()).catch((error: unknown) => this.#fail(error))
  }

  /** Size of the last image, pixels. */
  get size(): { width: number; height: number } | undefined {
    const image = this.#last.newest
    return image && { width: image.width, height: image.height }
  }

  /** Images taken in the last second. */
  get fps(): number {
    return this.#meter.perSecond(monotonicNow())
  }

  /** Images pushed since the track was made. */
  get pushed(): number {
    return this.#consumer.control.load(Word.Pushed) >>> 0
  }

  /** Somebody watches a rung with a codec from now on; the first one starts its encoder. */
  watch(codec: VideoCodec, scale: Scale): void {
    if (!this.#encoders.watch(codec, scale)) return
    this.#count()
    this.#pump()
  }

  /** Somebody no longer watches; the last one stops the encoder. */
  unwatch(codec: VideoCodec, scale: Scale): void {
    const retired = this.#encoders.unwatch(codec, scale)
    if (!retired) return
    this.#retired.push(retired)
    this.#count()
    this.#pump()
  }

  /** What an encoder is to aim at from the next picture on; nothing happens when it does not run. */
  setTarget(codec: VideoCodec, scale: Scale, target: EncodeTarget): void {
    this.#encoders.get(codec, scale)?.setTarget(target)
  }

  requestKeyframe(codec: VideoCodec, scale: Scale): void {
    this.#encoders.get(codec, scale)?.requestKeyframe()
    this.#pump()
  }

  /** The last image that is good, as a file; undefined when there was none yet. */
  async snapshot(format: SnapshotFormat): Promise<Uint8Array | undefined> {
    if (!this.#closed && this.#last.newest !== this.#last.good)
      await new Promise<void>((resolve) => {
        this.#wantProof.push(resolve)
        this.#pump()
      })
    return this.#snapshots.take(format, () => (this.#closed ? undefined : this.#last.good))
  }

  /**
   * Closes the track for its producers and frees everything; resolves when no encoder works any more.
   *
   * @param handsOver leaves the track open, with its last images, for an engine that takes it over
   */
  close(handsOver = false): Promise<void> {
    if (this.#closed) return this.#ended
    this.#closed = true
    this.#handsOver = handsOver
    clearTimeout(this.#timer)
    this.#retired.push(...this.#encoders.clear())
    this.#count()
    if (handsOver) this.#consumer.leave()
    else this.#consumer.close()
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
    if (this.#wantProof.length > 0) {
      await this.#proveNewest()
      for (const resolve of this.#wantProof.splice(0)) resolve()
      return true
    }
    const image = this.#consumer.take()
    if (image) {
      this.#meter.count(monotonicNow())
      this.counts.taken(image.waited)
      if (this.#encoders.size === 0) await this.#keep(image)
      else if (await this.#show(image)) await this.#encodeNew(image)
      return true
    }
    if (this.#encoders.size === 0) {
      this.#dropPictures()
      return false
    }
    // Somebody has come, or wants another scale, and no new image has come.
    if (this.#missingScales().length > 0 && !(await this.#showMissing())) return false
    const now = monotonicNow()
    const due = this.#encoders.all.filter(({ encoder }) => encoder.dueAt(now) <= now)
    const ready = due.filter((running) => this.#isFree(running, now))
    if (ready.length === 0) return false
    await this.#encode(ready)
    return true
  }

  /** Converts an image and makes it the one that is shown; false when it cannot be. */
  async #show(image: TakenImage): Promise<boolean> {
    const start = monotonicNow()
    const pictures = await this.#convert(image, this.#encoders.scales)
    if (!pictures) return false
    this.#dropPictures()
    for (const picture of pictures) this.#pictures.set(picture.scale, picture)
    this.#last.keep(image, start)
    this.#conversion = monotonicNow() - start
    this.counts.converted(this.#conversion)
    return true
  }

  /** Converts the newest image that can be for those scales at which it was not wanted before. */
  async #showMissing(): Promise<boolean> {
    for (let image = this.#last.newest; image; image = this.#last.newest) {
      const pictures = await this.#convert(image, this.#missingScales())
      if (!pictures) continue // it is gone: the one before it
      for (const picture of pictures) this.#pictures.set(picture.scale, picture)
      this.#last.prove(image, monotonicNow())
      return true
    }
    return false
  }

  /** Keeps an image that nobody sees now. */
  async #keep(image: TakenImage): Promise<void> {
    if (!isCompressed(image.format)) return this.#last.keep(image, monotonicNow())
    const older = this.#last.keepUnproven(image, monotonicNow())
    if (older) await this.#prove(older)
  }

  async #proveNewest(): Promise<void> {
    for (let image = this.#last.newest; image && image !== this.#last.good; image = this.#last.newest)
      await this.#prove(image)
  }

  /** Decodes an image that is kept, to know whether it is one. */
  async #prove(image: TakenImage): Promise<void> {
    if (await this.#convert(image, [])) this.#last.prove(image, monotonicNow())
  }

  async #convert(image: TakenImage, scales: readonly Scale[]): Promise<TimedPicture[] | undefined> {
    try {
      const { captureTime, metadata } = image
      const pictures = await this.#converter.convert(image, scales)
      return pictures.map((picture) => ({ ...picture, captureTime, metadata }))
    } catch (error) {
      if (!this.#last.discard(image)) image.release()
      this.#consumer.control.add(Word.DroppedUndecodable)
      this.#report(error)
      return undefined
    }
  }

  #missingScales(): Scale[] {
    return this.#encoders.scales.filter((scale) => !this.#pictures.has(scale))
  }

  #encodeNew(image: TakenImage): Promise<void> {
    const now = monotonicNow()
    this.#pushes.update(this.pushed, now)
    return this.#encode(
      this.#encoders.all.filter(
        (running) =>
          this.counts.isWanted(running.encoder, image.captureTime) && this.#isFree(running, now, true),
      ),
      image.waited,
    )
  }

  /** Else it is asked again when those who watch can take something. */
  #isFree({ encoder, scale }: RunningEncoder, now: number, isNew = false): boolean {
    const backlog = this.events.backlog(encoder.codec, scale)
    if (backlog > 0) encoder.postpone(now + backlog)
    if (backlog > 0 && isNew) this.counts.skipped(encoder.codec, 'busy')
    return backlog === 0
  }

  /** @param queue how long a new image waited, ms */
  async #encode(encoders: readonly RunningEncoder[], queue?: number): Promise<void> {
    // Conversion and encoding follow one another: both together must not take longer than the next image.
    const budget = Math.max(1, Math.max(SHORTEST_INTERVAL_MS, this.#pushes.ms) - this.#conversion)
    await Promise.all(
      encoders.map(async ({ encoder, scale }) => {
        const picture = this.#pictures.get(scale)
        if (!picture) return // it was started while the image was converted: it gets the next turn
        try {
          const start = monotonicNow()
          const frame = await encoder.encode(picture, start, budget)
          const encodedAt = monotonicNow()
          if (!frame) this.counts.skipped(encoder.codec, 'rate')
          if (!frame || this.#closed) return
          this.counts.encoded(encoder.codec, frame.keyframe, encodedAt - start)
          this.#consumer.control.add(Word.FramesEncoded)
          if (frame.keyframe) this.#consumer.control.add(Word.Keyframes)
          const [convert, encode] = [this.#conversion, encodedAt - start]
          this.events.onFrame(frame, queue === undefined ? undefined : { queue, convert, encode, encodedAt })
        } catch (error) {
          encoder.reset()
          this.#report(error)
        }
      }),
    )
  }

  #dropPictures(): void {
    for (const picture of this.#pictures.values()) this.#converter.recycle(picture)
    this.#pictures.clear()
  }

  /** Comes back when an encoder wants the last picture again. */
  #schedule(): void {
    clearTimeout(this.#timer)
    if (this.#pictures.size === 0 || this.#encoders.size === 0) return
    const now = monotonicNow()
    const due = Math.min(...this.#encoders.all.map(({ encoder }) => encoder.dueAt(now)))
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
    this.#dropPictures()
    this.#last.clear(this.#handsOver)
    for (const resolve of this.#wantProof.splice(0)) resolve()
    this.#converter.close()
    this.#setFreed()
  }
}
