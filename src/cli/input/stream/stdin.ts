import { fstatSync, type Stats } from 'node:fs'
import { isatty } from 'node:tty'
import { SNIFF_LENGTH, sniffEncoded } from '../../../image/sniff.js'
import type { PixelFormat } from '../../../image/source.js'
import { type ByteSink, feed, type StreamEnd } from '../../../image/stream/byte-sink.js'
import { CliError, EXIT_USAGE } from '../../errors.js'
import type { Size } from '../../options.js'
import { systemClock } from '../../player-clock.js'
import type { LiveEnd, LiveInput, LiveTarget } from '../live.js'
import { EncodedSink } from './image-sink.js'
import { Pace } from './pace.js'
import { RawSink, refuseY4mAsRaw } from './raw-sink.js'
import { type ByteReader, readFile, readPipe } from './read-descriptor.js'
import { Y4M_MAGIC } from './y4m-header.js'
import { Y4mSink } from './y4m-sink.js'

/** What is told about the bytes of stdin. */
export interface StdinOptions {
  /** Of raw frames; without it the stream has to tell by itself what it is. */
  readonly size?: Size
  readonly format?: PixelFormat
  /** Slows the writer down to so many images per second. */
  readonly fps?: number
}

const STDIN = 0

/**
 * Images that another program writes to our stdin: raw frames, a YUV4MPEG2 stream, or JPEG, PNG and
 * WebP images one after the other. Read as fast as they are written, whoever watches.
 */
export class StdinInput implements LiveInput {
  readonly kind = 'live'
  readonly name = 'stdin'
  readonly description: string
  readonly #options: StdinOptions
  readonly #read: ByteReader
  readonly #isFile: boolean

  constructor(options: StdinOptions, source: { read: ByteReader; isFile: boolean }) {
    this.#options = options
    this.#read = source.read
    this.#isFile = source.isFile
    this.description = describe(options)
  }

  async run(target: LiveTarget, signal: AbortSignal): Promise<LiveEnd> {
    const sink = new SniffingSink((head) => this.#sinkFor(head, target, signal))
    try {
      await this.#read(sink, signal)
      if (!signal.aborted) await sink.finish()
    } finally {
      // also when it failed: an incomplete frame gives its memory back
      sink.end()
    }
    if (signal.aborted) return { shown: sink.outcome.images }
    return this.#judge(sink.outcome, sink.total)
  }

  #judge({ images, incomplete }: StreamEnd, total: number): LiveEnd {
    if (total === 0) throw new CliError('stdin is empty: nothing was written to it')
    const bytes = `${incomplete} ${incomplete === 1 ? 'byte' : 'bytes'}`
    if (images === 0) throw new CliError(`stdin ended after ${bytes} without a whole image`)
    const whole = `after ${images} ${images === 1 ? 'image' : 'images'}`
    if (incomplete === 0) return { shown: images, remark: whole }
    return { shown: images, remark: `${whole} and ${bytes} of an incomplete one, discarded` }
  }

  /** Decides by the first bytes what the stream is. */
  #sinkFor(head: Uint8Array, target: LiveTarget, signal: AbortSignal): ByteSink {
    const { size, format, fps } = this.#options
    const pace = new Pace(fps, systemClock, signal)
    if (size && format) {
      refuseY4mAsRaw(head)
      return new RawSink(target.track, { ...size, format }, pace)
    }
    if (Buffer.from(head).toString('latin1').startsWith(Y4M_MAGIC)) {
      // a file has no writer who would have to wait
      const rate = (own: number | undefined) => fps ?? (this.#isFile ? own : undefined)
      return new Y4mSink(target.track, { clock: systemClock, signal, rate }, ({ width, height, fps: own }) =>
        target.note(`Y4M, ${width}×${height}${own ? `, ${Math.round(own * 100) / 100} fps` : ''}`),
      )
    }
    const encoded = sniffEncoded(head)
    if (encoded) {
      target.note(`${encoded.toUpperCase()} images`)
      return new EncodedSink(target, pace)
    }
    const first = [...head.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    throw new CliError(
      `stdin is neither Y4M nor JPEG, PNG or WebP (it begins with ${first}); ` +
        'for raw frames give their size and format: --size 640x480 --format bgr24',
    )
  }
}

/** Opens stdin. Throws a `CliError` when nobody can write to it, or only half of its description is given. */
export function openStdin(options: StdinOptions): StdinInput {
  if (options.size && !options.format)
    throw new CliError('option --format: expected the pixel format of the raw frames, got none', EXIT_USAGE)
  if (options.format && !options.size)
    throw new CliError('option --size: expected WIDTHxHEIGHT of the raw frames, got none', EXIT_USAGE)
  if (isatty(STDIN))
    throw new CliError('stdin is a terminal: expected images from a pipe, as in  program | pixelcast serve -')
  let stats: Stats
  try {
    stats = fstatSync(STDIN)
  } catch (error) {
    throw new CliError('stdin is closed', undefined, { cause: error })
  }
  if (stats.isDirectory()) throw new CliError('stdin is a directory: expected images from a pipe or a file')
  const isPipe = stats.isFIFO() || stats.isSocket()
  return new StdinInput(options, {
    read: (sink, signal) => (isPipe ? readPipe : readFile)(STDIN, sink, signal),
    isFile: stats.isFile(),
  })
}

/** Collects the first bytes, then passes everything on to the sink that they ask for. */
class SniffingSink implements ByteSink {
  readonly #choose: (head: Uint8Array) => ByteSink
  readonly #head = new Uint8Array(SNIFF_LENGTH)
  #length = 0
  #sink: ByteSink | undefined
  /** Bytes in all. */
  total = 0
  /** What became of it, once it is closed. */
  outcome: StreamEnd = { images: 0, incomplete: 0 }

  constructor(choose: (head: Uint8Array) => ByteSink) {
    this.#choose = choose
  }

  room(): Uint8Array {
    return this.#sink?.room() ?? this.#head.subarray(this.#length)
  }

  wrote(count: number): void | Promise<void> {
    this.total += count
    if (this.#sink) return this.#sink.wrote(count)
    this.#length += count
    if (this.#length < SNIFF_LENGTH) return
    this.#sink = this.#choose(this.#head)
    return feed(this.#sink, this.#head)
  }

  /** A stream may be shorter than what tells its kind. */
  finish(): void | Promise<void> {
    if (this.#sink || this.#length === 0) return
    const head = this.#head.subarray(0, this.#length)
    this.#sink = this.#choose(head)
    return feed(this.#sink, head)
  }

  end(): StreamEnd {
    this.outcome = this.#sink?.end() ?? { images: 0, incomplete: this.#length }
    return this.outcome
  }
}

function describe({ size, format }: StdinOptions): string {
  return size ? `raw ${size.width}×${size.height} ${format}` : 'stdin'
}
