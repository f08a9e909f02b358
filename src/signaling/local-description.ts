import { SignalingError } from '../common/errors.js'
import { parseCandidate } from './candidate.js'
import { asInteger, asText, readSdp } from './sdp-text.js'
import { type Fingerprint, readTransport } from './transport-parameters.js'

/** Our own end of the transport, as the answer has to describe it. */
export interface LocalTransport {
  readonly iceUfrag: string
  readonly icePwd: string
  readonly fingerprint: Fingerprint
  readonly setup: 'active' | 'passive'
  /** Candidate lines without `a=`: `candidate:1 1 UDP 2122317823 192.0.2.1 5000 typ host`. */
  readonly candidates: readonly string[]
  /** 1..65535, default 5000. */
  readonly sctpPort?: number
  /** Bytes that we take in one data channel message, default 262144. */
  readonly maxMessageSize?: number
}

/**
 * Reads our ICE and DTLS parameters and candidates from the answer that the WebRTC library generated.
 * Throws `SignalingError` (500) when they are not there, above all when it is not an answer.
 */
export function parseLocalDescription(sdp: string): LocalTransport {
  const raw = readSdp(sdp, 'local description')
  const first = raw.media[0]
  if (!first) throw new SignalingError(500, 'local description: no m-line')
  let transport: ReturnType<typeof readTransport>
  try {
    transport = readTransport([first, raw.session], 'local description')
  } catch (error) {
    throw new SignalingError(500, error instanceof Error ? error.message : String(error))
  }
  if (transport.setup === 'actpass')
    throw new SignalingError(500, 'local description: a=setup: expected active or passive, got actpass')
  const application = raw.media.find((media) => asText(media.type) === 'application')
  const sctpPort = asInteger(application?.sctpPort, 1, 65535)
  const maxMessageSize = asInteger(application?.maxMessageSize, 0, Number.MAX_SAFE_INTEGER)
  return {
    iceUfrag: transport.iceUfrag,
    icePwd: transport.icePwd,
    fingerprint: transport.fingerprint,
    setup: transport.setup,
    candidates: candidateLines(sdp),
    ...(sctpPort !== undefined && { sctpPort }),
    ...(maxMessageSize !== undefined && { maxMessageSize }),
  }
}

/** The lines themselves, so that raddr and rport stay; only UDP ones, each once. */
function candidateLines(sdp: string): string[] {
  const lines = sdp.split(/\r?\n/).filter((line) => line.startsWith('a=candidate:'))
  const usable = lines.filter((line) => typeof parseCandidate(line) === 'object')
  return [...new Set(usable.map((line) => line.slice('a='.length)))]
}
