import { SignalingError, show } from '../common/errors.js'
import { asInteger, asText, type MediaSection, type SessionSection } from './sdp-text.js'

/** One payload type of an offered video section. */
export interface OfferedCodec {
  /** 0..127. */
  readonly payloadType: number
  /** Encoding name in lower case: `h264`, `vp8`, `rtx`. */
  readonly name: string
  /** Hz. */
  readonly clockRate: number
  /** Format parameters (a=fmtp), names in lower case, values as sent. */
  readonly parameters: ReadonlyMap<string, string>
  /** RTCP feedback in lower case: `nack`, `nack pli`, `transport-cc`. */
  readonly feedback: ReadonlySet<string>
}

/** An RTP header extension (RFC 8285) that the peer is willing to receive. */
export interface OfferedExtension {
  /** 1..14: what fits in a one-byte header. */
  readonly id: number
  readonly uri: string
  /** True when it was offered as `/recvonly`, so that the answer has to say `/sendonly`. */
  readonly oneWay: boolean
}

/** The payload types of an m-line, in its order. Throws `SignalingError` (400). */
export function readPayloadTypes(formats: readonly string[], where: string): number[] {
  return formats.map((format) => {
    const payloadType = asInteger(format, 0, 127)
    if (payloadType === undefined)
      throw new SignalingError(400, `${where}: m-line: expected payload types 0 to 127, got ${show(format)}`)
    return payloadType
  })
}

/**
 * The dynamic codecs of an m-line: those with an a=rtpmap. Attributes for payload types that the m-line
 * does not list are ignored. Throws `SignalingError` (400) when a payload type means two things.
 */
export function readCodecs(
  media: MediaSection,
  payloadTypes: readonly number[],
  where: string,
): OfferedCodec[] {
  const maps = new Map<number, { name: string; clockRate: number }>()
  for (const { payload, codec, rate } of media.rtp ?? []) {
    const payloadType = asInteger(payload, 0, 127)
    const clockRate = asInteger(rate, 1, 0xffffffff)
    const name = asText(codec)?.toLowerCase()
    if (payloadType === undefined || clockRate === undefined || !name)
      throw new SignalingError(
        400,
        `${where}: a=rtpmap: expected "PT name/clock rate", got ${show(`${payload} ${codec}/${rate}`)}`,
      )
    const known = maps.get(payloadType)
    if (known && (known.name !== name || known.clockRate !== clockRate))
      throw new SignalingError(400, `${where}: a=rtpmap: payload type ${payloadType} has two meanings`)
    maps.set(payloadType, { name, clockRate })
  }
  const parameters = new Map<number, Map<string, string>>()
  for (const { payload, config } of media.fmtp ?? []) {
    const payloadType = asInteger(payload, 0, 127)
    if (payloadType === undefined)
      throw new SignalingError(400, `${where}: a=fmtp: bad payload type ${show(asText(payload))}`)
    parameters.set(payloadType, readParameters(asText(config) ?? ''))
  }
  const feedback = readFeedback(media)
  return [...new Set(payloadTypes)].flatMap((payloadType) => {
    const map = maps.get(payloadType)
    if (!map) return []
    return {
      payloadType,
      ...map,
      parameters: parameters.get(payloadType) ?? new Map(),
      feedback: new Set([...(feedback.get('*') ?? []), ...(feedback.get(String(payloadType)) ?? [])]),
    }
  })
}

/** RFC 8866 leaves a=fmtp to the format; video formats all write `name=value` with semicolons between. */
function readParameters(config: string): Map<string, string> {
  const parameters = new Map<string, string>()
  for (const part of config.split(';')) {
    const equals = part.indexOf('=')
    const name = (equals < 0 ? part : part.slice(0, equals)).trim().toLowerCase()
    if (name) parameters.set(name, equals < 0 ? '' : part.slice(equals + 1).trim())
  }
  return parameters
}

/** RFC 4585 §4.2: feedback by payload type, or `*` for all. */
function readFeedback(media: MediaSection): Map<string, Set<string>> {
  const feedback = new Map<string, Set<string>>()
  for (const { payload, type, subtype } of media.rtcpFb ?? []) {
    const key = String(payload)
    const set = feedback.get(key) ?? new Set()
    set.add((subtype ? `${type} ${subtype}` : String(type)).toLowerCase())
    feedback.set(key, set)
  }
  return feedback
}

/**
 * RFC 8285 §5: the extensions that the peer can receive. Ids above 14 need two-byte headers, which are
 * not written here; the same id for two URIs is a conflict, the first wins.
 */
export function readExtensions(media: MediaSection, session: SessionSection): OfferedExtension[] {
  const extensions = new Map<number, OfferedExtension>()
  for (const { value, uri, direction } of [...(media.ext ?? []), ...(session.ext ?? [])]) {
    const id = asInteger(value, 1, 14)
    if (id === undefined || !uri || extensions.has(id)) continue
    if (direction !== undefined && direction !== 'sendrecv' && direction !== 'recvonly') continue
    extensions.set(id, { id, uri: String(uri), oneWay: direction === 'recvonly' })
  }
  return [...extensions.values()]
}
