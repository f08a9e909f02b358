import type { FrameTimes, Picture } from '../attempt.js'
import type { PresentedFrame } from '../presented-frame.js'
import { CanvasCount } from './canvas-count.js'
import type { FrameUnderWay } from './media-clock.js'
import type { Output } from './output.js'

/**
 * Frames into a canvas, whose stream a video shows: where nothing better is there (Firefox). One picture of the
 * screen takes one frame at most, the newest: so many the stream takes from the canvas, and can be counted.
 */
export class CanvasOutput implements Output {
  readonly picture: Picture
  readonly #context: CanvasRenderingContext2D
  readonly #track: MediaStreamTrack
  readonly #count = new CanvasCount()
  #next: { readonly frame: VideoFrame; readonly what: FrameUnderWay } | undefined
  #animation = 0

  constructor() {
    const context = document.createElement('canvas').getContext('2d', { alpha: false })
    const track = context?.canvas.captureStream().getVideoTracks()[0]
    if (!context || !track) throw new Error('This browser makes no stream of a canvas')
    this.#context = context
    this.#track = track
    this.picture = { track }
  }

  show(frame: VideoFrame, what: FrameUnderWay): void {
    this.#next?.frame.close()
    this.#next = { frame, what }
    this.#animation ||= requestAnimationFrame(() => this.#draw())
  }

  timesOf({ presentedFrames }: PresentedFrame): FrameTimes {
    const drawn = this.#count.find(presentedFrames, performance.now())
    return { rtp: drawn?.rtp, exact: true, received: drawn?.received }
  }

  shownRtp(_: HTMLVideoElement, presented: number | undefined): number | undefined {
    return presented
  }

  close(): void {
    cancelAnimationFrame(this.#animation)
    this.#next?.frame.close()
    this.#next = undefined
    this.#track.stop()
  }

  #draw(): void {
    this.#animation = 0
    const now = performance.now()
    if (!this.#next) return
    if (!this.#count.mayDraw(now)) {
      this.#animation = requestAnimationFrame(() => this.#draw())
      return
    }
    const { frame, what } = this.#next
    this.#next = undefined
    const { canvas } = this.#context
    const { displayWidth, displayHeight } = frame
    if (canvas.width !== displayWidth || canvas.height !== displayHeight) {
      canvas.width = displayWidth
      canvas.height = displayHeight
    }
    this.#context.drawImage(frame, 0, 0)
    frame.close()
    this.#count.drew(what, now)
  }
}
