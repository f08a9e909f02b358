import { checkKeys } from '../common/errors.js'
import type { EngineLimits } from '../engine/limits.js'
import type { WrongTokenLimits } from '../server/access/wrong-tokens.js'
import { MAX_SDP_BYTES } from '../signaling/limits.js'
import { check, isWhole } from './checks.js'

/**
 * How much may be taken of a server; every one may be left out. Who is refused is told when to come back
 * (`Retry-After`), and the server's event `error` tells which limit it was (`LimitError`). Those who watch already
 * are never ended for those who come. Limits of images over HTTP are in `ingest`.
 */
export interface LimitOptions {
  /** Longest body of a request that is no image, 16,384…131,072 bytes; 413 above. Default 131,072: ten times the longest offer of a browser. */
  readonly bodyBytes?: number | undefined
  /** Sessions at a time, connected or about to, 1…10,000; 503 above. Default 500: about what one core sends at 2 Mbit/s each. */
  readonly sessions?: number | undefined
  /**
   * The same from one address (of IPv6: 64 bits of it), 1…10,000; 429 above. Default 100; from loopback, behind
   * which a tunnel or a proxy may have many, as many as `sessions`.
   */
  readonly sessionsPerAddress?: number | undefined
  /** The same with one bearer token, 1…10,000; 429 above. Default: as many as `sessions`, for most often all share one. */
  readonly sessionsPerToken?: number | undefined
  /**
   * Sessions from one address that have not connected yet, 1…10,000; 429 above. After 3 s such a session gives way to
   * a new one. Default 32; from loopback as many as `sessions`.
   */
  readonly connectingPerAddress?: number | undefined
  /** New sessions a second, 0.1…10,000, and at once as many as in five; 503 above. Default 50. */
  readonly sessionRate?: number | undefined
  /** The same from one address; 429 above. Default 10; from loopback as `sessionRate`. */
  readonly sessionRatePerAddress?: number | undefined
  /**
   * Different wrong tokens a minute from one address, 1…1,000; 429 above, without looking at what is shown, until a
   * minute has passed since the first of them. Tokens that were right from there within the last hour go on being taken.
   * Default 20; from loopback 600.
   */
  readonly wrongTokens?: number | undefined
  /** A session that has not connected so long after its answer is ended, 100…120,000 ms. Default 10,000. */
  readonly handshakeTime?: number | undefined
  /** Messages a second from one viewer's data channel, 1…100,000, for a moment twice as many; above it is closed. Default 500. */
  readonly channelMessages?: number | undefined
  /** Bytes a second from one viewer's data channel, 1,024…10,000,000, for a moment twice as many; above it is closed. Default 131,072. */
  readonly channelBytes?: number | undefined
  /** Longest message from a viewer's data channel, 256…65,536 characters or bytes; above it is closed. Default 4,096. */
  readonly channelMessageBytes?: number | undefined
  /** Tracks at a time, 1…10,000, those of senders included. `addTrack` throws `OptionError` above, senders are answered 503. Default 1,000. */
  readonly tracks?: number | undefined
  /**
   * Share of the machine that converting and encoding may take, of all tracks, 0.01…1: of its cores, or of libuv's
   * threads if that is more, in the last three seconds. A session that needs an encoder which does not run yet, and
   * would bring it above, is answered 503; one that only watches what is encoded is not. 1: no limit. Default 0.85.
   */
  readonly encodeLoad?: number | undefined
  /** Share of the last five seconds that the engine's thread may have been busy, 0.01…1; 503 above, for all new sessions. 1: no limit. Default 0.95. */
  readonly sendLoad?: number | undefined
}

/** All of them, checked. Plain data, for it crosses threads. */
export interface LimitSettings {
  readonly bodyBytes: number
  readonly tracks: number
  readonly wrongTokens: WrongTokenLimits
  readonly engine: EngineLimits
}

/** The limit of all is the only one. */
const NONE = Number.MAX_SAFE_INTEGER

interface Range {
  /** Undefined: it depends on another one. */
  readonly standard?: number
  readonly least: number
  readonly most: number
  readonly isWhole: boolean
}

const whole = (standard: number | undefined, least: number, most: number): Range => ({
  ...(standard !== undefined && { standard }),
  least,
  most,
  isWhole: true,
})
const share = (standard: number): Range => ({ standard, least: 0.01, most: 1, isWhole: false })
const rate = (standard?: number): Range => ({
  ...(standard !== undefined && { standard }),
  least: 0.1,
  most: 10_000,
  isWhole: false,
})

/** What each may be. */
export const LIMITS: Readonly<Record<keyof LimitOptions, Range>> = {
  bodyBytes: whole(MAX_SDP_BYTES, 16_384, MAX_SDP_BYTES),
  sessions: whole(500, 1, 10_000),
  sessionsPerAddress: whole(undefined, 1, 10_000),
  sessionsPerToken: whole(undefined, 1, 10_000),
  connectingPerAddress: whole(undefined, 1, 10_000),
  sessionRate: rate(50),
  sessionRatePerAddress: rate(),
  wrongTokens: whole(undefined, 1, 1_000),
  handshakeTime: whole(10_000, 100, 120_000),
  channelMessages: whole(500, 1, 100_000),
  channelBytes: whole(128 * 1024, 1_024, 10_000_000),
  channelMessageBytes: whole(4_096, 256, 65_536),
  tracks: whole(1_000, 1, 10_000),
  encodeLoad: share(0.85),
  sendLoad: share(0.95),
}

/** The option `limits` of a server. @throws OptionError naming the option */
export function checkLimits(options: LimitOptions = {}): LimitSettings {
  checkKeys(options, Object.keys(LIMITS), 'limits.')
  for (const name of Object.keys(LIMITS) as (keyof LimitOptions)[]) checkLimit(name, options[name])
  const of = (name: keyof LimitOptions): number => options[name] ?? LIMITS[name].standard ?? Number.NaN
  const { sessionsPerAddress, connectingPerAddress, sessionRatePerAddress, sessionsPerToken } = options
  return {
    bodyBytes: of('bodyBytes'),
    tracks: of('tracks'),
    wrongTokens: {
      perAddress: options.wrongTokens ?? 20,
      perLoopback: options.wrongTokens ?? 600,
    },
    engine: {
      sessions: of('sessions'),
      perAddress: {
        sessions: sessionsPerAddress ?? 100,
        connecting: connectingPerAddress ?? 32,
        rate: sessionRatePerAddress ?? 10,
      },
      perLoopback: {
        sessions: sessionsPerAddress ?? NONE,
        connecting: connectingPerAddress ?? NONE,
        rate: sessionRatePerAddress ?? NONE,
      },
      perToken: sessionsPerToken ?? NONE,
      rate: of('sessionRate'),
      encodeLoad: of('encodeLoad'),
      sendLoad: of('sendLoad'),
      peer: {
        handshakeTime: of('handshakeTime'),
        channel: {
          messages: of('channelMessages'),
          bytes: of('channelBytes'),
          messageBytes: of('channelMessageBytes'),
        },
      },
    },
  }
}

/** @throws OptionError naming the limit */
export function checkLimit(name: keyof LimitOptions, value: unknown): void {
  if (value === undefined) return
  const { least, most, isWhole: wantsWhole } = LIMITS[name]
  const good = wantsWhole
    ? isWhole(value, least, most)
    : typeof value === 'number' && value >= least && value <= most
  check(good, `limits.${name}`, `a ${wantsWhole ? 'whole ' : ''}number from ${least} to ${most}`, value)
}
