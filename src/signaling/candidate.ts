import { isIP } from 'node:net'

const CANDIDATE_TYPES = ['host', 'srflx', 'prflx', 'relay'] as const
export type CandidateType = (typeof CANDIDATE_TYPES)[number]

/** A UDP candidate for RTP with an IP literal as its address: the only kind that is used. */
export interface Candidate {
  /** 1..32 ice-chars. */
  readonly foundation: string
  /** 1..2^31 - 1. */
  readonly priority: number
  /** IPv4 or IPv6 literal, unicast, without a zone. */
  readonly address: string
  /** 1..65535. */
  readonly port: number
  readonly type: CandidateType
}

/**
 * RFC 8839 §5.1 candidate-attribute, up to `typ`; what follows (raddr, tcptype, generation, ufrag…) is
 * of no use to a server that only answers checks. Every part has a bounded length and no two adjacent
 * parts can match the same character, so matching is linear.
 */
const CANDIDATE =
  /^candidate:([A-Za-z0-9+/]{1,32}) ([0-9]{1,5}) ([!-~]{1,16}) ([0-9]{1,10}) ([!-~]{1,255}) ([0-9]{1,5}) typ ([!-~]{1,32})(?: [ -~]*)?$/

/**
 * Reads one candidate, with or without the leading `a=`. `unusable` means well-formed but not for us:
 * TCP, a second component, a host name (mDNS `.local` names above all: looking one up costs a thread,
 * and the browser's checks come in without it), a multicast or unspecified address.
 */
export function parseCandidate(line: string): Candidate | 'unusable' | 'malformed' {
  const match = CANDIDATE.exec(line.startsWith('a=') ? line.slice(2) : line)
  if (!match) return 'malformed'
  const [, foundation, component, transport, priorityText, address, portText, type] = match
  if (!foundation || !component || !transport || !priorityText || !address || !portText || !type)
    return 'malformed'
  const priority = Number(priorityText)
  const port = Number(portText)
  if (port > 65535 || Number(component) < 1 || Number(component) > 256) return 'malformed'
  if (priority < 1 || priority > 0x7fffffff) return 'malformed'
  if (component !== '1' || transport.toLowerCase() !== 'udp' || port === 0) return 'unusable'
  if (!isUnicastLiteral(address)) return 'unusable'
  const known = CANDIDATE_TYPES.find((candidateType) => candidateType === type)
  return known ? { foundation, priority, address, port, type: known } : 'unusable'
}

/** The candidate without the leading `a=`, from checked parts only. */
export function formatCandidate(candidate: Candidate): string {
  const { foundation, priority, address, port, type } = candidate
  return `candidate:${foundation} 1 UDP ${priority} ${address} ${port} typ ${type}`
}

/** True for an IP literal that a datagram can be sent to as to one host. */
function isUnicastLiteral(address: string): boolean {
  switch (isIP(address)) {
    case 4: {
      const first = Number(address.split('.')[0])
      return first > 0 && first < 224
    }
    case 6: {
      // isIP takes a zone ("fe80::1%eth0"), RFC 8839 does not. IPv4-mapped addresses are left out as
      // RFC 8445 §5.1.1.1 wants it; the IPv4 candidate is there as well.
      if (address.includes('%') || /^[0:]*:ffff:/i.test(address)) return false
      return !/^ff/i.test(address) && !/^[0:]+$/.test(address)
    }
    default:
      return false
  }
}
