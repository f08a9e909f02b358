import { isIP } from 'node:net'

/** Whether it is this machine's own: `127.0.0.0/8`, `::1`, and the first as IPv6 writes it. */
export function isLoopbackAddress(address: string): boolean {
  const plain = withoutMapping(address)
  return (isIP(plain) === 4 && plain.startsWith('127.')) || plain === '::1'
}

/**
 * What of an address stands for one subscriber: of IPv4 all of it, of IPv6 the first 64 bits, since whoever is given
 * one address there is given so many (RFC 6177, RFC 7421). Link-local ones (`fe80::/10`) all have the same 64 bits, and
 * are told apart by the rest. What is no address stands for itself.
 */
export function addressGroup(address: string): string {
  const plain = withoutMapping(address)
  if (isIP(plain) !== 6) return plain
  const groups = groupsOf(plain)
  const isLinkLocal = (Number.parseInt(groups[0] ?? '', 16) & 0xffc0) === 0xfe80
  return isLinkLocal ? groups.join(':') : `${groups.slice(0, 4).join(':')}::/64`
}

/** An IPv4 address as a socket for both families shows it, `::ffff:192.0.2.1`, is one of IPv4. */
function withoutMapping(address: string): string {
  const [plain = ''] = address.split('%') // the zone of a link-local address
  if (isIP(plain) !== 6) return plain
  const groups = groupsOf(plain)
  if (groups.slice(0, 5).some((group) => group !== '0') || groups[5] !== 'ffff') return plain
  const [high = 0, low = 0] = groups.slice(6).map((group) => Number.parseInt(group, 16))
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** All eight, without leading zeros. */
function groupsOf(address: string): string[] {
  // In the form that RFC 5952 gives it: dotted ends and capitals are gone.
  const text = new URL(`http://[${address}]/`).hostname.slice(1, -1)
  const [head = '', tail] = text.split('::')
  const split = (part: string) => (part === '' ? [] : part.split(':'))
  if (tail === undefined) return split(head)
  const [before, after] = [split(head), split(tail)]
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
}
