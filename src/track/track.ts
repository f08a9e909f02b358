import type { ControlState } from '../common/channel-protocol.js'
import { Emitter } from '../common/emitter.js'
import { EngineError, OptionError, type PixelcastError, show } from '../common/errors.js'
import type { TokenDigest } from '../common/token.js'
import type { PixelFormat } from '../image/source.js'
import type { ImageLike, SyncImageLike } from '../image/types.js'
import type { AllocatedImage, AllocateOptions } from './allocated-image.js'
import type { TrackCommand } from './commands.js'
import { type ConnectOptions, checkConnectOptions } from './connect-options.js'
import { createTrackMemory, Overflow, TrackControl, type TrackMemory } from './control.js'
import { tokenDigestOf } from './control-rule.js'
import { type ControlOptions, Controls } from './controls.js'
import {
  type ControlChange,
  type InputMessage,
  type KeyInput,
  type PointerInput,
  toKeyInput,
  toPointerInput,
  toWheelInput,
  type WheelInput,
} from './input.js'
import type { AddImageOptions } from './metadata.js'
import { checkTrackName, checkTrackOptions, type TrackOptions, type TrackSettings } from './options.js'
import { ImageProducer } from './producer.js'
import type { Publication } from './publication.js'
import { checkPublishOptions, type PublishOptions, type PublishSettings } from './publish-options.js'
import type { RemoteViewer } from './remote-viewer.js'
import { type SelectedRectangle, Selections, type SelectOptions } from './selections.js'
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
  /** A viewer that may control (option `control`) pressed or released a key. */
  key: [input: KeyInput, viewer: RemoteViewer]
  /** A viewer that may control moved or pressed a mouse, a pen or a finger. */
  pointer: [input: PointerInput, viewer: RemoteViewer]
  /** A viewer that may control turned a wheel. */
  wheel: [input: WheelInput, viewer: RemoteViewer]
  /** A viewer that may control moved a control. `setControl` causes no event. */
  control: [change: ControlChange, viewer: RemoteViewer]
  /** The track is closed: by `close()`, with its server, or because the engine failed. */
  close: []
}

/** The way from a track to its engine; given to the track when it is added to a server. */
export interface TrackLink {
  connect(offerSdp: string, options: ConnectOptions): Promise<{ answer: string; viewer: RemoteViewer }>
  publish(settings: PublishSettings): Promise<Publication>
  send(command: TrackCommand): void
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
  /** Kept out of `settings`, which may be shown. */
  readonly #tokenDigest: TokenDigest | undefined
  readonly #controls = new Controls((command) => this.#link?.send(command))
  readonly #selections = new Selections((command) => this.#link?.send(command))
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
    this.#tokenDigest = tokenDigestOf(options?.control)
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
  addImage(image: SyncImageLike | AllocatedImage, options?: AddImageOptions): boolean {
    return this.#producer.addImage(image, options)
  }

  /** @see ImageProducer.addImageAsync */
  addImageAsync(image: ImageLike | AllocatedImage, options?: AddImageOptions): Promise<void> {
    return this.#producer.addImageAsync(image, options)
  }

  /** @see ImageProducer.allocate */
  allocate<F extends PixelFormat>(options: AllocateOptions<F>): AllocatedImage<F> {
    return this.#producer.allocate(options)
  }

  /** @internal Of the last image that was pushed here, pixels. */
  get imageSize(): { readonly width: number; readonly height: number } | undefined {
    return this.#producer.imageSize
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
    const checked = checkConnectOptions(options)
    return this.#engine.connect(offerSdp, checked)
  }

  /**
   * Publishes the track to an engine elsewhere (LiveKit, MediaMTX, …) by WHIP (RFC 9725), beside local viewers of the
   * same encoding. Lost connections come back by themselves, with the same stream. May be called for several engines.
   *
   * @returns when the first attempt has connected, or failed in a way that may pass; see its `state`
   * @throws PublishError when the engine refuses it for good: a wrong token, nothing at this address, no common codec
   * @throws OptionError naming the option
   * @throws EngineError when the track is closed or not added to a server, or the engine is closed
   */
  async publish(options: PublishOptions): Promise<Publication> {
    return this.#engine.publish(checkPublishOptions(options, this.settings))
  }

