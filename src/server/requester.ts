import { createHash } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import { isLoopbackAddress } from '../common/address-group.js'

/** Whose word about an address is taken: nobody's; whoever connects; or these, as addresses and networks (`10.0.0.0/8`). */
export type TrustProxy = boolean | readonly string[]

/** Of an address or network as the option `trustProxy` lists them; undefined when it is none. */
export function parseNetwork(text: string): { address: string; prefix: number } | undefined {
  const [address = '', length, ...rest] = text.split('/')
  const family = isIP(address)
  const bits = family === 4 ? 32 : 128
  const prefix = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : Number.NaN
  return family !== 0 && rest.length === 0 && prefix <= bits ? { address, prefix } : undefined
}

/**
 * Where requests come from, behind proxies or not. Of proxies that are trusted, `X-Forwarded-For` is read, from its
 * end: each proxy appends who asked it, and what is before the last address of a stranger may be of its making.
 * `Forwarded` (RFC 7239) is not read: proxies that know only the older header hand it on as it came, so that a client
 * could write there what it likes. Where nothing more can be read, the request counts as one of the nearest proxy's.
 */
export class AddressReader {
  readonly #list = new BlockList()

  constructor(private readonly trust: TrustProxy = false) {
    if (typeof trust === 'boolean') return
    for (const text of trust) {
      const network = parseNetwork(text)
      if (network)
        this.#list.addSubnet(network.address, network.prefix, isIP(network.address) === 4 ? 'ipv4' : 'ipv6')
    }
  }

  /**
   * @param peer address of the connection; undefined: not known
   * @param forwardedFor the header `X-Forwarded-For`
   */
  read(peer: string | undefined, forwardedFor: string | undefined): string | undefined {
    if (this.trust === false || forwardedFor === undefined) return peer
    const hops = forwardedFor.split(',').map(addressIn)
    // Exactly one proxy: whoever connects, and what it says.
    if (this.trust === true) return outsideOf(hops.at(-1)) ?? peer
    let nearest = peer
    for (let asker = peer; asker !== undefined && this.#isTrusted(asker); ) {
      // One that cannot be read may be anybody, who wrote what is before it.
      asker = hops.pop()
      nearest = outsideOf(asker) ?? nearest
    }
    return nearest
  }

  #isTrusted(address: string): boolean {
    const plain = address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '')
    const family = isIP(plain)
    return family !== 0 && this.#list.check(plain, family === 4 ? 'ipv4' : 'ipv6')
  }
}

/** For loopback other limits hold, so that nobody is believed who says that a request came from there. */
function outsideOf(address: string | undefined): string | undefined {
  return address === undefined || isLoopbackAddress(address) ? undefined : address
}

/** Some proxies write a port behind it: `192.0.2.1:5000`, `[2001:db8::1]:5000`. */
function addressIn(text: string): string | undefined {
  const hop = text.trim()
  const address = /^\[(.+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop
  return isIP(address) === 0 ? undefined : address
}

/** What stands for a token where it is only counted. */
export function holderOf(token: string | undefined): string | undefined {
  return token === undefined ? undefined : createHash('sha256').update(token).digest('base64url')
}
