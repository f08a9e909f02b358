import type { Size } from './placement.js'

/** What browsers record, the most useful first: VP8 costs the least, Safari has MP4 alone. */
export const RECORDING_TYPES = ['video/webm;codecs=vp8', 'video/webm', 'video/mp4']
/** Twice what a live stream of that size has: a recording is looked at again, frame by frame. */
const BITS_PER_PIXEL = 0.2
const ASSUMED_FPS = 30
const LEAST_BITRATE = 1_000_000
const MOST_BITRATE = 40_000_000
/** A recording of the picture: one file, of the size that the image had at its beginning. */
export interface Recording {
  /** `video/webm` or `video/mp4`, whichever the browser has. */
  readonly type: string
  /** How long it has been going on, s. */
  readonly seconds: number
  /** Ends it and gives the file; called again, the same one. */
  stop(): Promise<Blob>
}

/** Bits a second for a size. */
export function recordingBitrate({ width, height }: Size): number {
  const wanted = width * height * BITS_PER_PIXEL * ASSUMED_FPS
  return Math.round(Math.min(MOST_BITRATE, Math.max(LEAST_BITRATE, wanted)))
}