  /** @throws EngineError when there is none */
  get #engine(): TrackLink {
    if (this.#closed) throw new EngineError(`track ${show(this.name)} is closed`)
    if (this.#link) return this.#link
    throw new EngineError(
      `track ${show(this.name)} has no engine; add it to one: (await createServer({ listen: false })).addTrack(track)`,
    )
  }

  /**
   * Adds a control: a trackbar with whole numbers that every viewer sees, and those that may control can move
   * (event `control`). Also before the track is added to a server. At most 64.
   *
   * @throws OptionError naming the option
   */
  addControl(options: ControlOptions): void {
    this.#controls.add(options)
  }

  /** The controls with their values, in the order in which they were added. */
  get controls(): readonly ControlState[] {
    return this.#controls.states
  }

  /**
   * The value of a control: the last one that was set here, or that a viewer chose after that.
   *
   * @throws OptionError when there is no control of that name
   */
  getControl(name: string): number {
    return this.#controls.get(name)
  }

  /**
   * Sets a control, for all viewers; it wins over what a viewer does at the same time.
   *
   * @param value rounded, and held to the control's range
   * @returns the value that it has now
   * @throws OptionError when there is no control of that name, or the value is not a number
   */
  setControl(name: string, value: number): number {
    return this.#controls.set(name, value)
  }

  /**
   * Changes the least and the greatest value of a control. Its value is held to them; that causes no event.
   *
   * @returns the value that it has now
   * @throws OptionError when there is no control of that name, or they are not whole numbers in order
   */
  setControlRange(name: string, min: number, max: number): number {
    return this.#controls.setRange(name, min, max)
  }

  /** Removes a control; false when there is none of that name. */
  removeControl(name: string): boolean {
    return this.#controls.remove(name)
  }

  /**
   * Asks all viewers that may control to draw a rectangle on the picture, and resolves with the first one that
   * is drawn. Resolves with undefined when every one of them has declined, by `options.signal`, and when the
   * track closes. Who comes later is asked, too; while nobody may control, it waits. Questions are asked one
   * after the other.
   *
   * @throws OptionError naming the option
   */
  selectRectangle(options?: SelectOptions): Promise<SelectedRectangle | undefined> {
    return this.#selections.select(options)
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
    this.reattach()
  }

  /** @internal Another engine has the track: it is told what it cannot know. */
  reattach(): void {
    const commands = [...this.#controls.commands, ...this.#selections.commands]
    for (const command of commands) this.#link?.send(command)
  }

  /** @internal What tells the engine whose bearer token is the right one. */
  get tokenDigest(): TokenDigest | undefined {
    return this.#tokenDigest
  }

  /** @internal Closes this end; `failed` when the engine is no longer there. */
  detach(failed = false): void {
    if (this.#closed) return
    this.#closed = true
    this.#link = undefined
    new TrackControl(this.#memory).close(failed)
    this.#selections.end()
    this.emit('close')
  }

  /** @internal The server reports what happens to the track. */
  report<K extends 'viewer' | 'leave' | 'error'>(event: K, ...args: TrackEvents[K]): void {
    this.emit(event, ...args)
  }

  /** @internal A viewer that may control did something. */
  receive(message: InputMessage, viewer: RemoteViewer): void {
    switch (message.t) {
      case 'key':
        this.emit('key', toKeyInput(message), viewer)
        break
      case 'pointer':
        this.emit('pointer', toPointerInput(message), viewer)
        break
      case 'wheel':
        this.emit('wheel', toWheelInput(message), viewer)
        break
      case 'control':
        this.#controls.follow(message)
        this.emit('control', { name: message.name, value: message.value }, viewer)
        break
      case 'selected':
        this.#selections.answer(message, viewer)
        break
    }
  }
}
