import { describe, expect, it } from 'vitest'
import { limitOption, parseLimit, trustProxyOption } from '../../../src/cli/limit-flags.js'

describe('--limit', () => {
  it('is given once for each', () => {
    expect(parseLimit('encodeLoad=0.5', parseLimit('sessions=50'))).toEqual({ sessions: 50, encodeLoad: 0.5 })
  })

  it.each([
    ['sessions', 'Expected a whole number from 1 to 10000'],
    ['sessions=', 'Expected a whole number from 1 to 10000'],
    ['sessions=many', 'Expected a whole number'],
    ['sessions=1.5', 'Expected a whole number'],
    ['sessions=1=2', 'Expected NAME=VALUE'],
    ['session=1', 'Expected NAME=VALUE, with one of the names bodyBytes, sessions,'],
    ['toString=1', 'Expected NAME=VALUE'],
    ['encodeLoad=2', 'Expected a number from 0.01 to 1'],
  ])('%s is refused', (text, message) => {
    expect(() => parseLimit(text)).toThrow(message)
    expect(limitOption().parseArg).toBe(parseLimit)
  })
})

it('--trust-proxy takes addresses and networks', () => {
  const parse = trustProxyOption().parseArg!
  expect(parse('10.0.0.0/8', parse('127.0.0.1', undefined))).toEqual(['127.0.0.1', '10.0.0.0/8'])
  expect(() => parse('proxy.test', undefined)).toThrow('Expected an IP address or a network')
})
