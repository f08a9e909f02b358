import type { FrameTimes, Picture } from '../attempt.js'
import type { PresentedFrame } from '../presented-frame.js'
import type { MediaClock } from './media-clock.js'
import type { Output } from './output.js'
import { frameWithin } from './shown-frame.js'

/** A track that frames are written to: Chromium has it on the page; not yet in TypeScript's DOM. */
type Generator = MediaStreamTrack & { readonly writable: WritableStream<VideoFrame> }
type GeneratorClass = new (init: { kind: 'video' }) => Generator

const generatorClass = (): GeneratorClass | undefined =>
  (globalThis as { MediaStreamTrackGenerator?: GeneratorClass }).MediaStreamTrackGenerator

/** Frames straight into a track. Their time comes out again with each frame that a video shows. */
export class GeneratorOutput implements Output {
  static get isThere(): boolean {
    return generatorClass() !== undefined
  }

  readonly picture: Picture
  readonly #clock: MediaClock
  readonly #track: Generator
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>

  /** @param clock that has given the frames their times */
  constructor(clock: MediaClock) {
    const Class = generatorClass()
    if (!Class) throw new Error('This browser has no MediaStreamTrackGenerator')
    this.#clock = clock
    this.#track = new Class({ kind: 'video' })
    this.#writer = this.#track.writable.getWriter()
    this.picture = { track: this.#track }
  }

  show(frame: VideoFrame): void {
    // A track that was stopped by whoever has the stream takes no more.
    this.#writer.write(frame).catch(() => frame.close())
  }

  timesOf(frame: PresentedFrame): FrameTimes {
    const found = this.#clock.find(frame.mediaTime)
    return { rtp: found?.rtp, exact: true, received: found?.received }
  }

  shownRtp(video: HTMLVideoElement, presented: number | undefined): number | undefined {
    return frameWithin(video, this.#clock)?.rtp ?? presented
  }

  close(): void {
    this.#writer.close().catch(() => {})
    this.#track.stop()
  }
}
