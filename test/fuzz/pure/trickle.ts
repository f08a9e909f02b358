import { parseCandidate, parseTrickleFragment } from '../../../src/signaling/index.js'
import { CANDIDATE_LINE } from '../library-lines.js'
import { mutateLines } from '../mutate.js'
import { refused } from '../refused.js'
import type { PureTarget } from '../target.js'

const SAMPLE = [
  'a=ice-ufrag:abcd',
  'a=ice-pwd:0123456789abcdefghijkl',
  'm=video 9 UDP/TLS/RTP/SAVPF 0',
  'a=mid:0',
  'a=candidate:1 1 udp 2113937151 192.0.2.5 50000 typ host',
  'a=candidate:1 1 udp 2113937151 2001:db8::5 50000 typ srflx raddr 192.0.2.5 rport 50000',
  'a=end-of-candidates',
].join('\r\n')

export const trickle: PureTarget = {
  name: 'trickle',
  about: 'trickle fragments (RFC 8840) and candidates',
  count: 100_000,
  quick: 2_000,
  make: (chance) => (chance.oneIn(20) ? SAMPLE : mutateLines(SAMPLE, chance)),
  run(input) {
    const text = String(input)
    parseCandidate(text)
    const fragment = refused(() => parseTrickleFragment(text, 'abcd'))
    const candidates = fragment?.candidates ?? []
    if (candidates.length > 32) throw new Error(`${candidates.length} candidates`)
    const odd = candidates.find((candidate) => !CANDIDATE_LINE.test(`a=${candidate}`))
    if (odd !== undefined) throw new Error(`the library would get ${JSON.stringify(odd)}`)
    return fragment !== undefined
  },
}
