import { describe, expect, it } from 'vitest'
import { parseCandidate } from '../../../src/signaling/candidate.js'
import { parseAdvertisedAddress, withAdvertised } from '../../../src/signaling/index.js'

const HOSTS = [
  'candidate:1 1 UDP 2122317823 172.17.0.2 40000 typ host',
  'candidate:2 1 UDP 2122317311 fd00::2 40000 typ host',
]

describe('an advertised address', () => {
  it.each([
    ['203.0.113.5', { address: '203.0.113.5' }],
    ['203.0.113.5:40000', { address: '203.0.113.5', port: 40000 }],
    ['2001:db8::5', { address: '2001:db8::5' }],
    ['[2001:db8::5]:40000', { address: '2001:db8::5', port: 40000 }],
    ['127.0.0.1:5000', { address: '127.0.0.1', port: 5000 }],
  ])('%s', (text, address) => {
    expect(parseAdvertisedAddress(text)).toEqual(address)
  })

  it.each([
    '',
    'example.org',
    '203.0.113.5:',
    '203.0.113.5:0',
    '203.0.113.5:65536',
    '[203.0.113.5]:1',
    '2001:db8::5]:1',
    '0.0.0.0',
    '224.0.0.1',
    'ff02::1',
    'fe80::1%eth0',
    '203.0.113.5\r\na=x',
  ])('%j is none', (text) => {
    expect(parseAdvertisedAddress(text)).toBeUndefined()
  })
})

describe('candidates', () => {
  it('are what they were without one', () => {
    expect(withAdvertised(HOSTS, [])).toEqual(HOSTS)
  })

  it('begin with it, at the port that media is bound to, of its own family', () => {
    const candidates = withAdvertised(HOSTS, [
      { address: '203.0.113.5' },
      { address: '2001:db8::5', port: 7 },
    ])
    expect(candidates.slice(2)).toEqual(HOSTS)
    const [first, second, third] = candidates.map(parseCandidate)
    expect(first).toMatchObject({ address: '203.0.113.5', port: 40000, type: 'host' })
    expect(second).toMatchObject({ address: '2001:db8::5', port: 7, type: 'host' })
    const priority = (candidate: typeof first) => (typeof candidate === 'object' ? candidate.priority : 0)
    expect(priority(first)).toBeGreaterThan(priority(second))
    expect(priority(second)).toBeGreaterThan(priority(third))
  })

  it('have it once for each port, whatever the number of interfaces', () => {
    const hosts = [
      ...HOSTS,
      'candidate:3 1 UDP 2122317000 10.0.0.2 40000 typ host',
      'candidate:4 1 UDP 2122316000 10.0.0.3 40001 typ host',
    ]
    const added = withAdvertised(hosts, [{ address: '203.0.113.5' }]).slice(0, -hosts.length)
    expect(added.map((line) => line.split(' ').slice(4, 6).join(' '))).toEqual([
      '203.0.113.5 40000',
      '203.0.113.5 40001',
    ])
    expect(withAdvertised(hosts, [{ address: '203.0.113.5', port: 9 }]).slice(0, -hosts.length)).toHaveLength(
      1,
    )
  })

  it('of what is bound to IPv4 alone have an IPv6 address of the container’s host all the same', () => {
    const added = withAdvertised(HOSTS.slice(0, 1), [{ address: '2001:db8::5' }])
    expect(parseCandidate(added[0]!)).toMatchObject({ address: '2001:db8::5', port: 40000 })
  })

  it('of relays and reflexive ones do not count', () => {
    const relay = 'candidate:5 1 UDP 1000 192.0.2.9 50000 typ relay raddr 0.0.0.0 rport 0'
    expect(withAdvertised([relay], [{ address: '203.0.113.5' }])).toEqual([relay])
  })
})
