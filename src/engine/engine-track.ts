import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import type { FrameTiming } from '../common/frame-timing.js'
import type { TrackMeasures } from '../common/measures.js'
import {
  ContentCost,
  defaultBitrate,
  type EncodedFrame,
  EncodeLoad,
  Ladder,
  type LadderPlan,
  type Scale,
} from '../encode/index.js'
import type { TrackMemory, TrackSettings } from '../track/index.js'
import { ImageProducer, readStats, TrackControl, Word } from '../track/index.js'
import type { TrackInfo } from './api.js'
import { TrackFeed } from './feed.js'
import { Outlet } from './outlet.js'
import type { SnapshotFormat } from './snapshots.js'
import type { Watcher } from './watcher.js'

/** How often rates are looked at when nothing changes: silence and probes want to be noticed, ms. */
const TICK_MS = 100
/** What changes within this time is planned for together, ms: a hundred viewers report a thousand times a second. */
const PLAN_MS = 20
/** Before the first image. */
const TYPICAL_SIZE = { width: 1280, height: 720 }

/** Where a viewer is, and where it is to go with the next keyframe there. */
interface Place {
  scale: Scale
  next: Scale | undefined
}

/** The viewers of a track with one codec, and the rungs for them. */
interface Audience {
  readonly ladder: Ladder
  readonly cost: ContentCost
  readonly outlets: Map<Scale, Outlet<Watcher>>
  readonly places: Map<Watcher, Place>
}

/** A track in the engine: its feed, and the viewers that what it encodes goes to, each at its own pace. */
export class EngineTrack {
  /** For images that come over HTTP: one more end to write to, beside those of the application. */
  readonly producer: ImageProducer
  readonly #feed: TrackFeed
  readonly #control: TrackControl
  readonly #audiences = new Map<VideoCodec, Audience>()
  #viewers = 0
  #ticker: NodeJS.Timeout | undefined
  #planTimer: NodeJS.Timeout | undefined

