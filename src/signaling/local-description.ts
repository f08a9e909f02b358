import { SignalingError } from '../common/errors.js'
import { parseCandidate } from './candidate.js'
import { asInteger, asText, readSdp } from './sdp-text.js'
import { type Fingerprint, readTransport, type TransportParameters } from './transport-parameters.js'

/** Our own end of the transport, whatever its role. */
export interface LocalEndpoint {
  readonly iceUfrag: string
  readonly icePwd: string
  readonly fingerprint: Fingerprint
  /** Candidate lines without `a=`: `candidate:1 1 UDP 2122317823 192.0.2.1 5000 typ host`. */
  readonly candidates: readonly string[]
}

/** Our own end of the transport, as an answer has to describe it. */
export interface LocalTransport extends LocalEndpoint {
  readonly setup: 'active' | 'passive'
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
  const { raw, transport } = read(sdp)
  if (transport.setup === 'actpass')
    throw new SignalingError(500, 'local description: a=setup: expected active or passive, got actpass')
  const application = raw.media.find((media) => asText(media.type) === 'application')
  const sctpPort = asInteger(application?.sctpPort, 1, 65535)
  const maxMessageSize = asInteger(application?.maxMessageSize, 0, Number.MAX_SAFE_INTEGER)
  return {
    ...endpointOf(transport, sdp),
    setup: transport.setup,
    ...(sctpPort !== undefined && { sctpPort }),
    ...(maxMessageSize !== undefined && { maxMessageSize }),
  }
}

/** The same of an offer that the library generated. */
export function parseLocalOffer(sdp: string): LocalEndpoint {
  return endpointOf(read(sdp).transport, sdp)
}

function read(sdp: string) {
  const raw = readSdp(sdp, 'local description')
  const first = raw.media[0]
  if (!first) throw new SignalingError(500, 'local description: no m-line')
  try {
    return { raw, transport: readTransport([first, raw.session], 'local description') }
  } catch (error) {
    throw new SignalingError(500, error instanceof Error ? error.message : String(error))
  }
}

function endpointOf({ iceUfrag, icePwd, fingerprint }: TransportParameters, sdp: string): LocalEndpoint {
  return { iceUfrag, icePwd, fingerprint, candidates: candidateLines(sdp) }
}

/** The lines themselves, so that raddr and rport stay; only UDP ones, each once. */
function candidateLines(sdp: string): string[] {
  const lines = sdp.split(/\r?\n/).filter((line) => line.startsWith('a=candidate:'))
  const usable = lines.filter((line) => typeof parseCandidate(line) === 'object')
  return [...new Set(usable.map((line) => line.slice('a='.length)))]
}
