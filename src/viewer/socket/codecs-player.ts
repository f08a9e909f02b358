import type { FrameTimes } from '../attempt.js'
import type { PresentedFrame } from '../presented-frame.js'
import { CanvasOutput } from './canvas-output.js'
import type { SocketFrame } from './frame.js'
import { GeneratorOutput } from './generator-output.js'
import { describeH264, nalUnits } from './h264.js'
import { type FrameUnderWay, MediaClock, TICKS_PER_S } from './media-clock.js'
import type { Output } from './output.js'
import type { Player, PlayerCounters, PlayerHandlers } from './player.js'

/** More frames than this in the decoder are a decoder that does not keep up: what waits is worth nothing. */
const MOST_QUEUED = 6
/** What the server encodes, and VP8 cannot signal: browsers take it for BT.709 otherwise. */
const VP8_COLOURS: VideoColorSpaceInit = {
  primaries: 'bt709',
  transfer: 'bt709',
  matrix: 'smpte170m',
  fullRange: false,
}
/** A decoder that fails this often without a frame in between cannot decode this stream. */
const MOST_FAILURES = 3

/** Decodes with WebCodecs, a frame as soon as it is there. */
export class CodecsPlayer implements Player {
  readonly counters: PlayerCounters = { framesDecoded: 0, framesDropped: 0, decodeTime: 0 }
  readonly #handlers: PlayerHandlers
  readonly #clock = new MediaClock()
  readonly #output: Output
  /** What is in the decoder, by the time it was given, µs. */
  readonly #inside = new Map<number, FrameUnderWay & { since: number }>()
  #decoder: VideoDecoder | undefined
  #codec = ''
  #waitsForKeyframe = true
  #failures = 0
  #closed = false

  constructor(handlers: PlayerHandlers) {
    this.#handlers = handlers
    this.#output = GeneratorOutput.isThere ? new GeneratorOutput(this.#clock) : new CanvasOutput()
    handlers.picture(this.#output.picture)
  }

  push(frame: SocketFrame): void {
    if (this.#closed) return
    if (frame.keyframe) this.#begin(frame)
    else if (!this.#waitsForKeyframe && (this.#decoder?.decodeQueueSize ?? 0) > MOST_QUEUED) this.#interrupt()
    if (this.#waitsForKeyframe || this.#decoder?.state !== 'configured') {
      this.counters.framesDropped++
      return
    }
    const timestamp = Math.round((this.#clock.place(frame) / TICKS_PER_S) * 1_000_000)
    this.#inside.set(timestamp, { rtp: frame.rtp, received: frame.received, since: performance.now() })
    try {
      this.#decoder.decode(
        new EncodedVideoChunk({ type: frame.keyframe ? 'key' : 'delta', timestamp, data: frame.data }),
      )
    } catch {
      this.#failed()
    }
  }

  timesOf(frame: PresentedFrame): FrameTimes {
    return this.#output.timesOf(frame)
  }

  shownRtp(video: HTMLVideoElement, presented: number | undefined): number | undefined {
    return this.#output.shownRtp(video, presented)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#stop()
    this.#output.close()
  }

  /** A keyframe begins anew: with another codec or profile the decoder is set up for it. */
  #begin(frame: SocketFrame): void {
    const codec = frame.codec === 'vp8' ? 'vp8' : describeH264(nalUnits(frame.data))?.codec
    if (codec === undefined) return
    const isBehind = (this.#decoder?.decodeQueueSize ?? 0) > MOST_QUEUED
    if (isBehind) this.#stop()
    try {
      if (this.#decoder?.state !== 'configured' || codec !== this.#codec) this.#configure(codec)
      this.#waitsForKeyframe = false
    } catch {
      this.#failed()
    }
  }

  #configure(codec: string): void {
    this.#decoder ??= this.#create()
    this.#codec = codec
    // H.264 says it itself.
    const colours = codec === 'vp8' && { colorSpace: VP8_COLOURS }
    this.#decoder.configure({ codec, optimizeForLatency: true, ...colours })
  }

  #create(): VideoDecoder {
    const decoder = new VideoDecoder({
      output: (frame) => {
        if (decoder === this.#decoder) this.#show(frame)
        else frame.close()
      },
      error: () => {
        if (decoder === this.#decoder) this.#failed()
      },
    })
    return decoder
  }

  #show(frame: VideoFrame): void {
    const what = this.#inside.get(frame.timestamp)
    for (const [timestamp] of this.#inside) if (timestamp <= frame.timestamp) this.#inside.delete(timestamp)
    this.#failures = 0
    this.counters.framesDecoded++
    if (!what) {
      frame.close()
      return
    }
    this.counters.decodeTime += (performance.now() - what.since) / 1_000
    this.#output.show(frame, what)
  }

  /** What comes until the next keyframe is not decoded. */
  #interrupt(): void {
    this.#waitsForKeyframe = true
    this.#handlers.keyframeWanted()
  }

  #failed(): void {
    if (this.#closed) return
    this.#stop()
    if (++this.#failures >= MOST_FAILURES) this.#handlers.failed('This browser cannot decode the video')
    else this.#interrupt()
  }

  #stop(): void {
    const decoder = this.#decoder
    this.#decoder = undefined
    this.counters.framesDropped += this.#inside.size
    this.#inside.clear()
    if (decoder && decoder.state !== 'closed') decoder.close()
  }
}
