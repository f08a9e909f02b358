import type { ByteSink, StreamEnd } from '../../../image/stream/byte-sink.js'
import { FrameWriter } from '../../../image/stream/frame-writer.js'
import type { AllocatedImage } from '../../../track/index.js'
import { CliError } from '../../errors.js'
import type { PlayerClock } from '../../player.js'
import type { ImageSink } from '../live.js'
import { Pace } from './pace.js'
import { Y4mConverter } from './y4m-converter.js'
import { frameBytes, MAX_HEADER, parseY4mHeader, type Y4mHeader } from './y4m-header.js'

const NEWLINE = 10
/** A frame's own line is `FRAME`, with parameters that hardly anybody writes. */
const FRAME = 'FRAME'
/** `FRAME` and the end of the line. */
const SHORTEST_LINE = 6

/** When to show the frames. */
export interface Y4mTiming {
  readonly clock: PlayerClock
  readonly signal: AbortSignal
  /** Frames per second, given the rate that the header tells; undefined: as they come. */
  rate(own: number | undefined): number | undefined
}

/** Collects the bytes of a frame, and pushes it. */
interface FrameCollector {
  readonly filled: number
  room(): Uint8Array
  wrote(count: number): boolean
  discard(): void
}

/** A YUV4MPEG2 stream, whose header tells size and format. */
export class Y4mSink implements ByteSink {
  readonly #track: ImageSink
  readonly #timing: Y4mTiming
  /** Of a line only what must belong to it is read, so that no pixel gets into it. */
  readonly #line = new Uint8Array(MAX_HEADER)
  #lineLength = 0
  #collector: FrameCollector | undefined
  #pace: Pace | undefined
  #inFrame = false
  #images = 0
  readonly #onHeader: (header: Y4mHeader) => void

  constructor(track: ImageSink, timing: Y4mTiming, onHeader: (header: Y4mHeader) => void = () => undefined) {
    this.#track = track
    this.#timing = timing
    this.#onHeader = onHeader
  }

  room(): Uint8Array {
    if (this.#inFrame && this.#collector) return this.#collector.room()
    const sure = this.#collector ? Math.max(1, SHORTEST_LINE - this.#lineLength) : 1
    return this.#line.subarray(this.#lineLength, this.#lineLength + sure)
  }

  wrote(count: number): void | Promise<void> {
    if (this.#inFrame && this.#collector) {
      if (!this.#collector.wrote(count)) return
      this.#inFrame = false
      this.#images++
      return this.#pace?.next()
    }
    this.#lineLength += count
    if (this.#line[this.#lineLength - 1] === NEWLINE) this.#readLine()
    else if (this.#collector && this.#lineLength >= SHORTEST_LINE && !this.#text().startsWith(FRAME))
      throw this.#noFrame()
    else if (this.#lineLength === MAX_HEADER)
      throw new CliError(`Y4M: expected the end of a line within ${MAX_HEADER} bytes`)
  }

  end(): StreamEnd {
    const incomplete = this.#inFrame ? (this.#collector?.filled ?? 0) : this.#lineLength
    this.#collector?.discard()
    return { images: this.#images, incomplete }
  }

  #readLine(): void {
    const line = this.#text().slice(0, -1)
    if (this.#collector) {
      if (!/^FRAME( |$)/.test(line)) throw this.#noFrame()
      this.#lineLength = 0
      this.#inFrame = true
      return
    }
    this.#lineLength = 0
    const header = parseY4mHeader(line)
    this.#collector = collectorFor(header, this.#track)
    this.#pace = new Pace(this.#timing.rate(header.fps), this.#timing.clock, this.#timing.signal)
    this.#onHeader(header)
  }

  #text(): string {
    return Buffer.from(this.#line.buffer, 0, this.#lineLength).toString('latin1')
  }

  #noFrame(): CliError {
    const got = JSON.stringify(this.#text().slice(0, 20))
    return new CliError(`Y4M: expected ${FRAME} before frame ${this.#images + 1}, got ${got}`)
  }
}

/** What the engine reads as it is goes straight into its memory. */
function collectorFor(header: Y4mHeader, track: ImageSink): FrameCollector {
  const { width, height, pixelFormat, fullRange, pixelAspect } = header
  if (pixelAspect === 1) {
    if (pixelFormat === 'yuv420p' && !fullRange)
      return new FrameWriter<AllocatedImage>(track, { width, height, format: 'yuv420p' })
    if (pixelFormat === 'gray')
      return new FrameWriter<AllocatedImage>(track, { width, height, format: 'gray8' })
  }
  return new Y4mConverter(track, header, frameBytes(header))
}
