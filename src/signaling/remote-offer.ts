import { formatCandidate } from './candidate.js'
import {
  EXTENSION_URIS,
  type ExtensionName,
  FEEDBACK_LINES,
  type FeedbackName,
  type Negotiated,
} from './negotiate.js'
import type { ApplicationSection } from './offer.js'
import { joinLines } from './sdp-text.js'

/** Stands for the mid of a video section that was offered without one (RFC 8829 §5.2.1 wants one). */
export const DEFAULT_VIDEO_MID = 'video'

/** The mid under which the transport knows the video section. */
export function videoMid(negotiated: Negotiated): string {
  return negotiated.video.mid ?? DEFAULT_VIDEO_MID
}

/**
 * Writes the offer that the WebRTC library gets to see. None of the peer's text goes through: a malformed
 * line can abort the process there, and a host name in a candidate costs a thread. What remains is one
 * video section with one codec (a second media section would expose a hang on malformed RTCP) and at
 * most one data channel section, in the offer's order, from checked fields only. There is no
 * end-of-candidates: the peer's checks may still come from addresses that it did not list.
 */
export function buildRemoteOffer(negotiated: Negotiated): string {
  const { video, application, transport } = negotiated
  const sections = application ? [video, application].sort((a, b) => a.index - b.index) : [video]
  const mids = sections.map((section) => (section.use === 'video' ? videoMid(negotiated) : section.mid))
  const lines = [
    'v=0',
    'o=- 0 0 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${mids.join(' ')}`,
    'a=ice-options:trickle',
  ]
  for (const [index, section] of sections.entries()) {
    lines.push(
      ...(section.use === 'video' ? videoLines(negotiated) : applicationLines(section)),
      `a=ice-ufrag:${transport.iceUfrag}`,
      `a=ice-pwd:${transport.icePwd}`,
      `a=fingerprint:${transport.fingerprint.algorithm} ${transport.fingerprint.value}`,
      `a=setup:${transport.setup}`,
    )
    if (index === 0) lines.push(...transport.candidates.map((candidate) => `a=${formatCandidate(candidate)}`))
  }
  return joinLines(lines)
}

function videoLines(negotiated: Negotiated): string[] {
  const { payloadType, rtx, codec, fmtp, extensions, feedback } = negotiated
  const lines = [
    `m=video 9 UDP/TLS/RTP/SAVPF ${payloadType}${rtx ? ` ${rtx.payloadType}` : ''}`,
    'c=IN IP4 0.0.0.0',
    `a=mid:${videoMid(negotiated)}`,
    'a=recvonly',
    'a=rtcp-mux',
    `a=rtpmap:${payloadType} ${codec.toUpperCase()}/90000`,
  ]
  for (const name of Object.keys(FEEDBACK_LINES) as FeedbackName[])
    if (feedback[name]) lines.push(`a=rtcp-fb:${payloadType} ${FEEDBACK_LINES[name]}`)
  if (fmtp !== undefined) lines.push(`a=fmtp:${payloadType} ${fmtp}`)
  if (rtx) lines.push(`a=rtpmap:${rtx.payloadType} rtx/90000`, `a=fmtp:${rtx.payloadType} apt=${payloadType}`)
  for (const name of Object.keys(EXTENSION_URIS) as ExtensionName[])
    if (extensions[name] !== undefined) lines.push(`a=extmap:${extensions[name]} ${EXTENSION_URIS[name]}`)
  return lines
}

function applicationLines(application: ApplicationSection): string[] {
  return [
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    `a=mid:${application.mid}`,
    `a=sctp-port:${application.sctpPort}`,
    `a=max-message-size:${application.maxMessageSize}`,
  ]
}
