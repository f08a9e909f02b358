import { describe, expect, it } from 'vitest'
import {
  collect,
  isLoopback,
  parseAllowedHost,
  parseFps,
  parseHost,
  parsePort,
  parseSize,
} from '../../../src/cli/options.js'

describe('options of the command line', () => {
  it.each([
    ['30', 30],
    ['0.5', 0.5],
    ['.25', 0.25],
    ['29.97', 29.97],
    ['240', 240],
  ])('takes %s as images per second', (text, fps) => {
    expect(parseFps(text)).toBe(fps)
  })

  it.each(['abc', '', '0', '-1', '241', '1e3', '30fps', ' 30', 'Infinity', 'NaN', '0x10', '1,5'])(
    'refuses %j as images per second, and says what it expects',
    (text) => {
      expect(() => parseFps(text)).toThrow(/Expected images per second, a number from 0\.001 to 240/)
    },
  )

  it.each([
    ['0', 0],
    ['80', 80],
    ['65535', 65535],
  ])('takes %s as a port', (text, port) => {
    expect(parsePort(text)).toBe(port)
  })

  it.each(['99999', '65536', '-1', '80.5', 'http', '', '8080 '])('refuses %j as a port', (text) => {
    expect(() => parsePort(text)).toThrow(/whole number from 0 to 65535/)
  })

  it('takes sizes in either case', () => {
    expect(parseSize('1280x720')).toEqual({ width: 1280, height: 720 })
    expect(parseSize('641X479')).toEqual({ width: 641, height: 479 })
  })

  it.each(['1280', '1280*720', 'x720', '1x100', '9000x100', '-5x5', '1280x720x3', '12.5x10'])(
    'refuses %j as a size',
    (text) => {
      expect(() => parseSize(text)).toThrow(/Expected WIDTHxHEIGHT/)
    },
  )

  it('takes host names and addresses, IPv6 in brackets as well', () => {
    expect(parseHost('0.0.0.0')).toBe('0.0.0.0')
    expect(parseHost('[::1]')).toBe('::1')
    expect(() => parseHost('http://x')).toThrow(/address or a host name/)
    expect(() => parseHost('')).toThrow(/address or a host name/)
  })

  it('takes names of a proxy, without port', () => {
    expect(parseAllowedHost('camera.example.org', ['a'])).toEqual(['a', 'camera.example.org'])
    for (const text of ['', 'http://camera', 'camera:443', '*'])
      expect(() => parseAllowedHost(text, undefined)).toThrow(/host name without port/)
  })

  it('knows which addresses only this machine can reach', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', 'localhost', '::1']) expect(isLoopback(host)).toBe(true)
    for (const host of ['0.0.0.0', '::', '192.168.1.2', '127.example.com', 'host'])
      expect(isLoopback(host)).toBe(false)
  })

  it('collects repeated options in order', () => {
    expect(collect('b', collect('a', undefined))).toEqual(['a', 'b'])
  })
})
