import { monotonicNow, wallToMonotonic } from '../common/clock.js'
import { EngineError, ImageError, show } from '../common/errors.js'
import { openImage, openImageAsync } from '../image/index.js'
import type { ImageSource, PixelFormat } from '../image/source.js'
import type { ImageLike, SyncImageLike } from '../image/types.js'
import { AllocatedImage, type AllocateOptions, layoutForAllocation } from './allocated-image.js'
import {
  MOST_WRITING,
  Overflow,
  type SlotImage,
  SlotState,
  TrackControl,
  type TrackMemory,
  TrackState,
  Word,
} from './control.js'
import { type AddImageOptions, serializeMetadata } from './metadata.js'
import { readStats, type TrackStats } from './stats.js'

/** Given capture times further from now than this are mistakes of unit or epoch. */
const MAX_TIMESTAMP_DISTANCE_MS = 10_000
/** A lost wake-up must not stall a producer for longer than this. */
const ROOM_POLL_MS = 250

/**
 * The writing end of a track: copies images into shared memory for the engine. An `ImageTrack` has
 * one; `ImageTrack.from(handle)` makes another in a worker. All of them may push at the same time.
 */
export class ImageProducer {
  /** The track's name. */
  readonly name: string
  readonly #control: TrackControl
  #imageSize: { readonly width: number; readonly height: number } | undefined
  /** Calls of `addImageAsync` are served in the order in which they were made. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(name: string, memory: TrackMemory) {
    this.name = name
    this.#control = new TrackControl(memory)
  }

  /**
   * Hands over an image; its bytes are copied before this returns, so the caller may reuse them.
   *
   * Returns true when the image was queued. With the default queue (one deep, newest wins) that is
   * always so while the track is open; with `overflow: 'drop-newest'` it is false when the queue is
   * full, and the image is dropped. False also when the track or the engine is closed.
   *
   * @throws ImageError when it is not an image, or `metadata` no JSON value or too long; names the field,
   *   what was expected and what came. Nothing was queued, the stream goes on.
   */
  addImage(image: SyncImageLike | AllocatedImage, options?: AddImageOptions): boolean {
    if (this.#control.load(Word.State) !== TrackState.Open) {
      if (image instanceof AllocatedImage) image.discard()
      return false
    }
    const now = monotonicNow()
    const metadata = this.#refusing(() => serializeMetadata(options))
    if (image instanceof AllocatedImage) return this.#publishAllocated(image, metadata, now, false)
    return this.#publish(
      this.#refusing(() => openImage(image)),
      metadata,
      now,
      false,
    )
  }

  /**
   * Like `addImage`, but waits until the queue has room, and never replaces an image that waits in
   * it. Also takes images that can only be read asynchronously (a `sharp` pipeline, a WebCodecs
   * `VideoFrame`). The image must stay untouched until the promise resolves. Without a viewer nobody
   * waits: the engine takes every image and keeps the last.
   *
   * @throws ImageError as `addImage`. @throws EngineError when the track or the engine is or gets closed.
   */
  addImageAsync(image: ImageLike | AllocatedImage, options?: AddImageOptions): Promise<void> {
    const now = monotonicNow()
    let metadata: Uint8Array | undefined
    try {
      // Now, or a caller that reuses the object would change what waits.
      metadata = this.#refusing(() => serializeMetadata(options))
    } catch (error) {
      return Promise.reject(error)
    }
    const result = this.#turn.then(() => this.#pushWhenRoom(image, metadata, now))
    this.#turn = result.catch(() => {})
    return result
  }

  /**
   * A slot of the engine's memory to write pixels into directly, which saves the copy of `addImage`.
   * Fill `data` (rows without padding, planes one after the other) and hand the object to `addImage`;
   * or `discard()` it. At most 5 may be held at a time, by all threads together.
   *
   * @throws ImageError for a bad size or format. @throws EngineError when too many are held.
   */
  allocate<F extends PixelFormat>(options: AllocateOptions<F>): AllocatedImage<F> {
    const { width, height, format, byteLength } = this.#refusing(() => layoutForAllocation(options))
    // Never one with an image that waits: nobody knows when this one will be pushed.
    const slot = this.#control.countHeld() < MOST_WRITING ? this.#claim(false) : -1
    if (slot < 0)
      throw new EngineError(
        `track ${show(this.name)}: every slot is held; pass images from allocate() to addImage, or discard() them`,
      )
    try {
      const data = this.#control.slotBytes(slot, 0, byteLength)
      return new AllocatedImage(format as F, width, height, data, this, slot, () => this.#free(slot))
    } catch (error) {
      this.#free(slot) // no memory
      throw error
    }
  }

  /** @internal Of the last image that was pushed by this producer, pixels. */
  get imageSize(): { readonly width: number; readonly height: number } | undefined {
    return this.#imageSize
  }

  /** Counters of the track, from the shared memory: the same from every thread. */
  get stats(): TrackStats {
    return readStats(this.#control)
  }

  async #pushWhenRoom(
    image: ImageLike | AllocatedImage,
    metadata: Uint8Array | undefined,
    now: number,
  ): Promise<void> {
    // Opened only now: the image's bytes are read when there is room for them.
    let source: ImageSource | undefined
    for (;;) {
      const room = this.#control.load(Word.Room)
      if (this.#control.load(Word.State) !== TrackState.Open) {
        if (image instanceof AllocatedImage) image.discard()
        throw new EngineError(`track ${show(this.name)} is closed`)
      }
      if (this.#control.countSlots(SlotState.Ready) < this.#control.queueSize) {
        if (image instanceof AllocatedImage) {
          if (this.#publishAllocated(image, metadata, now, true)) return
        } else {
          source ??= await this.#refusingAsync(openImageAsync(image))
          if (this.#publish(source, metadata, now, true)) return
        }
      }
      // Atomics.waitAsync alone does not keep a thread alive; a timer does.
      const alive = setInterval(() => {}, ROOM_POLL_MS)
      try {
        await this.#control.changed(Word.Room, room, ROOM_POLL_MS)
      } finally {
        clearInterval(alive)
      }
    }
  }

  /** Copies an image into a slot and publishes it; false when there was no room. */
  #publish(source: ImageSource, metadata: Uint8Array | undefined, now: number, patient: boolean): boolean {
    const captureTime = this.#captureTime(source.timestamp, now)
    const keepsOldest = this.#keepsOldest(patient)
    const slot = keepsOldest && this.#isFull() ? -1 : this.#claim(!keepsOldest)
    if (slot < 0) return this.#noRoom(patient)
    const { format, width, height, byteLength, alignment } = source
    try {
      this.#refusing(() => source.copyTo(this.#control.slotBytes(slot, alignment, byteLength)))
      this.#writeHeader(slot, { format, width, height, byteLength, offset: alignment, captureTime }, metadata)
    } catch (error) {
      this.#free(slot)
      throw error
    }
    if (this.#commit(slot, keepsOldest)) {
      this.#imageSize = { width, height }
      return true
    }
    this.#free(slot)
    return this.#noRoom(patient)
  }

  /** When there is no room, a patient caller keeps the image and may try again. */
  #publishAllocated(
    image: AllocatedImage,
    metadata: Uint8Array | undefined,
    captureTime: number,
    patient: boolean,
  ): boolean {
    const slot = image.release(this)
    const { format, width, height } = image
    const { byteLength } = image.data
    this.#writeHeader(slot, { format, width, height, byteLength, offset: 0, captureTime }, metadata)
    const keepsOldest = this.#keepsOldest(patient)
    if (!(keepsOldest && this.#isFull()) && this.#commit(slot, keepsOldest)) {
      this.#imageSize = { width, height }
      return true
    }
    if (patient) image.takeBack(slot)
    else this.#free(slot)
    return this.#noRoom(patient)
  }

  /** Completes a slot whose pixels are written: metadata travel with the image, and go with it. */
  #writeHeader(slot: number, image: Omit<SlotImage, 'metadataLength'>, metadata: Uint8Array | undefined) {
    const header = { ...image, metadataLength: metadata?.byteLength ?? 0 }
    if (metadata) this.#control.metadataBytes(slot, header).set(metadata)
    this.#control.writeHeader(slot, header)
  }

  /** Puts a written slot into the queue; false when the queue may not lose an image for it and has become full. */
  #commit(slot: number, keepsOldest: boolean): boolean {
    const control = this.#control
    const published = control.publish(slot)
    if (keepsOldest) {
      // Another thread may have filled the queue since it was looked at: who comes last withdraws.
      if (
        control.waitingBefore(published) >= control.queueSize &&
        control.moveWaiting(published, control.writing)
      )
        return false
    } else {
      for (;;) {
        const superseded = control.oldestReady(control.queueSize)
        if (!superseded) break
        if (control.moveWaiting(superseded, SlotState.Free)) control.add(Word.DroppedSuperseded)
      }
    }
    control.add(Word.Pushed)
    control.signal(Word.Wake)
    return true
  }

  #noRoom(patient: boolean): false {
    if (!patient) this.#control.add(Word.DroppedFull)
    return false
  }

  #keepsOldest(patient: boolean): boolean {
    return patient || this.#control.overflow === Overflow.DropNewest
  }

  #isFull(): boolean {
    return this.#control.countSlots(SlotState.Ready) >= this.#control.queueSize
  }

  /** Takes a free slot for writing, or, if told so, the oldest one that waits; -1 when there is none. */
  #claim(mayReplace: boolean): number {
    const control = this.#control
    for (;;) {
      // From the lowest on: few slots then hold all the memory, and it is warm in the cache.
      const slot = control.claim()
      if (slot >= 0) return slot
      const oldest = mayReplace ? control.oldestReady() : undefined
      if (!oldest) return -1
      if (!control.moveWaiting(oldest, control.writing)) continue // the engine was faster: look again
      control.add(Word.DroppedSuperseded)
      return oldest.slot
    }
  }

  #free(slot: number): void {
    // Signalled: a patient producer may have found room in the queue but no free slot.
    if (this.#control.moveSlot(slot, this.#control.writing, SlotState.Free)) this.#control.signal(Word.Room)
  }

  #captureTime(timestamp: number | undefined, now: number): number {
    if (timestamp === undefined) return now
    const captureTime = wallToMonotonic(timestamp)
    if (Math.abs(captureTime - now) <= MAX_TIMESTAMP_DISTANCE_MS) return captureTime
    this.#control.add(Word.Refused)
    throw new ImageError({
      field: 'timestamp',
      expected: 'milliseconds since the Unix epoch, at most 10 s from now',
      actual: String(timestamp),
    })
  }

  /** Counts what the image door refuses. */
  #refusing<T>(open: () => T): T {
    try {
      return open()
    } catch (error) {
      this.#control.add(Word.Refused)
      throw error
    }
  }

  async #refusingAsync<T>(opening: Promise<T>): Promise<T> {
    try {
      return await opening
    } catch (error) {
      this.#control.add(Word.Refused)
      throw error
    }
  }
}
