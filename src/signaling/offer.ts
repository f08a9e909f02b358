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
  /** Which BUNDLE group of the offer it is in, and where in the group; undefined when in none. */
  readonly bundle?: { readonly group: number; readonly position: number }
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

/** A section that carries nothing of ours, and why. */
export interface UnusedSection extends SectionBase {
  readonly use: 'none'
  readonly reason: string
  /**
   * There when it is the first RTP section of a BUNDLE group that still could lend its transport: with
   * `bundlePolicy: 'max-bundle'` Chromium refuses an answer that rejects the section that the others'
   * transport hangs on, so it is then accepted as inactive.
   */
  readonly carrier?: CarrierParameters
}

export type CarrierSection = UnusedSection & { readonly carrier: CarrierParameters }

export function isCarrier(section: OfferedSection): section is CarrierSection {
  return section.use === 'none' && section.carrier !== undefined
}

export interface CarrierParameters {
  readonly trickle: boolean
  readonly rtcpRsize: boolean
  readonly transport: TransportParameters
  /** What a=rtpmap says of its first format: `opus/48000/2`; undefined for a static payload type. */
  readonly rtpmap?: string
}

/** RFC 8829 §5.1.2: what an answerer has to take for RTP over DTLS. */
const RTP_PROTOCOLS = new Set(['UDP/TLS/RTP/SAVPF', 'UDP/TLS/RTP/SAVP', 'RTP/SAVPF', 'RTP/SAVP'])

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
  const group = mid === undefined ? -1 : bundles.findIndex((group) => group.includes(mid))
  const position = bundles[group]?.indexOf(mid ?? '') ?? -1
  const base = {
    ...readMediaLine(media, where),
    index,
    ...(mid !== undefined && { mid }),
    ...(position >= 0 && { bundle: { group, position } }),
  }
  const tagged = mids.get(bundles[group]?.[0] ?? '')
  const trickle = (asText(media.iceOptions) ?? asText(raw.session.iceOptions)) === 'trickle'
  const reason = whyUnused(raw, media, base.kind, base.protocol, base.formats)
  if (reason) {
    const carrier = tagged === media ? readCarrier(raw, media, base, trickle) : undefined
    return { ...base, use: 'none', reason, ...(carrier && { carrier }) }
  }
  const sources = tagged && tagged !== media ? [media, tagged, raw.session] : [media, raw.session]
  const transport = readTransport(sources, where)
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

function readCarrier(
  raw: RawDescription,
  media: MediaSection,
  { index, protocol, formats }: SectionBase,
  trickle: boolean,
): CarrierParameters | undefined {
  const where = `offer: m-line ${index}`
  if (!RTP_PROTOCOLS.has(protocol) || media.rtcpMux === undefined || isOff(media)) return undefined
  const payloadType = asInteger(formats[0], 0, 127)
  const map = media.rtp?.find((entry) => asInteger(entry.payload, 0, 127) === payloadType)
  const rtpmap = map && [map.codec, map.rate, map.encoding].filter((part) => part !== undefined).join('/')
  if (payloadType === undefined || (rtpmap !== undefined && !/^[\w.-]+\/\d{1,10}(\/\d{1,3})?$/.test(rtpmap)))
    return undefined
  return {
    trickle,
    rtcpRsize: media.rtcpRsize !== undefined,
    transport: readTransport([media, raw.session], where),
    ...(rtpmap !== undefined && { rtpmap }),
  }
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
  if (isOff(media)) return 'its port is 0'
  if (kind === 'application') {
    if (protocol !== 'UDP/DTLS/SCTP' || formats[0] !== 'webrtc-datachannel')
      return 'expected UDP/DTLS/SCTP webrtc-datachannel'
    return undefined
  }
  if (!RTP_PROTOCOLS.has(protocol)) return `expected UDP/TLS/RTP/SAVPF, got ${show(protocol)}`
  const direction = media.direction ?? raw.session.direction ?? 'sendrecv'
  if (direction !== 'recvonly' && direction !== 'sendrecv')
    return `expected a=recvonly or a=sendrecv, got a=${direction}`
  if (media.rtcpMux === undefined) return 'expected a=rtcp-mux'
  return undefined
}

/** RFC 9143 §6: port zero means "rejected", unless the section lives off another one's transport. */
function isOff(media: MediaSection): boolean {
  return asInteger(media.port, 0, 65535) === 0 && media.bundleOnly === undefined
}
