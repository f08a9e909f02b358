import { SignalingError, show } from '../common/errors.js'
import { MAX_MID } from './limits.js'
import {
  type OfferedCodec,
  type OfferedExtension,
  readCodecs,
  readExtensions,
  readPayloadTypes,
} from './offered-video.js'
import { asInteger, asText, isToken, type MediaSection, type RawDescription, readSdp } from './sdp-text.js'
import { readTransport, type TransportParameters } from './transport-parameters.js'

/** A browser's offer (or a WHEP client's), checked field by field. */
export interface Offer {
  /** Every m-line in the offer's order; the answer has to have the same. */
  readonly sections: readonly OfferedSection[]
  /** The video sections that could carry our stream, at least one. */
  readonly videos: readonly VideoSection[]
}

export type OfferedSection = VideoSection | ApplicationSection | UnusedSection

interface SectionBase {
  /** Position among the m-lines, from 0. */
  readonly index: number
  /** `video`, `audio`, `application`, or whatever else was offered; a token. */
  readonly kind: string
  /** A token with slashes: `UDP/TLS/RTP/SAVPF`. */
  readonly protocol: string
  /** At least one token. */
  readonly formats: readonly string[]
  /** A token of at most 64 characters; unique within the offer. */
  readonly mid?: string
  /** Which BUNDLE group of the offer it is in; undefined when in none. */
  readonly bundle?: number
}

/** A video section that is willing to receive. */
export interface VideoSection extends SectionBase {
  readonly use: 'video'
  readonly codecs: readonly OfferedCodec[]
  readonly extensions: readonly OfferedExtension[]
  readonly rtcpRsize: boolean
  readonly trickle: boolean
  readonly transport: TransportParameters
}

/** A data channel section (RFC 8841). */
export interface ApplicationSection extends SectionBase {
  readonly use: 'application'
  readonly trickle: boolean
  readonly transport: TransportParameters
  /** 1..65535, default 5000. */
  readonly sctpPort: number
  /** Bytes that the peer takes in one message; 0 means any. Default 65536 (RFC 8841 §6.1). */
  readonly maxMessageSize: number
}

/** A section that the answer rejects, and why. */
export interface UnusedSection extends SectionBase {
  readonly use: 'none'
  readonly reason: string
}

/** RFC 8829 §5.1.2: what an answerer has to take for RTP over DTLS. */
const VIDEO_PROTOCOLS = new Set(['UDP/TLS/RTP/SAVPF', 'UDP/TLS/RTP/SAVP', 'RTP/SAVPF', 'RTP/SAVP'])

/**
 * Parses and checks an SDP offer. Throws `SignalingError`, and nothing else: 400 when a line that is used
 * is malformed, 406 when it is well-formed but has no video section that we could send on, 413 when it is
 * longer than 128 KiB.
 */
export function parseOffer(sdp: string): Offer {
  const raw = readSdp(sdp, 'offer')
  if (raw.media.length === 0) throw new SignalingError(400, 'offer: expected an m=video line, got no m-line')
  const mids = readMids(raw)
  const bundles = readBundles(raw)
  const sections = raw.media.map((media, index) => readSection(raw, media, index, mids, bundles))
  const videos = sections.filter((section) => section.use === 'video')
  if (videos.length === 0) {
    const reasons = sections.map((section) =>
      section.use === 'none' ? `m-line ${section.index} (${section.kind}): ${section.reason}` : '',
    )
    throw new SignalingError(
      406,
      `offer: no video section that is willing to receive; ${reasons.filter(Boolean).slice(0, 4).join('; ')}`,
    )
  }
  return { sections, videos }
}

function readMids({ media }: RawDescription): Map<string, MediaSection> {
  const mids = new Map<string, MediaSection>()
  for (const [index, section] of media.entries()) {
    const mid = asText(section.mid)
    if (mid === undefined) continue
    if (mid.length > MAX_MID || !isToken(mid))
      throw new SignalingError(
        400,
        `offer: m-line ${index}: a=mid: expected a token of 1 to ${MAX_MID} characters, got ${show(mid)}`,
      )
    if (mids.has(mid)) throw new SignalingError(400, `offer: m-line ${index}: a=mid ${mid} is used twice`)
    mids.set(mid, section)
  }
  return mids
}

