import { parseNetwork, type TrustProxy } from '../server/requester.js'
import { check } from './checks.js'

/** The option `trustProxy` of a server. @throws OptionError */
export function checkTrustProxy(trust: TrustProxy): void {
  if (typeof trust === 'boolean') return
  check(Array.isArray(trust), 'trustProxy', 'true, false, or a list of addresses and networks', trust)
  for (const [i, text] of trust.entries())
    check(
      typeof text === 'string' && parseNetwork(text) !== undefined,
      `trustProxy[${i}]`,
      'an IP address or a network, as 127.0.0.1 or 10.0.0.0/8',
      text,
    )
}
