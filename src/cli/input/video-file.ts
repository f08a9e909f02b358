import { AV_NOPTS_VALUE, AV_PKT_DATA_DISPLAYMATRIX, type Frame, type Stream } from 'node-av'
import { isSideways, type Orientation } from '../../image/exif.js'
import { CliError } from '../errors.js'
import { orientationOf } from './display-matrix.js'
import { displaySize, FrameConverter, fitSize } from './frame-converter.js'
import { fileSource, MediaFile, type MediaSource } from './media.js'
import { nameFromPath } from './names.js'
import { PresentationClock } from './presentation-clock.js'
import type { Input, PlayOptions, Report, TimedImage } from './types.js'

/** What is known of a video before it plays. */
export interface Traits {
  readonly pixelAspect: number
  /** How a picture of it is turned upright. */
  readonly orientation: Orientation
  readonly fps: number | undefined
}

/** A video file at its own speed, `speed` times as fast, or at `fps` frames a second. */
export class VideoFile implements Input {
  readonly kind = 'video'
  readonly name: string
  readonly description: string
  readonly #path: string
  readonly #source: MediaSource
  readonly #options: PlayOptions
  readonly #report: Report
  readonly #duration: number | undefined
  /** Of the frame that is shown, ms from the start of the file. */
  #position = 0

  /** `media` is an opened file to describe; it stays the caller's. `source`: when it is not a file of this machine. */
  constructor(
    path: string,
    media: MediaFile,
    options: PlayOptions,
    report: Report,
    source: MediaSource = fileSource(path),
  ) {
    this.#path = path
    this.#source = source
    this.#options = options
    this.#report = report
    this.name = nameFromPath(path)
    this.description = describeVideo(media, options)
    this.#duration = media.duration
  }

  get progress(): string {
    const position = duration(this.#position)
    return this.#duration === undefined ? position : `${position}/${duration(this.#duration)}`
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TimedImage> {
    const clock = new PresentationClock(this.#options.fps)
    const converter = new FrameConverter()
    try {
      do {
        const frames = yield* this.#playOnce(clock, converter)
        if (frames === 0) throw new CliError(`${this.#path}: no frame in it can be decoded`)
        clock.restart()
      } while (this.#options.loop)
    } finally {
      converter.close()
    }
  }

  async *#playOnce(clock: PresentationClock, converter: FrameConverter): AsyncGenerator<TimedImage, number> {
    const media = await MediaFile.open(this.#source)
    const traits = readTraits(media.stream)
    const { num, den } = media.stream.timeBase
    const unit = (1000 * num) / den
    const interval = traits.fps ? 1000 / traits.fps : undefined
    const { speed = 1 } = this.#options
    let count = 0
    let start: number | undefined
    try {
      for (;;) {
        const frame = await media.next()
        if (!frame) break
        count++
        const stamp = timestampOf(frame, unit)
        const at = clock.next(stamp, Number(frame.duration) * unit || interval) / speed
        start ??= stamp
        const load = () => {
          if (stamp !== undefined) this.#position = Math.max(0, stamp - (start ?? 0))
          return converter.convert(frame, traits.pixelAspect, traits.orientation)
        }
        yield { at, load }
      }
      if (media.badPackets > 0)
        this.#report(`${this.#path}: ${media.badPackets} damaged packets were passed over`)
    } finally {
      await media.close()
    }
    return count
  }
}

function timestampOf(frame: Frame, unit: number): number | undefined {
  const pts = frame.bestEffortTimestamp
  return pts === AV_NOPTS_VALUE ? undefined : Number(pts) * unit
}

/** Reads what a stream tells of itself. */
export function readTraits(stream: Stream): Traits {
  const aspect =
    stream.sampleAspectRatio.num > 0 ? stream.sampleAspectRatio : stream.codecpar.sampleAspectRatio
  const rate = stream.avgFrameRate.num > 0 ? stream.avgFrameRate : stream.rFrameRate
  return {
    pixelAspect: aspect.num > 0 && aspect.den > 0 ? aspect.num / aspect.den : 1,
    orientation: orientationOf(stream.codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX)),
    fps: rate.num > 0 && rate.den > 0 ? rate.num / rate.den : undefined,
  }
}

/** `video 768×576, 10 fps, 1:19`. */
export function describeVideo(media: MediaFile, { fps, speed = 1 }: PlayOptions = {}): string {
  const { codecpar } = media.stream
  const traits = readTraits(media.stream)
  const size = fitSize(displaySize(codecpar.width, codecpar.height, traits.pixelAspect))
  const sideways = isSideways(traits.orientation)
  const [width, height] = sideways ? [size.height, size.width] : [size.width, size.height]
  const rate = fps ?? traits.fps
  const parts = [`video ${width}×${height}`]
  if (rate) parts.push(`${Math.round(rate * 100) / 100} fps`)
  if (media.duration) parts.push(duration(media.duration))
  if (speed !== 1) parts.push(`${speed} times as fast`)
  return parts.join(', ')
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  const two = (n: number) => String(n).padStart(2, '0')
  const hours = Math.floor(seconds / 3600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}
