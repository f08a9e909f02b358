/** How far behind the newest frame the video is kept, s: what arrivals vary by. */
const MARGIN_S = 0.04
/** Further behind than this is not caught up with by playing faster, s. */
const SEEK_BEHIND_S = 0.25
const FASTER = 1.08
const SLOWER = 0.94
const TOLERANCE_S = 0.015

/** Keeps a video that plays a live stream close to its newest frame. */
export class LiveEdge {
  readonly #video: HTMLVideoElement
  #newest: number | undefined
  constructor(video: HTMLVideoElement) {
    this.#video = video
  }

  /** A frame of that time is on its way into the buffer, s. */
  arrived(at: number): void {
    this.#newest = at
  }

  /** It is in the buffer. */
  hold(): void {
    const video = this.#video
    if (this.#newest === undefined) return
    const behind = this.#newest - video.currentTime
    if (behind > SEEK_BEHIND_S) video.currentTime = Math.max(0, this.#newest - MARGIN_S)
    else if (behind > MARGIN_S + TOLERANCE_S) video.playbackRate = FASTER
    else if (behind < MARGIN_S - TOLERANCE_S) video.playbackRate = SLOWER
    else video.playbackRate = 1
  }

  stop(): void {
    this.#video.playbackRate = 1
  }
}
