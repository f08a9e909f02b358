import type { FrameUnderWay, MediaClock } from './media-clock.js'

/** The frame that a video holds at this moment; undefined where the browser does not tell. */
export function frameWithin(video: HTMLVideoElement, clock: MediaClock): FrameUnderWay | undefined {
  // Firefox does not give frames of a video their times.
  if (typeof VideoFrame === 'undefined' || !('metadata' in VideoFrame.prototype)) return undefined
  try {
    const frame = new VideoFrame(video)
    const found = clock.find(frame.timestamp / 1_000_000)
    frame.close()
    return found
  } catch {
    return undefined // there is no frame yet
  }
}
