import { VIDEO_CODECS, type VideoCodec } from '../common/codec.js'
import { checkKeys, OptionError, show } from '../common/errors.js'

/** What happens to an image when the queue is full. */
export type OverflowPolicy = 'drop-oldest' | 'drop-newest'

/** Options of a track; every one may be left out. */
export interface TrackOptions {
  /**
   * Images that may wait for the encoder, 1…64. Default 1: the newest image is always the next one
   * shown, and latency cannot build up.
   */
  readonly queueSize?: number | undefined
  /** `drop-oldest` (default): newest wins. `drop-newest`: `addImage` returns false and the image is dropped. */
  readonly overflow?: OverflowPolicy | undefined
  /** Codecs to offer, best first. Default `['h264', 'vp8']`: H.264 costs less to encode, VP8 is there for browsers without it. */
  readonly codecs?: readonly VideoCodec[] | undefined
  /**
   * Upper bound of the encoded rate, bit/s, 50,000…200,000,000. Default: 6 bit per pixel and second
   * (5.5 Mbit/s at 1280×720, 12.4 Mbit/s at 1920×1080), at least 1 Mbit/s. What is easy to encode takes less.
   */
  readonly maxBitrate?: number | undefined
}

/** Options with the defaults filled in. */
export interface TrackSettings {
  readonly queueSize: number
  readonly overflow: OverflowPolicy
  readonly codecs: readonly VideoCodec[]
  /** Undefined: by the size of the image. */
  readonly maxBitrate: number | undefined
}

/** @throws OptionError */
export function checkTrackName(name: unknown): string {
  if (typeof name !== 'string' || name.length < 1 || name.length > 128 || /\p{Cc}/u.test(name)) {
    throw new OptionError({
      field: 'track name',
      expected: '1 to 128 characters without control characters',
      actual: show(name),
    })
  }
  return name
}

/** @throws OptionError naming the option */
export function checkTrackOptions(options: TrackOptions = {}): TrackSettings {
  checkKeys(options, ['queueSize', 'overflow', 'codecs', 'maxBitrate'])
  const { queueSize = 1, overflow = 'drop-oldest', codecs, maxBitrate } = options
  if (!Number.isInteger(queueSize) || queueSize < 1 || queueSize > 64) {
    throw new OptionError({
      field: 'queueSize',
      expected: 'a whole number from 1 to 64',
      actual: show(queueSize),
    })
  }
  if (overflow !== 'drop-oldest' && overflow !== 'drop-newest') {
    throw new OptionError({
      field: 'overflow',
      expected: "'drop-oldest' or 'drop-newest'",
      actual: show(overflow),
    })
  }
  if (
    maxBitrate !== undefined &&
    !(typeof maxBitrate === 'number' && maxBitrate >= 50_000 && maxBitrate <= 200_000_000)
  ) {
    throw new OptionError({
      field: 'maxBitrate',
      expected: 'bit/s from 50,000 to 200,000,000',
      actual: show(maxBitrate),
    })
  }
  return { queueSize, overflow, codecs: checkCodecs(codecs) ?? VIDEO_CODECS, maxBitrate }
}

/** @throws OptionError */
export function checkCodecs(codecs: unknown): readonly VideoCodec[] | undefined {
  if (codecs === undefined) return undefined
  const isCodec = (codec: unknown): codec is VideoCodec => VIDEO_CODECS.some((known) => known === codec)
  if (!Array.isArray(codecs) || codecs.length === 0 || !codecs.every(isCodec)) {
    throw new OptionError({
      field: 'codecs',
      expected: `a list of ${VIDEO_CODECS.join(', ')}`,
      actual: Array.isArray(codecs) ? `[${codecs.map(show).join(', ')}]` : show(codecs),
    })
  }
  return [...new Set(codecs)]
}