  constructor(
    readonly name: string,
    memory: TrackMemory,
    readonly settings: TrackSettings,
    onError: (error: Error) => void,
    /** Of the machine, by all tracks. */
    load = new EncodeLoad(),
  ) {
    this.#control = new TrackControl(memory)
    this.producer = new ImageProducer(name, memory)
    this.#feed = new TrackFeed(
      memory,
      {
        onFrame: (frame, timing) => this.#send(frame, timing),
        backlog: (codec, scale) => this.#audiences.get(codec)?.outlets.get(scale)?.backlog ?? 0,
        onError,
      },
      load,
    )
  }

  info(): TrackInfo {
    return {
      name: this.name,
      ...this.size,
      viewers: this.#viewers,
      fps: this.#feed.fps,
      pushed: this.#feed.pushed,
    }
  }

  measures(): Omit<TrackMeasures, 'sending'> {
    const { pushed, dropped, refused, encoders } = readStats(this.#control)
    return { name: this.name, pushed, dropped, refused, encoders, ...this.#feed.counts.read() }
  }

  /** Of the last image, pixels. */
  get size(): { width: number; height: number } | undefined {
    return this.#feed.size
  }

  /** Pixels a second that come in, before they are encoded. */
  get pixelRate(): number {
    const { width, height } = this.#feed.size ?? { width: 0, height: 0 }
    return width * height * this.#feed.fps
  }

  /** Whether what is encoded now with a codec is there for one more to watch. */
  isWatched(codec: VideoCodec): boolean {
    return this.#audiences.has(codec)
  }

  /** Media can flow to a viewer: it gets a picture at once, the last one if no new one comes. */
  addViewer(viewer: Watcher): void {
    const audience = this.#audience(viewer.codec)
    const now = monotonicNow()
    const place: Place = { scale: 1, next: undefined }
    audience.places.set(viewer, place)
    viewer.setMaxRate(this.maxBitrate)
    place.scale = this.#plan(audience, now).assignment.get(viewer.identity.id) ?? 1
    this.#outlet(audience, viewer.codec, place.scale).add(viewer, now)
    this.#feed.watch(viewer.codec, place.scale)
    this.#follow(audience, viewer.codec, now)
    if (viewer.waitsForKeyframe) this.#feed.requestKeyframe(viewer.codec, place.scale)
    this.#ticker ??= setInterval(() => this.#tick(), TICK_MS)
  }

  removeViewer(viewer: Watcher): void {
    const { codec } = viewer
    const audience = this.#audiences.get(codec)
    const place = audience?.places.get(viewer)
    if (!audience || !place) return
    audience.places.delete(viewer)
    this.#leave(audience, viewer, place.scale)
    if (place.next !== undefined) this.#leave(audience, viewer, place.next)
    if (audience.places.size === 0) this.#audiences.delete(codec)
    if (this.#audiences.size === 0) this.#stop()
    else this.planSoon()
  }

  /** Counts the sessions of this track, connected or on their way. */
  countViewers(by: 1 | -1): void {
    this.#viewers += by
    this.#control.store(Word.Viewers, this.#viewers)
  }

  /** A viewer cannot decode what it is sent. */
  requestKeyframe(viewer: Watcher): void {
    const place = this.#audiences.get(viewer.codec)?.places.get(viewer)
    if (place) this.#feed.requestKeyframe(viewer.codec, place.next ?? place.scale)
  }

  /**
   * What the slowest viewer that is free to choose, and has chosen this rung, can be sent, bit/s; undefined: there is none.
   */
  slowestOn(codec: VideoCodec, scale: Scale): number | undefined {
    const now = monotonicNow()
    let slowest: number | undefined
    for (const [viewer, place] of this.#audiences.get(codec)?.places ?? []) {
      if (viewer.only !== undefined || (place.next ?? place.scale) !== scale) continue
      const { rate, isKnown } = viewer.demand(now)
      if (isKnown) slowest = Math.min(slowest ?? Number.POSITIVE_INFINITY, rate)
    }
    return slowest
  }

  /** Bits that a pixel needs in each picture, of what comes now. */
  bitsPerPixel(codec: VideoCodec): number {
    return (this.#audiences.get(codec)?.cost ?? new ContentCost()).bitsPerPixel
  }

  /** What some viewer can be sent has changed. */
  planSoon(): void {
    this.#planTimer ??= setTimeout(() => {
      this.#planTimer = undefined
      this.#planAll()
    }, PLAN_MS)
  }

  snapshot(format: SnapshotFormat): Promise<Uint8Array | undefined> {
    return this.#feed.snapshot(format)
  }

  /** Resolves when nothing of it runs any more. @param handsOver see `TrackFeed` */
  close(handsOver = false): Promise<void> {
    this.#stop()
    return this.#feed.close(handsOver)
  }

  #stop(): void {
    clearInterval(this.#ticker)
    clearTimeout(this.#planTimer)
    this.#ticker = undefined
    this.#planTimer = undefined
  }

  /** Of the last image; of a typical one before the first. */
  get typicalSize(): { width: number; height: number } {
    return this.#feed.size ?? TYPICAL_SIZE
  }

  /** The most that is encoded of a picture in its full size, bit/s. */
  get maxBitrate(): number {
    const { width, height } = this.typicalSize
    return this.settings.maxBitrate ?? defaultBitrate(width, height)
  }

  #tick(): void {
    const now = monotonicNow()
    const maxBitrate = this.maxBitrate
    for (const { places } of this.#audiences.values()) {
      for (const viewer of places.keys()) {
        viewer.setMaxRate(maxBitrate)
        viewer.pace(now)
      }
    }
    this.#planAll()
  }

  #planAll(): void {
    const now = monotonicNow()
    for (const [codec, audience] of this.#audiences) this.#follow(audience, codec, now)
  }

  /** Sends everybody where the ladder wants them. */
  #follow(audience: Audience, codec: VideoCodec, now: number): void {
    const { rungs, assignment } = this.#plan(audience, now)
    for (const [viewer, place] of audience.places) {
      const wanted = assignment.get(viewer.identity.id) ?? place.scale
      if (wanted === (place.next ?? place.scale)) continue
      if (place.next !== undefined) this.#leave(audience, viewer, place.next)
      place.next = wanted === place.scale ? undefined : wanted
      if (place.next === undefined) continue
      this.#outlet(audience, codec, place.next).join(viewer)
      this.#feed.watch(codec, place.next)
      this.#feed.requestKeyframe(codec, place.next)
    }
    // At the end: an encoder that has just been started must not begin with a guess.
    for (const { scale, ...target } of rungs) this.#feed.setTarget(codec, scale, target)
  }

  #plan({ ladder, cost, places }: Audience, now: number): LadderPlan {
    const demands = [...places.keys()].map((viewer) => ({
      id: viewer.identity.id,
      only: viewer.only,
      ...viewer.demand(now),
    }))
    // Who has just come is taken for as fast as the others, and does not slow them down for a second.
    const fastest = Math.max(0, ...demands.map(({ capacity, isKnown }) => (isKnown ? capacity : 0)))
    const { contentHint } = this.settings
    return ladder.update(
      {
        demands: demands.map((demand) =>
          demand.isKnown || demand.capacity >= fastest
            ? demand
            : { ...demand, rate: fastest, capacity: fastest },
        ),
        ...this.typicalSize,
        maxBitrate: this.maxBitrate,
        contentHint,
        bitsPerPixel: cost.bitsPerPixel,
      },
      now,
    )
  }

  #leave({ outlets }: Audience, viewer: Watcher, scale: Scale): void {
    const outlet = outlets.get(scale)
    outlet?.remove(viewer)
    if (outlet?.isEmpty) outlets.delete(scale)
    this.#feed.unwatch(viewer.codec, scale)
  }

  #audience(codec: VideoCodec): Audience {
    let audience = this.#audiences.get(codec)
    if (!audience) {
      audience = { ladder: new Ladder(), cost: new ContentCost(), outlets: new Map(), places: new Map() }
      this.#audiences.set(codec, audience)
    }
    return audience
  }

  #outlet({ outlets }: Audience, codec: VideoCodec, scale: Scale): Outlet<Watcher> {
    let outlet = outlets.get(scale)
    if (!outlet) {
      outlet = new Outlet(codec, scale)
      outlets.set(scale, outlet)
    }
    return outlet
  }

  #send(encoded: EncodedFrame, timing: FrameTiming | undefined): void {
    const audience = this.#audiences.get(encoded.codec)
    const outlet = audience?.outlets.get(encoded.scale)
    if (!audience || !outlet) return
    const { data, psnr, keyframe, width, height, scale } = encoded
    audience.cost.update({
      bytes: data.byteLength,
      pixels: (width * height) / scale ** 2,
      psnr,
      keyframe,
    })
    for (const viewer of outlet.send(encoded, monotonicNow(), timing)) {
      const place = audience.places.get(viewer)
      if (!place) continue
      const before = place.scale
      place.scale = scale
      place.next = undefined
      this.#leave(audience, viewer, before)
    }
  }
}
