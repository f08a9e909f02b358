import { randomInt } from 'node:crypto'
import { SignalingError } from '../common/errors.js'
import { parseCandidate } from './candidate.js'
import type { LocalTransport } from './local-description.js'
import {
  type AcceptedSection,
  EXTENSION_URIS,
  type ExtensionName,
  FEEDBACK_LINES,
  type FeedbackName,
  type Negotiated,
} from './negotiate.js'
import type { ApplicationSection, CarrierSection, Offer, OfferedSection } from './offer.js'
import { isToken, joinLines } from './sdp-text.js'

export interface AnswerParameters {
  readonly offer: Offer
  readonly negotiated: Negotiated
  readonly local: LocalTransport
  /** 0..2^32 - 1. */
  readonly ssrc: number
  /** Needed when `negotiated.rtx` is there, ignored otherwise. */
  readonly rtxSsrc?: number
  /** RTCP CNAME (RFC 7022): visible ASCII. */
  readonly cname: string
  /** Id of the MediaStream that the browser makes: 1..64 token characters. */
  readonly streamId: string
  /** Id of the MediaStreamTrack: 1..64 token characters. */
  readonly trackId: string
  /** False leaves out a=end-of-candidates, for an answer written before gathering has ended. Default true. */
  readonly gatheringComplete?: boolean
}

/**
 * Writes the answer for the browser (RFC 8829 §5.3): every m-line of the offer in its order, ours accepted
 * and the others rejected, with nothing in it that was not offered. Throws `SignalingError` (500) when a
 * local parameter is malformed: better no answer than a forged line.
 */
export function buildAnswer(parameters: AnswerParameters): string {
  checkLocal(parameters)
  const { offer, negotiated, local } = parameters
  const bundled = negotiated.accepted.filter((section) => section.bundle !== undefined)
  const lines = ['v=0', `o=- ${randomInt(1, 2 ** 47)} 1 IN IP4 127.0.0.1`, 's=-', 't=0 0']
  if (bundled.length > 0) lines.push(`a=group:BUNDLE ${bundled.map((section) => section.mid).join(' ')}`)
  for (const section of offer.sections) {
    const accepted = negotiated.accepted.find((candidate) => candidate === section)
    if (!accepted) {
      lines.push(...rejectedLines(section))
      continue
    }
    if (accepted.use === 'video') lines.push(...videoHead(parameters))
    else if (accepted.use === 'application') lines.push(...applicationHead(accepted, local))
    else lines.push(...carrierHead(accepted))
    lines.push(...transportLines(accepted, local))
    // RFC 9143 §7.1.3: what belongs to the transport goes with the first section of the bundle.
    if (accepted === negotiated.accepted[0]) lines.push(...candidateLines(parameters))
    if (accepted.use === 'video') lines.push(...videoTail(parameters))
  }
  return joinLines(lines)
}

/** RFC 3264 §6: port zero; the formats mean nothing but at least one has to be there. */
function rejectedLines({ kind, protocol, formats, mid }: OfferedSection): string[] {
  const lines = [`m=${kind} 0 ${protocol} ${formats[0]}`, 'c=IN IP4 0.0.0.0']
  if (kind === 'audio' || kind === 'video') lines.push('a=inactive')
  if (mid !== undefined) lines.push(`a=mid:${mid}`)
  return lines
}

function transportLines(section: AcceptedSection, local: LocalTransport): string[] {
  const trickle = section.use === 'none' ? section.carrier.trickle : section.trickle
  return [
    `a=ice-ufrag:${local.iceUfrag}`,
    `a=ice-pwd:${local.icePwd}`,
    // RFC 8840 §4.1.1: says that we take candidates later (PATCH), not that we send any.
    ...(trickle ? ['a=ice-options:trickle'] : []),
    `a=fingerprint:${local.fingerprint.algorithm} ${local.fingerprint.value}`,
    `a=setup:${local.setup}`,
    ...(section.mid === undefined ? [] : [`a=mid:${section.mid}`]),
  ]
}

