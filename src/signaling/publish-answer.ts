import { SignalingError, show } from '../common/errors.js'
import { formatCandidate } from './candidate.js'
import { FEEDBACK_LINES } from './negotiate.js'
import { type OfferedCodec, readCodecs, readExtensions, readPayloadTypes } from './offered-video.js'
import {
  PUBLISH_MID,
  PUBLISHED_EXTENSIONS,
  PUBLISHED_URIS,
  type PublishedCodec,
  type PublishedExtensionName,
} from './publish-offer.js'
import { asInteger, asText, joinLines, type MediaSection, readSdp } from './sdp-text.js'
import { readTakenRids } from './simulcast.js'
import { readTransport, type TransportParameters } from './transport-parameters.js'

/** Id of each header extension that is sent. */
export type PublishedExtensions = { readonly [Name in PublishedExtensionName]?: number }

/** What an engine has agreed to take. */
export interface AgreedPublication {
  readonly codec: PublishedCodec
  /** Whether it takes retransmissions on their own SSRC. */
  readonly rtx: boolean
  /** Those of the offered extensions that the answer holds. */
  readonly extensions: PublishedExtensions
  /** Of the rungs that it takes, the largest first. Empty: it takes one stream, without a rid. */
  readonly rids: readonly string[]
  readonly transport: TransportParameters
  readonly iceLite: boolean
}

/**
 * Reads the answer of a WHIP endpoint to an offer of these codecs and rungs, field by field. Throws `SignalingError` and nothing
 * else: 400 when it is malformed, 406 when the engine took nothing of what was offered, 413 when it is too long.
 */
export function readPublishAnswer(
  sdp: string,
  codecs: readonly PublishedCodec[],
  offeredRids: readonly string[] = [],
): AgreedPublication {
  const { session, media } = readSdp(sdp, 'answer')
  const [section] = media
  if (!section || media.length > 1)
    throw new SignalingError(400, `answer: expected one m-line, as in the offer, got ${media.length}`)
  const kind = asText(section.type)
  const formats = (asText(section.payloads) ?? '').split(' ').filter(Boolean)
  const port = asInteger(section.port, 0, 65535)
  if (kind !== 'video' || port === undefined || formats.length === 0)
    throw new SignalingError(
      400,
      `answer: expected m=video, got ${show(kind ?? 'an m-line that cannot be read')}`,
    )
  if (port === 0) throw new SignalingError(406, 'the engine rejects the video')
  const mid = asText(section.mid)
  if (mid !== undefined && mid !== PUBLISH_MID)
    throw new SignalingError(400, `answer: a=mid: expected ${PUBLISH_MID}, got ${show(mid)}`)
  const direction = section.direction ?? session.direction ?? 'sendrecv'
  if (direction !== 'recvonly' && direction !== 'sendrecv')
    throw new SignalingError(406, `the engine does not want to receive: a=${String(direction).slice(0, 20)}`)
  const answered = readCodecs(section, readPayloadTypes(formats, 'answer'), 'answer')
  const codec = pick(answered, codecs)
  const { feedback } = codec
  const transport = readTransport([section, session], 'answer')
  if (transport.setup === 'actpass')
    throw new SignalingError(400, 'answer: a=setup: expected active or passive, got actpass')
  const extensions = pickExtensions(section, session, feedback.has('transport-cc'), offeredRids.length > 0)
  return {
    codec: codec.offered,
    // Without NACK nobody would ever ask for a retransmission.
    rtx: feedback.has('nack') && answered.some((other) => isRtxOf(other, codec.offered)),
    extensions,
    // Without the rid in the packets nobody would know which is which.
    rids: extensions.rid === undefined ? [] : readTakenRids(section, offeredRids, codec.offered.payloadType),
    transport,
    iceLite: session.icelite !== undefined,
  }
}

