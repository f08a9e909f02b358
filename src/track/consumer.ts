import { monotonicNow } from '../common/clock.js'
import { MetadataText } from '../common/metadata-text.js'
import { type SlotImage, SlotState, TrackControl, type TrackMemory, TrackState, Word } from './control.js'

/** An image that the engine owns until it releases it. */
export interface TakenImage extends SlotImage {
  /** The image's bytes in shared memory. */
  readonly data: Uint8Array
  /** From its capture time until it was taken, ms. */
  readonly waited: number
  /** What the application said about the image. */
  readonly metadata: MetadataText | undefined
  /** Gives the slot back to the producers. Once. */
  release(): void
  /** Instead of `release`: puts it back into the queue, where it was, for an engine that takes over. */
  putBack(): void
}

/** The engine's end of a track: takes images in order and gives their slots back. */
export class ImageConsumer {
  readonly control: TrackControl
  #left = false

  constructor(memory: TrackMemory) {
    this.control = new TrackControl(memory)
  }

  /** The image that was queued first, or undefined when none waits. */
  take(): TakenImage | undefined {
    const { control } = this
    for (;;) {
      const oldest = control.oldestReady()
      if (!oldest) return undefined
      if (!control.moveWaiting(oldest, SlotState.Taken)) continue // superseded meanwhile
      const { slot } = oldest
      const image = control.readHeader(slot)
      control.add(Word.Taken)
      const waited = Math.max(0, monotonicNow() - image.captureTime)
      control.store(Word.QueueAge, Math.round(waited * 1000))
      control.signal(Word.Room)
      return {
        ...image,
        waited,
        data: control.slotBytes(slot, image.offset, image.byteLength),
        metadata: this.#metadata(slot, image),
        release: () => {
          // Signalled again: a patient producer may have found room in the queue but no free slot.
          if (control.moveSlot(slot, SlotState.Taken, SlotState.Free)) control.signal(Word.Room)
        },
        putBack: () => {
          // With its old place in the order: before all that was published since.
          if (!control.moveSlot(slot, SlotState.Taken, oldest.word)) return
          control.add(Word.Taken, -1)
          control.signal(Word.Wake)
        },
      }
    }
  }

  #metadata(slot: number, image: SlotImage): MetadataText | undefined {
    if (image.metadataLength === 0) return undefined
    const { buffer, byteOffset, byteLength } = this.control.metadataBytes(slot, image)
    return new MetadataText(Buffer.from(buffer, byteOffset, byteLength).toString('utf8'), byteLength)
  }

  /**
   * Calls `onImages` whenever images wait, until the track is closed. `onImages` is called from the
   * event loop and need not take them all.
   */
  async watch(onImages: () => void): Promise<void> {
    const { control } = this
    for (;;) {
      const seen = control.load(Word.Wake)
      if (this.#left || control.load(Word.State) !== TrackState.Open) return
      onImages()
      await control.changed(Word.Wake, seen)
    }
  }

  /** Ends `watch`; the track stays open for another consumer. */
  leave(): void {
    this.#left = true
    this.control.signal(Word.Wake)
  }

  /** Closes the track for every producer, in every thread, and wakes those that wait. */
  close(failed = false): void {
    this.control.close(failed)
  }
}
