import { isIP } from 'node:net'
import type { VideoCodec } from '../common/codec.js'
import { checkKeys, checkOption, OptionError, show, showSecret } from '../common/errors.js'
import { checkBitrate, checkCodecs, type TrackSettings } from './options.js'

/** Options of `track.publish`. */
export interface PublishOptions {
  /** The WHIP endpoint (RFC 9725): `http:` or `https:`. */
  readonly url: string | URL
  /** Bearer token for it. Default: none is sent. */
  readonly token?: string | undefined
  /** The only codec to offer. Default: those of the track, and the engine chooses. */
  readonly codec?: VideoCodec | undefined
  /** Upper bound of what is sent, all rungs together, bit/s, 50,000…200,000,000. Default: the track's, for each pixel. */
  readonly maxBitrate?: number | undefined
  /**
   * Offers several rungs of the picture at the same time (RFC 8853), so that the engine gives each viewer the one that
   * suits: full, half and quarter size with `true` or 3, full and half with 2. Each is encoded all the time, whether
   * somebody watches it or not; one that the network does not carry is left out. An engine that does not take it gets
   * one stream. Default: false, one stream, whose size follows the network.
   */
  readonly simulcast?: boolean | 2 | 3 | undefined
  /**
   * Longest time between two keyframes, seconds, 0.5…60, for engines that record or cut the stream into pieces.
   * Local viewers of the same encoding get them too. Default: keyframes come when somebody needs one.
   */
  readonly keyframeInterval?: number | undefined
  /** Local IP address that the media is sent from. Default: any that leads to the engine. */
  readonly bindAddress?: string | undefined
}

/** Checked; structured-clonable. */
export interface PublishSettings {
  readonly url: string
  readonly token: string | undefined
  readonly codecs: readonly VideoCodec[]
  readonly maxBitrate: number | undefined
  /** 1..3, to offer at the same time. */
  readonly rungs: number
  /** ms */
  readonly keyframeInterval: number | undefined
  readonly bindAddress: string | undefined
}

const KNOWN = ['url', 'token', 'codec', 'maxBitrate', 'simulcast', 'keyframeInterval', 'bindAddress']
const MOST_RUNGS = 3
const INTERVAL = { min: 0.5, max: 60 } as const

/** @throws OptionError naming the option */
export function checkPublishOptions(options: PublishOptions, track: TrackSettings): PublishSettings {
  checkKeys(options, KNOWN)
  const { url, token, codec, maxBitrate, simulcast, keyframeInterval, bindAddress } = options
  checkOption(
    simulcast === undefined || [true, false, 2, 3].includes(simulcast),
    'simulcast',
    'true, false, 2 or 3',
    simulcast,
  )
  checkOption(codec === undefined || checkCodecs([codec]) !== undefined, 'codec', 'a codec', codec)
  checkOption(
    keyframeInterval === undefined ||
      (typeof keyframeInterval === 'number' &&
        keyframeInterval >= INTERVAL.min &&
        keyframeInterval <= INTERVAL.max),
    'keyframeInterval',
    `seconds from ${INTERVAL.min} to ${INTERVAL.max}`,
    keyframeInterval,
  )
  checkOption(
    bindAddress === undefined || (typeof bindAddress === 'string' && isIP(bindAddress) > 0),
    'bindAddress',
    'an IP address',
    bindAddress,
  )
  return {
    url: checkUrl(url),
    token: checkToken(token),
    codecs: codec === undefined ? track.codecs : [codec],
    maxBitrate: checkBitrate('maxBitrate', maxBitrate),
    rungs: typeof simulcast === 'number' ? simulcast : simulcast ? MOST_RUNGS : 1,
    keyframeInterval: keyframeInterval === undefined ? undefined : keyframeInterval * 1_000,
    bindAddress,
  }
}

/** The address may hold a secret, so what came is not shown. */
function checkUrl(value: unknown): string {
  const url = typeof value === 'string' || value instanceof URL ? parse(String(value)) : undefined
  const isGood = url?.protocol === 'http:' || url?.protocol === 'https:'
  const actual =
    url === undefined
      ? showSecret(value)
      : url.username || url.password
        ? 'one with a password'
        : show(url.protocol)
  if (!url || !isGood || url.username !== '' || url.password !== '')
    throw new OptionError({
      field: 'url',
      expected: 'an address, http: or https:, without user name',
      actual,
    })
  return url.href
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

function checkToken(token: unknown): string | undefined {
  if (token === undefined) return undefined
  // RFC 6750 §2.1 allows less, but tokens of engines are what they are. A header can hold these.
  if (typeof token === 'string' && /^[!-~]{1,8192}$/.test(token)) return token
  throw new OptionError({
    field: 'token',
    expected: 'a text of 1 to 8192 visible ASCII characters',
    actual: showSecret(token),
  })
}
