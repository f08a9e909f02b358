import { describe, expect, it } from 'vitest'
import { monotonicNow } from '../../../src/common/clock.js'
import { compactNtp, compactNtpToMs, rtpTimestamp, toNtp, wallClockOffset } from '../../../src/rtp/clock.js'

describe('rtpTimestamp', () => {
  it.each([
    [0, 0, 0],
    [1, 0, 90],
    [1 / 90, 0xffffffff, 0],
    [0.0056, 0, 1],
    [2 ** 32 / 90, 5, 5],
    [365 * 86_400_000, 0, (365 * 86_400_000 * 90) % 2 ** 32],
  ])('of %f ms with offset %i is %i', (time, offset, expected) => {
    expect(rtpTimestamp(time, offset)).toBe(expected)
  })
})

describe('NTP time', () => {
  it('counts from 1900', () => {
    expect(toNtp(0)).toEqual({ seconds: 2_208_988_800, fraction: 0 })
    expect(toNtp(1250)).toEqual({ seconds: 2_208_988_801, fraction: 0x40000000 })
    expect(toNtp(Date.UTC(2036, 1, 7, 6, 28, 16))).toEqual({ seconds: 0, fraction: 0 }) // RFC 5905 §6, era 1
  })

  it('has a compact form', () => {
    expect(compactNtp({ seconds: 0xb44db705, fraction: 0x20000000 })).toBe(0xb7052000) // RFC 3550 §6.4.1
    expect(compactNtpToMs(0x5_4000)).toBe(5250) // ibid.: DLSR of 5.250 s
  })

  it('follows the wall clock', () => {
    expect(Math.abs(monotonicNow() + wallClockOffset() - Date.now())).toBeLessThan(1000)
  })
})