/** The first codec of the answer that was offered: it is what the engine likes best (RFC 3264 §6.1). */
function pick(answered: readonly OfferedCodec[], codecs: readonly PublishedCodec[]) {
  for (const { payloadType, name, clockRate, parameters, feedback } of answered) {
    const offered = codecs.find((codec) => codec.payloadType === payloadType && codec.codec === name)
    // An answer may leave out parameters, but not give others (RFC 6184 §8.2.2).
    const mode = parameters.get('packetization-mode') ?? '1'
    if (offered && clockRate === 90_000 && (name !== 'h264' || mode === '1')) return { offered, feedback }
  }
  const got = answered.map(({ name, payloadType }) => `${name.slice(0, 20)} (${payloadType})`).slice(0, 8)
  const offered = codecs.map(({ codec, payloadType }) => `${codec} (${payloadType})`)
  throw new SignalingError(
    406,
    `the engine takes none of the offered codecs: offered ${offered.join(', ')}, got ${got.join(', ') || 'none'}`,
  )
}

function isRtxOf({ name, payloadType, parameters }: OfferedCodec, offered: PublishedCodec): boolean {
  return (
    name === 'rtx' &&
    payloadType === offered.rtxPayloadType &&
    parameters.get('apt') === String(offered.payloadType)
  )
}

function pickExtensions(
  section: MediaSection,
  session: Parameters<typeof readExtensions>[1],
  transportCc: boolean,
  hasRungs: boolean,
): PublishedExtensions {
  const answered = readExtensions(section, session)
  const has = (name: PublishedExtensionName) =>
    answered.some(({ id, uri }) => id === PUBLISHED_EXTENSIONS[name] && uri === PUBLISHED_URIS[name])
  return {
    ...(has('mid') && { mid: PUBLISHED_EXTENSIONS.mid }),
    // The numbers are of no use when nobody reports on them.
    ...(transportCc && has('transportCc') && { transportCc: PUBLISHED_EXTENSIONS.transportCc }),
    ...(has('playoutDelay') && { playoutDelay: PUBLISHED_EXTENSIONS.playoutDelay }),
    ...(hasRungs && has('rid') && { rid: PUBLISHED_EXTENSIONS.rid }),
    ...(hasRungs && has('repairedRid') && { repairedRid: PUBLISHED_EXTENSIONS.repairedRid }),
  }
}

/**
 * Writes the answer that the WebRTC library gets to see, from checked fields only: none of the engine's text goes
 * through, because a malformed line can abort the process there, and a host name in a candidate costs a thread.
 */
export function buildRemoteAnswer({ codec, rtx, extensions, transport, iceLite }: AgreedPublication): string {
  const { payloadType, rtxPayloadType, fmtp } = codec
  return joinLines([
    'v=0',
    'o=- 0 0 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    ...(iceLite ? ['a=ice-lite'] : []),
    `a=group:BUNDLE ${PUBLISH_MID}`,
    'a=ice-options:trickle',
    `m=video 9 UDP/TLS/RTP/SAVPF ${payloadType}${rtx ? ` ${rtxPayloadType}` : ''}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${PUBLISH_MID}`,
    'a=recvonly',
    'a=rtcp-mux',
    `a=rtpmap:${payloadType} ${codec.codec.toUpperCase()}/90000`,
    ...Object.values(FEEDBACK_LINES).map((feedback) => `a=rtcp-fb:${payloadType} ${feedback}`),
    ...(fmtp === undefined ? [] : [`a=fmtp:${payloadType} ${fmtp}`]),
    ...(rtx ? [`a=rtpmap:${rtxPayloadType} rtx/90000`, `a=fmtp:${rtxPayloadType} apt=${payloadType}`] : []),
    ...(Object.keys(extensions) as PublishedExtensionName[]).map(
      (name) => `a=extmap:${extensions[name]} ${PUBLISHED_URIS[name]}`,
    ),
    `a=ice-ufrag:${transport.iceUfrag}`,
    `a=ice-pwd:${transport.icePwd}`,
    `a=fingerprint:${transport.fingerprint.algorithm} ${transport.fingerprint.value}`,
    `a=setup:${transport.setup}`,
    ...transport.candidates.map((candidate) => `a=${formatCandidate(candidate)}`),
  ])
}
