import type { VideoCodec } from '../common/codec.js'
import { Emitter } from '../common/emitter.js'
import { checkKeys, EngineError, OptionError, type PixelcastError, show } from '../common/errors.js'
import type { PixelFormat } from '../image/source.js'
import type { ImageLike, SyncImageLike } from '../image/types.js'
import type { AllocatedImage, AllocateOptions } from './allocated-image.js'
import { createTrackMemory, Overflow, TrackControl, type TrackMemory } from './control.js'
import {
  checkCodecs,
  checkTrackName,
  checkTrackOptions,
  type TrackOptions,
  type TrackSettings,
} from './options.js'
import { ImageProducer } from './producer.js'
import type { RemoteViewer } from './remote-viewer.js'
import type { TrackStats } from './stats.js'

/** What a worker needs to push images to a track: `worker.postMessage(track.handle)`. */
export interface TrackHandle extends TrackMemory {
  /** Tells a handle from other messages. */
  readonly kind: 'pixelcast-track'
  /** The track's name. */
  readonly name: string
}

/** Events of a track, with the arguments of their listeners. */
export interface TrackEvents {
  /** Somebody starts to watch. */
  viewer: [viewer: RemoteViewer]
  /** A viewer is gone; `reason` is for people and logs. */
  leave: [viewer: RemoteViewer, reason: string]
  /**
   * An image that was queued could not be shown (compressed bytes that do not decode), or one of a stream that
   * comes over HTTP was refused; the stream goes on.
   */
  error: [error: PixelcastError]
  /** The track is closed: by `close()`, with its server, or because the engine failed. */
  close: []
}

/** Options of `track.connect`. */
export interface ConnectOptions {
  /** Codecs to consider, best first. Default: the track's. */
  readonly codecs?: readonly VideoCodec[] | undefined
}

/** The way from a track to its engine; given to the track when it is added to a server. */
export interface TrackLink {
  connect(offerSdp: string, options: ConnectOptions): Promise<{ answer: string; viewer: RemoteViewer }>
  remove(): Promise<void>
}

/**
 * A named stream of images: what `cv2.imshow` calls a window. Make one with `server.addTrack(name)`,
 * or construct it, hand it to whatever makes the images, and `server.addTrack(track)` later: images
 * pushed before are kept (the newest `queueSize` of them).
 */
export class ImageTrack extends Emitter<TrackEvents> {
  readonly #producer: ImageProducer
  readonly #memory: TrackMemory
  /** @internal */
  readonly settings: TrackSettings
  #link: TrackLink | undefined
  #closed = false

  /**
   * @param name shown to viewers, part of the URL; 1 to 128 characters
   * @throws OptionError naming the option
   */
  constructor(
    readonly name: string,
    options?: TrackOptions,
  ) {
    super()
    checkTrackName(name)
    this.settings = checkTrackOptions(options)
    const overflow = this.settings.overflow === 'drop-newest' ? Overflow.DropNewest : Overflow.DropOldest
    this.#memory = createTrackMemory(this.settings.queueSize, overflow)
    this.#producer = new ImageProducer(name, this.#memory)
  }

  /**
   * In a worker: the pushing end of a track whose `handle` was posted there. Images go straight to
   * the engine thread, not through the thread that owns the track.
   *
   * @throws OptionError when it is not a handle
   */
  static from(handle: TrackHandle): ImageProducer {
    if (handle?.kind !== 'pixelcast-track' || !(handle.control instanceof SharedArrayBuffer)) {
      throw new OptionError({ field: 'handle', expected: "a track's `handle`", actual: show(handle) })
    }
    return new ImageProducer(handle.name, handle)
  }

  /** Post this to any worker and call `ImageTrack.from(handle)` there. Needs no transfer list; may be posted to several. */
  get handle(): TrackHandle {
    return { kind: 'pixelcast-track', name: this.name, ...this.#memory }
  }

  /** @see ImageProducer.addImage */
  addImage(image: SyncImageLike | AllocatedImage): boolean {
    return this.#producer.addImage(image)
  }

  /** @see ImageProducer.addImageAsync */
  addImageAsync(image: ImageLike | AllocatedImage): Promise<void> {
    return this.#producer.addImageAsync(image)
  }

  /** @see ImageProducer.allocate */
  allocate<F extends PixelFormat>(options: AllocateOptions<F>): AllocatedImage<F> {
    return this.#producer.allocate(options)
  }

  /** Counters since the track was made. */
  get stats(): TrackStats {
    return this.#producer.stats
  }

  /**
   * Answers a browser's offer, for applications with their own signaling.
   *
   * @param offerSdp the SDP of `pc.createOffer()`, with a video section that receives
   * @returns the SDP for `pc.setRemoteDescription({ type: 'answer', sdp })`; all candidates are in it
   * @throws SignalingError for an offer that cannot be answered; `status` is the HTTP status that fits
   * @throws OptionError naming the option
   * @throws EngineError when the track is closed or not added to a server, or the engine is closed
   */
  async connect(
    offerSdp: string,
    options: ConnectOptions = {},
  ): Promise<{ answer: string; viewer: RemoteViewer }> {
    checkKeys(options, ['codecs'])
    const codecs = checkCodecs(options.codecs)
    if (this.#closed) throw new EngineError(`track ${show(this.name)} is closed`)
    if (!this.#link) {
      throw new EngineError(
        `track ${show(this.name)} has no engine; add it to one: (await createServer({ listen: false })).addTrack(track)`,
      )
    }
    return this.#link.connect(offerSdp, { codecs })
  }

  /** Ends the track: viewers are disconnected, waiting `addImageAsync` calls reject. Idempotent. */
  async close(): Promise<void> {
    const link = this.#link
    this.detach()
    await link?.remove()
  }

  /** True after `close()`, with a closed server, or when the engine failed: images are not taken any more. */
  get closed(): boolean {
    return this.#closed
  }

  /** @internal */
  get attached(): boolean {
    return this.#link !== undefined
  }

  /** @internal Called by the server that the track is added to. */
  attach(link: TrackLink): void {
    this.#link = link
  }

  /** @internal Closes this end; `failed` when the engine is no longer there. */
  detach(failed = false): void {
    if (this.#closed) return
    this.#closed = true
    this.#link = undefined
    new TrackControl(this.#memory).close(failed)
    this.emit('close')
  }

  /** @internal The server reports what happens to the track. */
  report<K extends 'viewer' | 'leave' | 'error'>(event: K, ...args: TrackEvents[K]): void {
    this.emit(event, ...args)
  }
}
