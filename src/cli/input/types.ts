import type { PixelFormat } from '../../image/source.js'

/** Raw pixels. */
export interface PixelImage {
  readonly data: Uint8Array
  readonly width: number
  readonly height: number
  readonly format: PixelFormat
  readonly stride?: number
}

/** What an input hands over: raw pixels, or the bytes of a JPEG, PNG or WebP file. */
export type InputImage = Uint8Array | PixelImage

export interface TimedImage {
  /** When to show it, in ms from the start of the input. Never falls. */
  readonly at: number
  /**
   * Gives the pixels; they are valid until the next image is asked for. Separate from the time, so
   * that a player which is late can leave an image out without paying for its conversion.
   */
  load(): Promise<InputImage>
}

export type InputKind = 'image' | 'slideshow' | 'video'

/** A source of images with times, read once from start to end. Nothing is decoded before it is asked for. */
export interface Input extends AsyncIterable<TimedImage> {
  readonly kind: InputKind
  /** Track name that fits it, before duplicates are told apart. */
  readonly name: string
  /** A few words for the terminal: `video 768×576, 10 fps, 1:19`. */
  readonly description: string
  /** How far it is, for the terminal: `0:12/1:19`. */
  readonly progress?: string | undefined
}

export interface PlayOptions {
  /** Images per second; an input without it keeps its own time (a video) or shows one a second (a folder). */
  readonly fps?: number
  /** Starts again at the end. */
  readonly loop?: boolean
  /** How much faster than its own time a video plays; 1 when not given. */
  readonly speed?: number
}

/** Takes notice of something that went wrong and was passed over. */
export type Report = (message: string) => void
