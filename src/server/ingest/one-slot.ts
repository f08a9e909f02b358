import { EngineError } from '../../common/errors.js'
import type { FrameLayout, FrameSlot, FrameTarget } from '../../image/stream/frame-writer.js'
import type { AllocatedImage } from '../../track/index.js'
import type { TrackInput } from './settings.js'

type Image = Parameters<TrackInput['addImage']>[0]

/**
 * A slot is held while its pixels come over the network, for as long as that takes, and a track has five for
 * all who allocate. So senders hold one of each track at a time, whoever is first; pixels of the others wait
 * in memory of their own, and are copied when they are whole.
 */
export class OneSlotEach {
  readonly #busy = new WeakSet<TrackInput>()

  /** Where frames for a track go, which may not be there yet. `add` hands an image over. */
  target(trackOf: () => TrackInput | undefined, add: (image: Image) => unknown): FrameTarget<HeldSlot> {
    return {
      allocate: (layout: FrameLayout) => {
        const track = trackOf()
        if (!track) throw new EngineError('the track is not there yet')
        if (this.#busy.has(track)) throw new EngineError('another sender holds the slot')
        const slot = track.allocate(layout)
        this.#busy.add(track)
        return new HeldSlot(slot, () => this.#busy.delete(track))
      },
      addImage: (image) => add(image instanceof HeldSlot ? image.release() : image),
    }
  }
}

/** A slot, and what to do when it is no longer held. */
export class HeldSlot implements FrameSlot {
  readonly data: Uint8Array
  readonly #slot: AllocatedImage
  readonly #onReleased: () => void

  constructor(slot: AllocatedImage, onReleased: () => void) {
    this.#slot = slot
    this.data = slot.data
    this.#onReleased = onReleased
  }

  release(): AllocatedImage {
    this.#onReleased()
    return this.#slot
  }

  discard(): void {
    this.#onReleased()
    this.#slot.discard()
  }
}
