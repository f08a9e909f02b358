import { describe, expect, it } from 'vitest'
import { AddressReader, holderOf, type TrustProxy } from '../../../src/server/requester.js'

describe('where a request comes from', () => {
  const proxies = ['127.0.0.1', '10.0.0.0/8', '2001:db8:5::/48']
  it.each<[string, TrustProxy | undefined, string | undefined, string | undefined, string | undefined]>([
    ['nobody is believed', undefined, '127.0.0.1', '192.0.2.1', '127.0.0.1'],
    ['nobody is believed', false, '192.0.2.9', '192.0.2.1', '192.0.2.9'],
    ['one proxy: the last that it says', true, '10.0.0.1', '203.0.113.66, 192.0.2.1', '192.0.2.1'],
    ['one proxy that says nothing', true, '10.0.0.1', undefined, '10.0.0.1'],
    ['one proxy that says nonsense', true, '10.0.0.1', 'unknown', '10.0.0.1'],
    ['one proxy before an own web server', true, undefined, '192.0.2.1', '192.0.2.1'],
    ['a listed proxy', proxies, '127.0.0.1', '192.0.2.1', '192.0.2.1'],
    [
      'a listed proxy, as a socket for both families has it',
      proxies,
      '::ffff:127.0.0.1',
      '192.0.2.1',
      '192.0.2.1',
    ],
    [
      'a chain, before which a client wrote something',
      proxies,
      '127.0.0.1',
      '1.2.3.4, 192.0.2.1, 10.1.1.1',
      '192.0.2.1',
    ],
    ['a chain over IPv6', proxies, '127.0.0.1', '[2001:db8:9::1]:70, 2001:db8:5::2', '2001:db8:9::1'],
    ['nobody but proxies', proxies, '127.0.0.1', '10.0.0.2', '10.0.0.2'],
    ['a stranger who pretends', proxies, '192.0.2.66', '203.0.113.1', '192.0.2.66'],
    ['an unknown way', proxies, undefined, '203.0.113.1', undefined],
    [
      'a hop that cannot be read, before which a client wrote',
      proxies,
      '127.0.0.1',
      '6.6.6.6, unix:',
      '127.0.0.1',
    ],
    ['the same, farther off', proxies, '127.0.0.1', '6.6.6.6, unknown, 10.0.0.2', '10.0.0.2'],
    ['nothing at the end', proxies, '10.0.0.1', '6.6.6.6,', '10.0.0.1'],
    ['one proxy that says nothing good', true, '10.0.0.1', '6.6.6.6, _hidden', '10.0.0.1'],
    ['who pretends to be this machine', proxies, '10.0.0.1', '127.0.0.1', '10.0.0.1'],
    ['who pretends to be this machine, by one proxy', true, '10.0.0.1', '::1', '10.0.0.1'],
    ['who pretends it in another way', true, '10.0.0.1', '::ffff:127.0.0.1', '10.0.0.1'],
    ['two proxies on this machine', proxies, '127.0.0.1', '192.0.2.1, 127.0.0.1', '192.0.2.1'],
    ['with ports', proxies, '127.0.0.1', '192.0.2.1:4711', '192.0.2.1'],
  ])('%s (%s, %s, %s): %s', (_, trust, peer, header, expected) => {
    expect(new AddressReader(trust).read(peer, header)).toBe(expected)
  })
})

it('of a token only a digest is kept', () => {
  expect(holderOf(undefined)).toBeUndefined()
  expect(holderOf('secret')).not.toContain('secret')
  expect(holderOf('secret')).toBe(holderOf('secret'))
  expect(holderOf('secret')).not.toBe(holderOf('secrets'))
})