/** RFC 9143: the mids of each BUNDLE group. The first of a group speaks for its transport. */
function readBundles({ session }: RawDescription): string[][] {
  const groups = (session.groups ?? []).filter((group) => group.type === 'BUNDLE')
  return groups.map((group) => String(group.mids).split(' ').filter(Boolean))
}

function readSection(
  raw: RawDescription,
  media: MediaSection,
  index: number,
  mids: ReadonlyMap<string, MediaSection>,
  bundles: readonly string[][],
): OfferedSection {
  const where = `offer: m-line ${index}`
  const mid = asText(media.mid)
  const bundle = mid === undefined ? -1 : bundles.findIndex((group) => group.includes(mid))
  const base = {
    ...readMediaLine(media, where),
    index,
    ...(mid !== undefined && { mid }),
    ...(bundle >= 0 && { bundle }),
  }
  const unused = whyUnused(raw, media, base.kind, base.protocol, base.formats)
  if (unused) return { ...base, use: 'none', reason: unused }

  const tagged = mids.get(bundles[bundle]?.[0] ?? '')
  const sources = tagged && tagged !== media ? [media, tagged, raw.session] : [media, raw.session]
  const transport = readTransport(sources, where)
  const iceOptions = asText(media.iceOptions) ?? asText(raw.session.iceOptions) ?? ''
  const trickle = iceOptions.split(' ').includes('trickle')
  if (base.kind === 'video')
    return {
      ...base,
      use: 'video',
      codecs: readCodecs(media, readPayloadTypes(base.formats, where), where),
      extensions: readExtensions(media, raw.session),
      rtcpRsize: media.rtcpRsize !== undefined,
      trickle,
      transport,
    }
  const sctpPort = asInteger(media.sctpPort ?? 5000, 1, 65535)
  const maxMessageSize = asInteger(media.maxMessageSize ?? 65536, 0, Number.MAX_SAFE_INTEGER)
  if (sctpPort === undefined)
    throw new SignalingError(400, `${where}: a=sctp-port: expected 1 to 65535, got ${media.sctpPort}`)
  if (maxMessageSize === undefined)
    throw new SignalingError(400, `${where}: a=max-message-size: expected bytes, got ${media.maxMessageSize}`)
  return { ...base, use: 'application', trickle, transport, sctpPort, maxMessageSize }
}

function readMediaLine(media: MediaSection, where: string) {
  const kind = asText(media.type) ?? ''
  const protocol = asText(media.protocol) ?? ''
  const formats = (asText(media.payloads) ?? '').split(' ').filter(Boolean)
  const wellFormed =
    isToken(kind) &&
    protocol.split('/').every(isToken) &&
    formats.length > 0 &&
    formats.every(isToken) &&
    asInteger(media.port, 0, 65535) !== undefined
  if (!wellFormed)
    throw new SignalingError(400, `${where}: expected "m=KIND PORT PROTOCOL FORMATS…" (RFC 8866 §5.14)`)
  return { kind, protocol, formats }
}

/** Why a well-formed section is of no use to us; undefined when it is. */
function whyUnused(
  raw: RawDescription,
  media: MediaSection,
  kind: string,
  protocol: string,
  formats: readonly string[],
): string | undefined {
  if (kind !== 'video' && kind !== 'application') return 'only video and data are sent'
  // RFC 9143 §6: port zero means "rejected", unless the section lives off another one's transport.
  if (asInteger(media.port, 0, 65535) === 0 && media.bundleOnly === undefined) return 'its port is 0'
  if (kind === 'application') {
    if (protocol !== 'UDP/DTLS/SCTP' || formats[0] !== 'webrtc-datachannel')
      return 'expected UDP/DTLS/SCTP webrtc-datachannel'
    return undefined
  }
  if (!VIDEO_PROTOCOLS.has(protocol)) return `expected UDP/TLS/RTP/SAVPF, got ${show(protocol)}`
  const direction = media.direction ?? raw.session.direction ?? 'sendrecv'
  if (direction !== 'recvonly' && direction !== 'sendrecv')
    return `expected a=recvonly or a=sendrecv, got a=${direction}`
  if (media.rtcpMux === undefined) return 'expected a=rtcp-mux'
  return undefined
}
