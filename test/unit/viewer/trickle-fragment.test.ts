import { describe, expect, it } from 'vitest'
import { parseTrickleFragment } from '../../../src/signaling/index.js'
import { trickleFragment } from '../../../src/viewer/trickle-fragment.js'

const SDP =
  'v=0\r\nm=video 9 UDP/TLS/RTP/SAVPF 96\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789abcdefghijkl\r\n'
const candidate = (address: string) => ({
  candidate: `candidate:1 1 udp 50339839 ${address} 54567 typ relay raddr 0.0.0.0 rport 0 generation 0 ufrag abcd`,
  sdpMid: '0',
})

describe('a trickle fragment', () => {
  it('is what the server reads', () => {
    const fragment = trickleFragment(SDP, [candidate('192.0.2.1'), candidate('192.0.2.2')])
    const { candidates } = parseTrickleFragment(fragment ?? '', 'abcd')
    expect(candidates.map((line) => line.split(' ')[4])).toEqual(['192.0.2.1', '192.0.2.2'])
  })

  it('is none without candidates, or before there is a description', () => {
    expect(trickleFragment(SDP, [])).toBeUndefined()
    expect(trickleFragment('', [candidate('192.0.2.1')])).toBeUndefined()
  })
})
