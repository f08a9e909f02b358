import type { FrameTimes, Picture } from '../attempt.js'
import type { PresentedFrame } from '../presented-frame.js'
import type { SocketFrame } from './frame.js'

/** What a player tells of its work; all grow from its beginning. */
export interface PlayerCounters {
  framesDecoded: number
  /** Came, and were not shown. */
  framesDropped: number
  /** Seconds, summed over all frames. */
  decodeTime: number
}

export interface PlayerHandlers {
  picture(picture: Picture): void
  /** Nothing can be decoded until a keyframe has come. */
  keyframeWanted(): void
  /** This browser cannot go on. */
  failed(reason: string): void
}

/** Decodes encoded frames and shows them. */
export interface Player {
  readonly counters: PlayerCounters
  push(frame: SocketFrame): void
  timesOf(frame: PresentedFrame): FrameTimes
  shownRtp(video: HTMLVideoElement, presented: number | undefined): number | undefined
  close(): void
}
