import { describe, expect, it } from 'vitest'
import { readIceServers } from '../../../src/publish/link-header.js'

describe('the Link header', () => {
  it('names STUN and TURN servers, also escaped ones', () => {
    const { servers, notes } = readIceServers(
      '<stun:stun.example>; rel="ice-server", ' +
        '<turn:turn.example?transport=udp>; rel="ice-server"; username="a, \\"b\\""; credential="c;d"; credential-type="password", ' +
        '<stun:stun.example:3478%3Fa>; rel=next, <turn%3Aother.example:3478>;rel=ice-server;username=u;credential=p',
    )
    expect(servers).toEqual([
      { url: 'stun:stun.example' },
      { url: 'turn:turn.example?transport=udp', username: 'a, "b"', credential: 'c;d' },
      { url: 'turn:other.example:3478', username: 'u', credential: 'p' },
    ])
    expect(notes).toEqual([])
  })

  it('says what is left out, and why', () => {
    const { servers, notes } = readIceServers(
      '<turns:a.example>; rel="ice-server"; username="u"; credential="p", ' +
        '<turn:b.example?transport=tcp>; rel="ice-server"; username="u"; credential="p", ' +
        '<turn:c.example>; rel="ice-server", <stun:x y>; rel="ice-server"',
    )
    expect(servers).toEqual([])
    expect(notes).toHaveLength(4)
    expect(notes[0]).toContain('UDP alone')
    expect(notes[2]).toContain('without user name')
  })

  it.each([null, '', '<', '<>;rel=ice-server', '<stun:a>', 'x'.repeat(100_000), '<a>;'.repeat(20_000)])(
    'takes nothing from what is none (%#)',
    (header) => expect(readIceServers(header).servers).toEqual([]),
  )
})
