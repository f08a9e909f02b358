import type { AllocatedImage, AllocateOptions } from '../../track/index.js'
import type { InputImage } from './types.js'

/** Where a live input puts its images: the part of a track that it needs. */
export interface ImageSink {
  /** Takes an image by copy; throws an `ImageError` when it is none. */
  addImage(image: InputImage | AllocatedImage): boolean
  /** Memory to write the next image into; an `EngineError` when there is none to be had. */
  allocate(options: AllocateOptions): AllocatedImage
}

/** What a live input may use while it runs. */
export interface LiveTarget {
  readonly track: ImageSink
  /** A line for the terminal, about this input. */
  note(text: string): void
  warn(text: string): void
  /** An image was refused or cannot be read; the next one follows. */
  onBadImage(error: unknown): void
}

/** How a live input ended. */
export interface LiveEnd {
  /** Images that were handed to the track. */
  readonly shown: number
  /** What a person should know beside that it ended. */
  readonly remark?: string
}

/**
 * A source that says by itself when there is an image: a pipe, a camera, a folder that is written to. It
 * is read as fast as it gives; what nobody has time to show, the track drops (newest wins).
 */
export interface LiveInput {
  readonly kind: 'live'
  /** Track name that fits it, before duplicates are told apart. */
  readonly name: string
  /** A few words for the terminal. */
  readonly description: string
  /** How far it is, for the terminal, when it has an end that is known. */
  readonly progress?: string | undefined
  /**
   * Pushes images until the source ends or `signal` is aborted. Rejects with a `CliError` when it cannot go
   * on and trying again would not help.
   */
  run(target: LiveTarget, signal: AbortSignal): Promise<LiveEnd>
}
