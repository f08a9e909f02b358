import { SignalingError, show } from '../common/errors.js'
import { type Candidate, parseCandidate } from './candidate.js'
import { MAX_CANDIDATES } from './limits.js'
import { asText, type MediaSection, type SessionSection } from './sdp-text.js'

/** Bytes of each hash that a fingerprint may use (RFC 8122 §5); SHA-1 and older are refused. */
const HASH_BYTES = { 'sha-256': 32, 'sha-384': 48, 'sha-512': 64 } as const
export type HashName = keyof typeof HASH_BYTES

export interface Fingerprint {
  readonly algorithm: HashName
  /** Upper-case hex pairs with colons between. */
  readonly value: string
}

export type Setup = 'actpass' | 'active' | 'passive'

/** What one side says about its ICE and DTLS endpoint. Checked against the grammar of each field. */
export interface TransportParameters {
  readonly iceUfrag: string
  readonly icePwd: string
  readonly fingerprint: Fingerprint
  readonly setup: Setup
  /** UDP with IP literals only, at most 32, in the order given. */
  readonly candidates: readonly Candidate[]
}

type Section = SessionSection | MediaSection

/** RFC 8839 §5.4: 4..256 and 22..256 ice-chars. */
const UFRAG = /^[A-Za-z0-9+/]{4,256}$/
const PWD = /^[A-Za-z0-9+/]{22,256}$/

/**
 * Reads ICE and DTLS attributes; each comes from the first of `sections` that has it: the m-section, the
 * one that speaks for its BUNDLE group (RFC 9143 §7.1.3), the session level. `where` names the m-section.
 */
export function readTransport(sections: readonly Section[], where: string): TransportParameters {
  const iceUfrag = first(sections, (section) => asText(section.iceUfrag))
  const icePwd = first(sections, (section) => asText(section.icePwd))
  if (!isUfrag(iceUfrag)) throw complain(where, 'a=ice-ufrag', '4 to 256 of A-Z a-z 0-9 + /', iceUfrag)
  if (!isPwd(icePwd)) throw complain(where, 'a=ice-pwd', '22 to 256 of A-Z a-z 0-9 + /', icePwd, true)
  const fingerprint = first(sections, (section) => section.fingerprint)
  return {
    iceUfrag,
    icePwd,
    fingerprint: readFingerprint(asText(fingerprint?.type), asText(fingerprint?.hash), where),
    setup: readSetup(
      first(sections, (section) => asText(section.setup)),
      where,
    ),
    candidates: readCandidates(sections, where),
  }
}

export function isUfrag(text: string | undefined): text is string {
  return text !== undefined && UFRAG.test(text)
}

export function isPwd(text: string | undefined): text is string {
  return text !== undefined && PWD.test(text)
}

/** RFC 8122 §5: the hash's name, a space, upper-case hex pairs (lower case is taken as well). */
export function readFingerprint(
  type: string | undefined,
  hash: string | undefined,
  where: string,
): Fingerprint {
  const algorithm = type?.toLowerCase() ?? ''
  if (!isHashName(algorithm)) throw complain(where, 'a=fingerprint', 'sha-256, sha-384 or sha-512', type)
  const value = hash?.toUpperCase() ?? ''
  if (value.length !== HASH_BYTES[algorithm] * 3 - 1 || !/^[0-9A-F]{2}(:[0-9A-F]{2})*$/.test(value))
    throw complain(where, 'a=fingerprint', `${HASH_BYTES[algorithm]} hex pairs for ${algorithm}`, hash)
  return { algorithm, value }
}

function isHashName(text: string): text is HashName {
  return Object.hasOwn(HASH_BYTES, text)
}

/** RFC 8842 §5.2 wants actpass in an offer, but an answerer has to take the one-sided roles too. */
function readSetup(setup: string | undefined, where: string): Setup {
  if (setup === 'actpass' || setup === 'active' || setup === 'passive') return setup
  throw complain(where, 'a=setup', 'actpass, active or passive', setup)
}

function readCandidates(sections: readonly Section[], where: string): Candidate[] {
  const candidates: Candidate[] = []
  const listed = first(sections, (section) => ('candidates' in section ? section.candidates : undefined))
  for (const raw of listed ?? []) {
    const { foundation, component, transport, priority, ip, port, type } = raw
    const line = `candidate:${foundation} ${component} ${transport} ${priority} ${ip} ${port} typ ${type}`
    const candidate = parseCandidate(line)
    if (candidate === 'malformed') throw complain(where, 'a=candidate', 'a candidate (RFC 8839)', line)
    if (candidate !== 'unusable' && candidates.length < MAX_CANDIDATES) candidates.push(candidate)
  }
  const broken = sections[0]?.invalid?.find(({ value }) => String(value).startsWith('candidate:'))
  if (broken) throw complain(where, 'a=candidate', 'a candidate (RFC 8839)', String(broken.value))
  return candidates
}

function first<T>(sections: readonly Section[], get: (section: Section) => T | undefined): T | undefined {
  for (const section of sections) {
    const value = get(section)
    if (value !== undefined) return value
  }
  return undefined
}

/** A password is never shown, not even to the one who sent it: answers end up in logs. */
function complain(
  where: string,
  field: string,
  expected: string,
  actual: string | undefined,
  secret = false,
): SignalingError {
  const got = actual === undefined ? 'none' : secret ? `${actual.length} characters` : show(actual)
  return new SignalingError(400, `${where}: ${field}: expected ${expected}, got ${got}`)
}
