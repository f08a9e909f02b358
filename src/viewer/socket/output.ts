import type { FrameTimes, Picture } from '../attempt.js'
import type { PresentedFrame } from '../presented-frame.js'
import type { FrameUnderWay } from './media-clock.js'

/** Where decoded frames are shown. */
export interface Output {
  readonly picture: Picture
  /** Shows a frame, and closes it. */
  show(frame: VideoFrame, what: FrameUnderWay): void
  timesOf(frame: PresentedFrame): FrameTimes
  shownRtp(video: HTMLVideoElement, presented: number | undefined): number | undefined
  close(): void
}
