import { describe, expect, it } from 'vitest'
import { readIceServers } from '../../../src/viewer/ice-servers.js'

describe('ICE servers in a Link header', () => {
  it('are read with their credentials', () => {
    const link =
      '<stun:a.example:3478>; rel="ice-server", ' +
      '<turn:b.example?transport=udp>; rel="ice-server"; username="1,2;\\"x\\\\"; credential="p=w"; credential-type="password"'
    expect(readIceServers(link)).toEqual([
      { urls: 'stun:a.example:3478' },
      { urls: 'turn:b.example?transport=udp', username: '1,2;"x\\', credential: 'p=w' },
    ])
  })

  it.each([
    [null],
    [''],
    ['<https://a.example/next>; rel="next"'],
    ['<stun:a.example>'],
    ['<stun:a.example>; rel="other"'],
    ['<https://a.example>; rel="ice-server"'],
    ['<<<>>>;;;rel='],
    ['<turn:a.example>; rel="ice-server"'],
    ['<turns:a.example>; rel="ice-server"; username="u"'],
    ['<turn:a.example>; rel="ice-server"; credential="c"'],
    ['"'.repeat(1000)],
  ])('%j has none', (link) => {
    expect(readIceServers(link)).toEqual([])
  })

  it('without credentials leave the others', () => {
    const link = '<turn:a.example>; rel="ice-server", <stun:b.example>; rel="ice-server"'
    expect(readIceServers(link)).toEqual([{ urls: 'stun:b.example' }])
  })

  it('may have parameters without quotes and in any case', () => {
    expect(readIceServers('<stun:a>; Rel=ice-server;x')).toEqual([{ urls: 'stun:a' }])
  })
})
