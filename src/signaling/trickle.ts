import { SignalingError, show } from '../common/errors.js'
import { formatCandidate, parseCandidate } from './candidate.js'
import { MAX_CANDIDATES, MAX_MID } from './limits.js'
import { asText, isToken, joinLines, type MediaSection, readSdp, type SessionSection } from './sdp-text.js'
import { isPwd, isUfrag } from './transport-parameters.js'

/** The body of a PATCH, `application/trickle-ice-sdpfrag` (RFC 8840 §9). */
export interface TrickleFragment {
  readonly ufrag?: string
  readonly pwd?: string
  /** Of the first section that has one. */
  readonly mid?: string
  /**
   * Candidate lines without `a=`, written anew from checked parts: UDP and IP literals only, at most 32.
   * May be empty although the fragment was not.
   */
  readonly candidates: readonly string[]
  readonly endOfCandidates: boolean
}

/**
 * Parses a trickle fragment. Everything in a session shares one transport, so candidates of all its
 * sections are put together. Throws `SignalingError`: 400 malformed, 413 too long, and 422 when
 * `expectedUfrag` (the peer's, from its offer) is given and the fragment has another one, which is an ICE
 * restart (RFC 9725 §4.3.3); there is none: the client starts a new session.
 */
export function parseTrickleFragment(text: string, expectedUfrag?: string): TrickleFragment {
  const { session, media } = readSdp(text, 'fragment')
  const sections: (SessionSection & MediaSection)[] = [session, ...media]
  const ufrags = sections.flatMap((section) => asText(section.iceUfrag) ?? [])
  const pwds = sections.flatMap((section) => asText(section.icePwd) ?? [])
  const [ufrag] = ufrags
  const [pwd] = pwds
  if (!ufrags.every(isUfrag))
    throw new SignalingError(400, 'fragment: a=ice-ufrag: expected 4 to 256 of A-Z a-z 0-9 + /')
  if (!pwds.every(isPwd))
    throw new SignalingError(400, 'fragment: a=ice-pwd: expected 22 to 256 of A-Z a-z 0-9 + /')
  if (expectedUfrag !== undefined && ufrags.some((other) => other !== expectedUfrag))
    throw new SignalingError(422, 'ICE restart is not supported: end this session and start a new one')
  const mid = sections.map((section) => asText(section.mid)).find((value) => value !== undefined)
  if (mid !== undefined && (mid.length > MAX_MID || !isToken(mid)))
    throw new SignalingError(400, `fragment: a=mid: expected a token, got ${show(mid)}`)
  return {
    ...(ufrag !== undefined && { ufrag }),
    ...(pwd !== undefined && { pwd }),
    ...(mid !== undefined && { mid }),
    candidates: readCandidates(text),
    endOfCandidates: sections.some((section) => section.endOfCandidates !== undefined),
  }
}

function readCandidates(text: string): string[] {
  const candidates = new Set<string>()
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (!line.startsWith('a=candidate:')) continue
    const candidate = parseCandidate(line)
    if (candidate === 'malformed')
      throw new SignalingError(400, `fragment: expected a candidate (RFC 8839), got ${show(line)}`)
    if (candidate !== 'unusable' && candidates.size < MAX_CANDIDATES)
      candidates.add(formatCandidate(candidate))
  }
  return [...candidates]
}

/** Writes a fragment with all candidates of one section (RFC 8840 §9, RFC 9725 §4.3.2). */
export function buildTrickleFragment(fragment: {
  readonly ufrag: string
  readonly pwd: string
  readonly mid: string
  /** Lines without `a=`. */
  readonly candidates: readonly string[]
}): string {
  return joinLines([
    `a=ice-ufrag:${fragment.ufrag}`,
    `a=ice-pwd:${fragment.pwd}`,
    'm=video 9 UDP/TLS/RTP/SAVPF 0',
    `a=mid:${fragment.mid}`,
    ...fragment.candidates.map((candidate) => `a=${candidate}`),
    'a=end-of-candidates',
  ])
}
