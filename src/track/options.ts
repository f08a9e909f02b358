import { VIDEO_CODECS, type VideoCodec } from '../common/codec.js'
import { checkKeys, OptionError, show } from '../common/errors.js'
import { type ControlRule, checkControlRule } from './control-rule.js'

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
   * (5.5 Mbit/s at 1280×720, 12.4 Mbit/s at 1920×1080), at least 1 Mbit/s. What is easy to encode takes less,
   * and so does what goes to a viewer whose network does not take it.
   */
  readonly maxBitrate?: number | undefined
  /**
   * What every viewer is sent if need be, whatever its network says, bit/s, 50,000…`maxBitrate`. Default
   * 100,000. On a network that does not take it, images are left out and come late.
   */
  readonly minBitrate?: number | undefined
  /**
   * What a new viewer's network is taken for, bit/s, until it is known, a second or so: 50,000…200,000,000.
   * Default 1,000,000. More starts sharper, and slower where there is less.
   */
  readonly startBitrate?: number | undefined
  /**
   * What matters when a network does not take everything. `motion` (default): images keep coming, in a
   * smaller picture. `detail`: the picture keeps its size, and fewer images come, down to five a second.
   */
  readonly contentHint?: ContentHint | undefined
  /**
   * How long browsers may wait for a smooth picture, ms, 0…40,950 in steps of 10. Default: not at all on a calm
   * network, up to 100 ms on one that loses or delays packets. `min` 200 or so hides the jitter of bad networks.
   */
  readonly playoutDelay?: PlayoutDelay | undefined
  /** Whose keys, pointer and controls are listened to. Default `nobody`. */
  readonly control?: ControlRule | undefined
}

/** What matters when there is not enough for all: `motion`, to keep the images coming; `detail`, to keep them sharp. */
export type ContentHint = 'motion' | 'detail'

/** Bounds for the time that a browser lets pass before it shows an image, ms. */
export interface PlayoutDelay {
  /** At least so long after it was made. */
  readonly min: number
  /** At most; 0 shows the newest and skips what is before it. */
  readonly max: number
}

/** Options with the defaults filled in. */
export interface TrackSettings {
  readonly queueSize: number
  readonly overflow: OverflowPolicy
  readonly codecs: readonly VideoCodec[]
  /** Undefined: by the size of the image. */
  readonly maxBitrate: number | undefined
  readonly minBitrate: number | undefined
  readonly startBitrate: number | undefined
  readonly contentHint: ContentHint
  readonly playoutDelay: PlayoutDelay | undefined
  /** Without the token, which is not for everybody's eyes. */
  readonly control: 'nobody' | 'anyone' | 'first' | 'token'
}

const LEAST_BITRATE = 50_000
const MOST_BITRATE = 200_000_000
/** Twelve bits of ten milliseconds. */
const MOST_PLAYOUT_DELAY = 40_950

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
  checkKeys(options, [
    'queueSize',
    'overflow',
    'codecs',
    'maxBitrate',
    'minBitrate',
    'startBitrate',
    'contentHint',
    'playoutDelay',
    'control',
  ])
  const { queueSize = 1, overflow = 'drop-oldest', codecs, contentHint = 'motion' } = options
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
  if (contentHint !== 'motion' && contentHint !== 'detail') {
    throw new OptionError({
      field: 'contentHint',
      expected: "'motion' or 'detail'",
      actual: show(contentHint),
    })
  }
  const maxBitrate = checkBitrate('maxBitrate', options.maxBitrate)
  const minBitrate = checkBitrate('minBitrate', options.minBitrate, maxBitrate)
  return {
    queueSize,
    overflow,
    codecs: checkCodecs(codecs) ?? VIDEO_CODECS,
    maxBitrate,
    minBitrate,
    startBitrate: checkBitrate('startBitrate', options.startBitrate),
    contentHint,
    playoutDelay: checkPlayoutDelay(options.playoutDelay),
    control: checkControlRule(options.control),
  }
}

/** @throws OptionError */
export function checkBitrate(field: string, value: unknown, most = MOST_BITRATE): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'number' && value >= LEAST_BITRATE && value <= most) return value
  throw new OptionError({
    field,
    expected: `bit/s from ${LEAST_BITRATE.toLocaleString('en')} to ${most.toLocaleString('en')}`,
    actual: show(value),
  })
}

function checkPlayoutDelay(value: unknown): PlayoutDelay | undefined {
  if (value === undefined) return undefined
  const { min, max } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  const isDelay = (time: unknown): time is number =>
    typeof time === 'number' && time >= 0 && time <= MOST_PLAYOUT_DELAY
  if (isDelay(min) && isDelay(max) && min <= max) return { min, max }
  throw new OptionError({
    field: 'playoutDelay',
    expected: '{ min, max } in ms, 0 <= min <= max <= 40,950',
    actual:
      typeof value === 'object' && value !== null ? `{ min: ${show(min)}, max: ${show(max)} }` : show(value),
  })
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
