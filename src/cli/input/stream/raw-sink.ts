import type { ByteSink, StreamEnd } from '../../../image/stream/byte-sink.js'
import { type FrameLayout, FrameWriter } from '../../../image/stream/frame-writer.js'
import type { AllocatedImage } from '../../../track/index.js'
import { CliError } from '../../errors.js'
import type { ImageSink } from '../live.js'
import type { Pace } from './pace.js'

const Y4M = 'YUV4MPEG2 '

/** Frames of one size and format, one after the other, without anything between them. */
export class RawSink implements ByteSink {
  readonly #writer: FrameWriter<AllocatedImage>
  readonly #pace: Pace
  #images = 0

  constructor(track: ImageSink, layout: FrameLayout, pace: Pace) {
    this.#writer = new FrameWriter<AllocatedImage>(track, layout)
    this.#pace = pace
  }

  room(): Uint8Array {
    return this.#writer.room()
  }

  wrote(count: number): void | Promise<void> {
    if (!this.#writer.wrote(count)) return
    this.#images++
    return this.#pace.next()
  }

  end(): StreamEnd {
    const incomplete = this.#writer.filled
    this.#writer.discard()
    return { images: this.#images, incomplete }
  }
}

/** A stream that says its size itself must not be cut into frames of another: that would show stripes. */
export function refuseY4mAsRaw(head: Uint8Array): void {
  if (String.fromCharCode(...head.subarray(0, Y4M.length)) === Y4M)
    throw new CliError('is Y4M, which says its own size and format; leave out --size and --format')
}
