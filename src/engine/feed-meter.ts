import type { VideoCodec } from '../common/codec.js'
import { Histogram } from '../common/histogram.js'
import type { EncodeMeasures, SkipCause, TrackMeasures } from '../common/measures.js'

/** ms: from an ultrafast 320×240 to a keyframe of 8192×8192. */
const TIMES = [1, 2, 4, 8, 16, 33, 66, 130, 250, 500, 1000, 2500, 5000]

/** Counts what becomes of a track's images on their way through the engine. */
export class FeedMeter {
  readonly #queue = new Histogram(TIMES)
  readonly #conversion = new Histogram(TIMES)
  readonly #codecs = new Map<VideoCodec, CodecMeter>()

  /** An image was taken from the queue. @param waited ms */
  taken(waited: number): void {
    this.#queue.add(waited)
  }

  /** @param time ms, for all scales */
  converted(time: number): void {
    this.#conversion.add(time)
  }

  /** @param time ms */
  encoded(codec: VideoCodec, keyframe: boolean, time: number): void {
    const meter = this.#of(codec)
    meter.encoded++
    if (keyframe) meter.keyframes++
    meter.time.add(time)
  }

  /** Whether an encoder takes a new picture; counted when it does not. */
  isWanted(
    encoder: { codec: VideoCodec; wants(captureTime: number): boolean },
    captureTime: number,
  ): boolean {
    const isWanted = encoder.wants(captureTime)
    if (!isWanted) this.skipped(encoder.codec, 'pace')
    return isWanted
  }

  skipped(codec: VideoCodec, cause: SkipCause): void {
    this.#of(codec).skipped[cause]++
  }

  read(): Pick<TrackMeasures, 'queue' | 'conversion' | 'encoding'> {
    return {
      queue: this.#queue.read(),
      conversion: this.#conversion.read(),
      encoding: [...this.#codecs].map(
        ([codec, { encoded, keyframes, skipped, time }]): EncodeMeasures => ({
          codec,
          encoded,
          keyframes,
          skipped: { ...skipped },
          time: time.read(),
        }),
      ),
    }
  }

  #of(codec: VideoCodec): CodecMeter {
    let meter = this.#codecs.get(codec)
    if (!meter) {
      meter = new CodecMeter()
      this.#codecs.set(codec, meter)
    }
    return meter
  }
}

class CodecMeter {
  encoded = 0
  keyframes = 0
  readonly skipped: Record<SkipCause, number> = { busy: 0, pace: 0, rate: 0 }
  readonly time = new Histogram(TIMES)
}
