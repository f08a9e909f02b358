import type { VideoCodec } from '../common/codec.js'
import { type EncodeLoad, type Scale, TrackEncoder } from '../encode/index.js'

/** The encoder of a rung with a codec. */
export interface RunningEncoder {
  readonly encoder: TrackEncoder
  readonly scale: Scale
}

/** The encoders of a track that somebody watches, one for each rung and codec. */
export class RunningEncoders {
  readonly #running = new Map<string, RunningEncoder & { watchers: number }>()

  /** @param load is told of their work */
  constructor(private readonly load: EncodeLoad) {}

  get size(): number {
    return this.#running.size
  }

  get all(): RunningEncoder[] {
    return [...this.#running.values()]
  }

  /** Each of their scales, once. */
  get scales(): Scale[] {
    return [...new Set(this.all.map(({ scale }) => scale))]
  }

  get(codec: VideoCodec, scale: Scale): TrackEncoder | undefined {
    return this.#running.get(keyOf(codec, scale))?.encoder
  }

  /** Somebody watches from now on. @returns whether an encoder was started for it */
  watch(codec: VideoCodec, scale: Scale): boolean {
    const running = this.#running.get(keyOf(codec, scale))
    if (running) running.watchers++
    else
      this.#running.set(keyOf(codec, scale), {
        encoder: new TrackEncoder(codec, this.load),
        scale,
        watchers: 1,
      })
    return !running
  }

  /** Somebody no longer watches. @returns the encoder that nobody needs any more, to be closed */
  unwatch(codec: VideoCodec, scale: Scale): TrackEncoder | undefined {
    const running = this.#running.get(keyOf(codec, scale))
    if (!running || --running.watchers > 0) return undefined
    this.#running.delete(keyOf(codec, scale))
    return running.encoder
  }

  /** @returns all of them, to be closed */
  clear(): TrackEncoder[] {
    const encoders = this.all.map(({ encoder }) => encoder)
    this.#running.clear()
    return encoders
  }
}

function keyOf(codec: VideoCodec, scale: Scale): string {
  return `${codec}/${scale}`
}
