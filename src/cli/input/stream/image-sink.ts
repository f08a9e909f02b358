import type { ByteSink, StreamEnd } from '../../../image/stream/byte-sink.js'
import { ImageSplitter } from '../../../image/stream/image-splitter.js'
import { CliError } from '../../errors.js'
import type { LiveTarget } from '../live.js'
import type { Pace } from './pace.js'

/** JPEG, PNG and WebP files, one after the other. */
export class EncodedSink implements ByteSink {
  readonly #target: Pick<LiveTarget, 'track' | 'onBadImage'>
  readonly #pace: Pace
  readonly #splitter: ImageSplitter
  #images = 0
  #toldOfJunk = false

  constructor(target: Pick<LiveTarget, 'track' | 'onBadImage'>, pace: Pace) {
    this.#target = target
    this.#pace = pace
    this.#splitter = new ImageSplitter((bytes) => this.#onJunk(bytes))
  }

  room(): Uint8Array {
    return this.#splitter.room()
  }

  wrote(count: number): void | Promise<void> {
    this.#splitter.wrote(count)
    return this.#showAll()
  }

  end(): StreamEnd {
    const incomplete = this.#splitter.reset()
    return { images: this.#images, incomplete }
  }

  #showAll(): void | Promise<void> {
    for (;;) {
      const image = this.#splitter.next()
      if (!image) return
      try {
        this.#target.track.addImage(image)
        this.#images++
      } catch (error) {
        this.#target.onBadImage(error)
      }
      const wait = this.#pace.next()
      if (wait) return wait.then(() => this.#showAll())
    }
  }

  /** Once: a stream may have something between all of its images. */
  #onJunk(bytes: number): void {
    if (this.#toldOfJunk) return
    this.#toldOfJunk = true
    this.#target.onBadImage(
      new CliError(
        `${bytes} bytes are not part of a JPEG, PNG or WebP; they and others like them are passed over`,
      ),
    )
  }
}
