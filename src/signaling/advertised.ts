import { isIP } from 'node:net'
import { formatCandidate, parseCandidate } from './candidate.js'

/** An address at which this machine is reached from outside: of a NAT, a cloud's firewall, a container's host. */
export interface AdvertisedAddress {
  /** IPv4 or IPv6 literal. */
  readonly address: string
  /** Default: the port that media is bound to. */
  readonly port?: number
}

/** Reads `ADDRESS`, `IPv4:PORT` or `[IPv6]:PORT`; undefined when it is none of these. */
export function parseAdvertisedAddress(text: string): AdvertisedAddress | undefined {
  if (isIP(text) > 0) return isOffered(text, 1) ? { address: text } : undefined
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text)
  const address = match?.[1] ?? match?.[2]
  const port = Number(match?.[3])
  if (address === undefined || isIP(address) !== (match?.[1] ? 6 : 4)) return undefined
  return isOffered(address, port) ? { address, port } : undefined
}

/**
 * Adds the advertised addresses to the candidates of an answer, before the others: for each port that a host
 * candidate is bound to, what NATs and containers map to it. The others stay: who is on the same network
 * reaches them sooner, or reaches nothing else. The browser's checks that come in by an advertised address
 * need nothing more (RFC 8445 §7.3.1.3).
 *
 * @param candidates lines without `a=`, ours
 */
export function withAdvertised(
  candidates: readonly string[],
  advertised: readonly AdvertisedAddress[],
): string[] {
  const hosts = candidates
    .map(parseCandidate)
    .filter((candidate) => typeof candidate === 'object' && candidate.type === 'host')
    .filter((candidate) => typeof candidate === 'object')
  const added = new Set<string>()
  for (const [index, { address, port }] of advertised.entries()) {
    // What is bound to all interfaces has one port for both families.
    const ofFamily = hosts.filter((host) => isIP(host.address) === isIP(address))
    for (const bound of new Set((ofFamily.length > 0 ? ofFamily : hosts).map((host) => host.port))) {
      added.add(
        formatCandidate({
          foundation: `adv${index}`,
          priority: priorityOf(index),
          address,
          port: port ?? bound,
          type: 'host',
        }),
      )
    }
  }
  return [...added, ...candidates]
}

/** RFC 8445 §5.1.2.1 with the type preference of a host and the highest local preferences, in the order given. */
function priorityOf(index: number): number {
  return 126 * 2 ** 24 + (65_535 - index) * 2 ** 8 + 255
}

/** Whether it can stand in a candidate: unicast, without a zone. */
function isOffered(address: string, port: number): boolean {
  if (!(port >= 1 && port <= 65_535)) return false
  const line = formatCandidate({ foundation: '1', priority: 1, address, port, type: 'host' })
  return typeof parseCandidate(line) === 'object'
}
