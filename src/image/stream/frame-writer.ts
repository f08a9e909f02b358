import { EngineError } from '../../common/errors.js'
import { tightByteLength } from '../layout.js'
import type { PixelFormat } from '../source.js'
import type { ByteSink } from './byte-sink.js'

/** Size and format of raw frames. */
export interface FrameLayout {
  readonly width: number
  readonly height: number
  readonly format: PixelFormat
}

/** Memory of the engine's for one frame. */
export interface FrameSlot {
  readonly data: Uint8Array
  /** Gives it back without showing it. */
  discard(): void
}

/** Where frames go: the part of a track that is needed. */
export interface FrameTarget<S extends FrameSlot> {
  /** Throws an `EngineError` when there is no memory to be had. */
  allocate(layout: FrameLayout): S
  addImage(image: S | (FrameLayout & { readonly data: Uint8Array })): unknown
}

/** Collects the bytes of raw frames in the engine's own memory, and pushes each that is complete. */
export class FrameWriter<S extends FrameSlot> {
  readonly byteLength: number
  readonly #track: FrameTarget<S>
  readonly #layout: FrameLayout
  #slot: S | undefined
  /** Stands in while the engine has no slot: the bytes have to go somewhere. */
  #scratch: Uint8Array | undefined
  #filled = 0

  constructor(track: FrameTarget<S>, layout: FrameLayout) {
    this.#track = track
    this.#layout = layout
    this.byteLength = tightByteLength(layout.format, layout.width, layout.height)
  }

  /** Bytes of the frame that is being collected. */
  get filled(): number {
    return this.#filled
  }

  room(): Uint8Array {
    return this.#memory().subarray(this.#filled)
  }

  /** True when that completed a frame, which is pushed by then. */
  wrote(count: number): boolean {
    this.#filled += count
    if (this.#filled < this.byteLength) return false
    this.#filled = 0
    const slot = this.#slot
    this.#slot = undefined
    if (slot) this.#track.addImage(slot)
    else if (this.#scratch) this.#track.addImage({ ...this.#layout, data: this.#scratch })
    return true
  }

  /** Gives the memory of an incomplete frame back. */
  discard(): void {
    this.#slot?.discard()
    this.#slot = undefined
    this.#filled = 0
  }

  #memory(): Uint8Array {
    if (this.#slot) return this.#slot.data
    if (this.#filled === 0) {
      try {
        this.#slot = this.#track.allocate(this.#layout)
        return this.#slot.data
      } catch (error) {
        if (!(error instanceof EngineError)) throw error
      }
    }
    this.#scratch ??= new Uint8Array(this.byteLength)
    return this.#scratch
  }
}

/** A writer of frames as a part of a `ByteSink`, for `feed`. */
export function sinkOf<S extends FrameSlot>(writer: FrameWriter<S>): Pick<ByteSink, 'room' | 'wrote'> {
  return { room: () => writer.room(), wrote: (count) => void writer.wrote(count) }
}
