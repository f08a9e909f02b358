import type { Attempt } from './attempt.js'
import { FrameRate } from './frame-rate.js'
import { captureToDisplay, LatencyWindow } from './latency.js'
import type { PresentedFrame } from './presented-frame.js'

/** `expectedDisplayTime` further from now than this is a mistake of the browser's, ms. */
const PLAUSIBLE_MS = 250

/** What a shown frame is measured against. */
export interface FrameSource {
  readonly attempt: Attempt | undefined
  readonly rtpOffset: number | undefined
}

/** Watches the frames that a `<video>` really shows: how many, and how old they are. */
export class FrameMeter {
  readonly #video: HTMLVideoElement
  readonly #source: FrameSource
  readonly #shown: (frame: PresentedFrame) => void
  readonly #rate = new FrameRate()
  #latency = new LatencyWindow()
  #arrival = new LatencyWindow()
  #handle = 0
  #presented = 0

  /** @param shown called for each frame seen on the screen */
  constructor(video: HTMLVideoElement, source: FrameSource, shown: (frame: PresentedFrame) => void) {
    this.#video = video
    this.#source = source
    this.#shown = shown
    this.#next()
  }

  /** Frames shown a second; undefined where the browser does not tell. */
  fps(now: number): number | undefined {
    return this.#handle ? this.#rate.perSecond(now) : undefined
  }

  latency(now: number): number | undefined {
    return this.#latency.median(now)
  }

  /** From `addImage` until the frame had arrived; undefined where the browser does not tell. */
  arrival(now: number): number | undefined {
    return this.#arrival.median(now)
  }

  /** Another connection: the measured latencies are not its own. */
  restart(): void {
    this.#latency = new LatencyWindow()
    this.#arrival = new LatencyWindow()
  }

  stop(): void {
    this.#video.cancelVideoFrameCallback?.(this.#handle)
  }

  #next(): void {
    this.#handle = this.#video.requestVideoFrameCallback?.((now, frame) => this.#frame(now, frame)) ?? 0
  }

  #frame(now: number, frame: PresentedFrame): void {
    this.#next()
    // Counts also the frames between two calls that were put on the screen without one.
    const frames = frame.presentedFrames - this.#presented
    this.#presented = frame.presentedFrames
    this.#rate.add(now, frames > 0 && frames < 100 ? frames : 1)
    this.#measure(now, frame)
    this.#shown(frame)
  }

  #measure(now: number, frame: PresentedFrame): void {
    const { attempt, rtpOffset } = this.#source
    // Asked for each frame: it may count them.
    const times = attempt?.timesOf(frame)
    if (times?.rtp === undefined || !attempt || rtpOffset === undefined) return
    const { rtp, received } = times
    const { clock } = attempt.channel
    const displayed = clock.toServer(displayTime(now, frame))
    if (displayed === undefined) return
    this.#latency.add(now, captureToDisplay(rtp, rtpOffset, displayed))
    if (received === undefined) return
    const arrived = clock.toServer(received)
    if (arrived !== undefined) this.#arrival.add(now, captureToDisplay(rtp, rtpOffset, arrived))
  }
}

function displayTime(now: number, frame: PresentedFrame): number {
  for (const time of [frame.expectedDisplayTime, frame.presentationTime])
    if (Math.abs(time - now) < PLAUSIBLE_MS) return time
  return now
}
