import { openImage } from '../../image/index.js'
import type { IngestGate, TrackInput } from './settings.js'
import { makeTrack } from './track-of.js'

/** What a track takes. */
export type StreamImage = Parameters<TrackInput['addImage']>[0]

/** Gives an image to a track, as the newest of so many. True when it was taken; throws when the stream has to end. */
export type PushImage = (track: TrackInput, image: StreamImage, count: number) => boolean

export interface StreamTrackOptions {
  readonly gate: IngestGate
  readonly name: string
  /** Undefined: it is made when there is an image for it. */
  readonly track: TrackInput | undefined
  readonly push: PushImage
  /** The track could not be made, or not take the image that waited for it: the stream has to end. */
  onFailure(error: unknown): void
}

/**
 * The track of a stream. One that is not there yet is made with the first image that can be shown: for a stream of none
 * it would stay, take one of the places that there are, and show nothing. Until it is there the newest image waits
 * here, as it would in the track's queue.
 */
export class StreamTrack {
  readonly #options: StreamTrackOptions
  #track: TrackInput | undefined
  #waiting: StreamImage | undefined
  #count = 0
  #making: Promise<void> | undefined

  constructor(options: StreamTrackOptions) {
    this.#options = options
    this.#track = options.track
  }

  /** Undefined: it is not there yet. */
  get input(): TrackInput | undefined {
    return this.#track
  }

  /** Its bytes are the caller's again afterwards. False when there was no room for it. Throws `ImageError`. */
  add(image: StreamImage): boolean {
    if (this.#track) return this.#options.push(this.#track, image, 1)
    this.#waiting = copyOf(image)
    this.#count++
    if (!this.#making) {
      this.#making = this.#make()
      this.#making.catch(this.#options.onFailure)
    }
    return true
  }

  /** Resolves when no image waits any more. Throws what `onFailure` was told. */
  async settled(): Promise<void> {
    await this.#making
  }

  async #make(): Promise<void> {
    const { gate, name, push } = this.#options
    const track = await makeTrack(gate, name)
    const image = this.#waiting!
    this.#waiting = undefined
    this.#track = track
    push(track, image, this.#count)
  }
}

/** Checked, too: what is no image throws `ImageError`. */
function copyOf(image: StreamImage): StreamImage {
  const source = openImage(image)
  const { format, width, height } = source
  const data = new Uint8Array(source.byteLength)
  source.copyTo(data)
  if (format === 'jpeg' || format === 'png' || format === 'webp') return data
  return { data, width, height, format }
}