function candidateLines({ local, gatheringComplete = true }: AnswerParameters): string[] {
  const lines = local.candidates.map((candidate) => `a=${candidate}`)
  return gatheringComplete ? [...lines, 'a=end-of-candidates'] : lines
}

function videoHead({ negotiated: { video, payloadType, rtx } }: AnswerParameters): string[] {
  const formats = rtx ? `${payloadType} ${rtx.payloadType}` : `${payloadType}`
  return [`m=video 9 ${video.protocol} ${formats}`, 'c=IN IP4 0.0.0.0']
}

function videoTail({ negotiated, ssrc, rtxSsrc, cname, streamId, trackId }: AnswerParameters): string[] {
  const { payloadType, rtx, codec, fmtp, extensions, feedback, video } = negotiated
  const lines: string[] = []
  for (const name of Object.keys(EXTENSION_URIS) as ExtensionName[]) {
    const id = extensions[name]
    if (id === undefined) continue
    // RFC 8285 §6: a direction in the offer is answered by its mirror image.
    const oneWay = video.extensions.some((extension) => extension.id === id && extension.oneWay)
    lines.push(`a=extmap:${id}${oneWay ? '/sendonly' : ''} ${EXTENSION_URIS[name]}`)
  }
  lines.push('a=sendonly', `a=msid:${streamId} ${trackId}`, 'a=rtcp-mux')
  if (video.rtcpRsize) lines.push('a=rtcp-rsize')
  lines.push(`a=rtpmap:${payloadType} ${codec.toUpperCase()}/90000`)
  for (const name of Object.keys(FEEDBACK_LINES) as FeedbackName[])
    if (feedback[name]) lines.push(`a=rtcp-fb:${payloadType} ${FEEDBACK_LINES[name]}`)
  if (fmtp !== undefined) lines.push(`a=fmtp:${payloadType} ${fmtp}`)
  if (rtx) lines.push(`a=rtpmap:${rtx.payloadType} rtx/90000`, `a=fmtp:${rtx.payloadType} apt=${payloadType}`)
  if (rtx) lines.push(`a=ssrc-group:FID ${ssrc} ${rtxSsrc}`)
  lines.push(`a=ssrc:${ssrc} cname:${cname}`)
  if (rtx) lines.push(`a=ssrc:${rtxSsrc} cname:${cname}`)
  return lines
}

function applicationHead(section: ApplicationSection, local: LocalTransport): string[] {
  return [
    `m=application 9 ${section.protocol} ${section.formats[0]}`,
    'c=IN IP4 0.0.0.0',
    `a=sctp-port:${local.sctpPort ?? 5000}`,
    `a=max-message-size:${local.maxMessageSize ?? 262144}`,
  ]
}

/** One format that nothing will be sent in; the section is there for its transport. */
function carrierHead({ kind, protocol, formats: [format], carrier }: CarrierSection): string[] {
  const lines = [`m=${kind} 9 ${protocol} ${format}`, 'c=IN IP4 0.0.0.0', 'a=inactive', 'a=rtcp-mux']
  if (carrier.rtcpRsize) lines.push('a=rtcp-rsize')
  if (carrier.rtpmap !== undefined) lines.push(`a=rtpmap:${format} ${carrier.rtpmap}`)
  return lines
}

function checkLocal({ negotiated, local, ssrc, rtxSsrc, cname, streamId, trackId }: AnswerParameters): void {
  const isSsrc = (value: number | undefined) =>
    value !== undefined && Number.isInteger(value) && value >= 0 && value <= 0xffffffff
  const isId = (text: string) => text.length <= 64 && isToken(text)
  const wrong =
    (!isSsrc(ssrc) && 'ssrc') ||
    (negotiated.rtx && (!isSsrc(rtxSsrc) || rtxSsrc === ssrc) && 'rtxSsrc') ||
    (!/^[!-~]{1,255}$/.test(cname) && 'cname') ||
    (!isId(streamId) && 'streamId') ||
    (!isId(trackId) && 'trackId') ||
    (local.candidates.some((line) => typeof parseCandidate(line) !== 'object') && 'candidates')
  if (wrong) throw new SignalingError(500, `answer: bad ${wrong}`)
}
