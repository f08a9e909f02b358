import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { accessTo, parseIceServerUrl } from '../../../src/common/ice-server.js'

describe('the URL of an ICE server', () => {
  it.each([
    ['stun:stun.example.org', { scheme: 'stun', host: 'stun.example.org', port: 3478, transport: 'udp' }],
    ['stun:192.0.2.1:5000', { scheme: 'stun', host: '192.0.2.1', port: 5000, transport: 'udp' }],
    ['turn:[2001:db8::1]:5000', { scheme: 'turn', host: '2001:db8::1', port: 5000, transport: 'udp' }],
    ['turn:host?transport=tcp', { scheme: 'turn', host: 'host', port: 3478, transport: 'tcp' }],
    ['turns:host', { scheme: 'turns', host: 'host', port: 5349, transport: 'tcp' }],
    ['turns:host:443?transport=udp', { scheme: 'turns', host: 'host', port: 443, transport: 'udp' }],
  ])('%s', (url, parts) => {
    expect(parseIceServerUrl(url)).toEqual(parts)
  })

  it.each([
    '',
    'stun',
    'stun:',
    'http://host',
    'stun://host',
    'turn:host:0',
    'turn:host:65536',
    'turn:a b',
    'stun:host?transport=udp',
    'turn:host?transport=sctp',
    'turn:user@host',
    'turn:host"; rel="x',
  ])('%j is none', (url) => {
    expect(parseIceServerUrl(url)).toBeUndefined()
  })
})

describe('access to an ICE server', () => {
  it('is what was given', () => {
    expect(accessTo({ url: 'stun:host' }, 'viewer-1', 0)).toEqual({ url: 'stun:host' })
    expect(
      accessTo({ url: 'turn:host', username: 'u', credential: 'c', for: 'both' }, 'viewer-1', 0),
    ).toEqual({
      url: 'turn:host',
      username: 'u',
      credential: 'c',
    })
  })

  it('by a secret is a name that expires and its HMAC, another one for each viewer', () => {
    const server = { url: 'turn:host', secret: 'north', lifetime: 600 }
    const name = '1700000600:viewer-1'
    expect(accessTo(server, 'viewer-1', 1_700_000_000_999)).toEqual({
      url: 'turn:host',
      username: name,
      credential: createHmac('sha1', 'north').update(name).digest('base64'),
    })
    expect(accessTo(server, 'viewer-2', 1_700_000_000_999).username).toBe('1700000600:viewer-2')
    expect(accessTo({ url: 'turn:host', secret: 's' }, 'a', 0).username).toBe('86400:a')
  })
})
