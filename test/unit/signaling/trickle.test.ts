import { describe, expect, it } from 'vitest'
import { formatCandidate, parseCandidate, parseTrickleFragment } from '../../../src/signaling/index.js'

describe('a candidate', () => {
  it.each<[string, string]>([
    [
      'candidate:1 1 udp 2113937151 192.0.2.1 5000 typ host',
      'candidate:1 1 UDP 2113937151 192.0.2.1 5000 typ host',
    ],
    [
      'a=candidate:842163049 1 UDP 1677729535 2001:db8::7 60000 typ srflx raddr :: rport 0 generation 0 ufrag ab network-cost 999',
      'candidate:842163049 1 UDP 1677729535 2001:db8::7 60000 typ srflx',
    ],
    ['candidate:a+/9 1 Udp 1 127.0.0.1 1 typ relay', 'candidate:a+/9 1 UDP 1 127.0.0.1 1 typ relay'],
  ])('%s is usable', (line, written) => {
    const candidate = parseCandidate(line)
    expect(typeof candidate === 'string' ? candidate : formatCandidate(candidate)).toBe(written)
  })

  it.each([
    'candidate:1 1 udp 1 0c7180df-1e3b-4629-a78c-9db3e5f10f6e.local 37829 typ host',
    'candidate:1 1 udp 1 example.com 37829 typ host',
    'candidate:1 1 udp 1 localhost 37829 typ host',
    'candidate:1 1 tcp 1 192.0.2.1 9 typ host tcptype active',
    'candidate:1 2 udp 1 192.0.2.1 5000 typ host',
    'candidate:1 1 udp 1 192.0.2.1 0 typ host',
    'candidate:1 1 udp 1 0.0.0.0 5000 typ host',
    'candidate:1 1 udp 1 239.1.1.1 5000 typ host',
    'candidate:1 1 udp 1 255.255.255.255 5000 typ host',
    'candidate:1 1 udp 1 256.1.1.1 5000 typ host',
    'candidate:1 1 udp 1 127.1 5000 typ host',
    'candidate:1 1 udp 1 0x7f000001 5000 typ host',
    'candidate:1 1 udp 1 :: 5000 typ host',
    'candidate:1 1 udp 1 ff02::1 5000 typ host',
    'candidate:1 1 udp 1 fe80::1%eth0 5000 typ host',
    'candidate:1 1 udp 1 ::ffff:192.0.2.1 5000 typ host',
    'candidate:1 1 udp 1 192.0.2.1 5000 typ martian',
  ])('%s is of no use, and no error', (line) => {
    expect(parseCandidate(line)).toBe('unusable')
  })

  it.each([
    '',
    'candidate:',
    'candidate:1 1 udp 1 192.0.2.1 5000',
    'candidate:1 1 udp 1 192.0.2.1 5000 typ',
    'candidate:1  1 udp 1 192.0.2.1 5000 typ host',
    'candidate: 1 udp 1 192.0.2.1 5000 typ host',
    `candidate:${'1'.repeat(33)} 1 udp 1 192.0.2.1 5000 typ host`,
    'candidate:1-2 1 udp 1 192.0.2.1 5000 typ host',
    'candidate:1 0 udp 1 192.0.2.1 5000 typ host',
    'candidate:1 257 udp 1 192.0.2.1 5000 typ host',
    'candidate:1 1 udp 0 192.0.2.1 5000 typ host',
    'candidate:1 1 udp 2147483648 192.0.2.1 5000 typ host',
    'candidate:1 1 udp -1 192.0.2.1 5000 typ host',
    'candidate:1 1 udp 1 192.0.2.1 65536 typ host',
    'candidate:1 1 udp 1 192.0.2.1 5000 typ host\r\na=x',
    'candidate:1 1 udp 1 192.0.2.1 5000 typ host x\ny',
    `candidate:1 1 udp 1 ${'a'.repeat(256)} 5000 typ host`,
  ])('%j is malformed', (line) => {
    expect(parseCandidate(line)).toBe('malformed')
  })
})

describe('a trickle fragment', () => {
  // The example of RFC 8840 §9.2, with addresses for documentation.
  const fragment = [
    'a=ice-ufrag:EsAw',
    'a=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1',
    'a=group:BUNDLE 0 1',
    'm=audio 9 RTP/AVP 0',
    'a=mid:0',
    'a=candidate:1387637174 1 udp 2122260223 192.0.2.1 61764 typ host generation 0 ufrag EsAw network-id 1',
    'a=candidate:3471623853 1 udp 2122194687 198.51.100.2 61765 typ host generation 0 ufrag EsAw network-id 2',
    'a=candidate:1 1 udp 1 name.local 61765 typ host',
    'a=end-of-candidates',
    '',
  ].join('\r\n')

  it('gives its candidates, written anew', () => {
    expect(parseTrickleFragment(fragment, 'EsAw')).toEqual({
      ufrag: 'EsAw',
      pwd: 'P2uYro0UCOQ4zxjKXaWCBui1',
      mid: '0',
      candidates: [
        'candidate:1387637174 1 UDP 2122260223 192.0.2.1 61764 typ host',
        'candidate:3471623853 1 UDP 2122194687 198.51.100.2 61765 typ host',
      ],
      endOfCandidates: true,
    })
  })

  it('may have candidates only', () => {
    const bare = 'a=candidate:1 1 udp 1 192.0.2.1 5 typ host\n'
    expect(parseTrickleFragment(bare, 'EsAw')).toEqual({
      candidates: ['candidate:1 1 UDP 1 192.0.2.1 5 typ host'],
      endOfCandidates: false,
    })
    expect(parseTrickleFragment('', 'EsAw')).toEqual({ candidates: [], endOfCandidates: false })
  })

  it('keeps at most 32 different candidates', () => {
    const lines = Array.from(
      { length: 100 },
      (_, i) => `a=candidate:1 1 udp 1 192.0.2.1 ${1 + (i >> 1)} typ host`,
    )
    expect(parseTrickleFragment(lines.join('\r\n')).candidates).toHaveLength(32)
  })

  it.each<[number, string, string]>([
    [422, 'an ICE restart', fragment.replace('EsAw', 'NewU')],
    [422, 'an ICE restart in a section', `${fragment}a=ice-ufrag:NewU\r\n`],
    [400, 'a malformed candidate', `${fragment}a=candidate:nonsense\r\n`],
    [400, 'a malformed ufrag', fragment.replace('EsAw', 'E s')],
    [400, 'a malformed password', fragment.replace('P2uYro0UCOQ4zxjKXaWCBui1', 'short')],
    [400, 'a malformed mid', fragment.replace('mid:0', 'mid:"')],
    [400, 'a control character', `${fragment}a=\u0001`],
    [413, 'too much of it', 'a=x\r\n'.repeat(30_000)],
  ])('is refused with %i for %s', (status, _, text) => {
    expect(() => parseTrickleFragment(text, 'EsAw')).toThrow(expect.objectContaining({ status }))
  })
})
