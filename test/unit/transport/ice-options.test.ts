import { describe, expect, it } from 'vitest'
import { toConfig } from '../../../src/transport/ice-options.js'

const access = { username: 'u', credential: 'c' }

describe('the servers that libdatachannel asks', () => {
  it('are those for the server itself that speak UDP', () => {
    const { iceServers } = toConfig('viewer-1', {
      servers: [
        { url: 'stun:[2001:db8::1]:5000' },
        { url: 'stun:a.test', for: 'viewers' },
        { url: 'turn:b.test', ...access },
        { url: 'turn:c.test?transport=tcp', ...access },
      ],
    })
    expect(iceServers).toEqual([
      'stun:[2001:db8::1]:5000',
      { hostname: 'b.test', port: 3478, username: 'u', password: 'c', relayType: 'TurnUdp' },
    ])
  })

  it('are none that have to be spoken to encrypted', () => {
    const urls = [
      'stuns:a.test',
      'turns:a.test',
      'turns:a.test?transport=udp',
      'turns:a.test:443?transport=tcp',
    ]
    const { iceServers } = toConfig('viewer-1', { servers: urls.map((url) => ({ url, ...access })) })
    expect(iceServers).toEqual([])
  })
})
