import type { PixelcastError } from '../../common/errors.js'
import type { ImageProducer } from '../../track/index.js'
import type { ImageFate } from './counts.js'

/** How images are taken over HTTP; checked. Plain data, for it crosses threads. */
export interface IngestSettings {
  /** Whether a name that nobody has added makes a new track. */
  readonly createTracks: boolean
  /** Tracks that senders may have made at a time. */
  readonly maxTracks: number
  /** Longest image, bytes. */
  readonly maxBytes: number
  /** Of one sender; a faster one is held up. */
  readonly maxBytesPerSecond: number
  /** Of all senders of a track. */
  readonly maxImagesPerSecond: number
  /** Requests with images at a time. */
  readonly maxSenders: number
  /** Longest time without a whole image, ms. */
  readonly timeout: number
}

/** The writing end of a track, as far as it is needed here. */
export type TrackInput = Pick<ImageProducer, 'addImage' | 'allocate'>

/** Where images go. The same for an engine's tracks and for those that the application's thread holds. */
export interface IngestGate {
  /** Undefined when there is no such track (any more). */
  track(name: string): TrackInput | undefined
  /** Makes a track of that name, if there still is none. Throws `SignalingError` (503) when that is not possible. */
  createTrack(name: string): Promise<void>
  /** An image for a track was refused; the application may want to know. */
  report(name: string, error: PixelcastError): void
  /** So many images had this fate. */
  count?(fate: ImageFate, by?: number): void
  /** A stream of images for a track begins, or ends. */
  sender?(name: string, event: 'begun' | 'ended'): void
}
