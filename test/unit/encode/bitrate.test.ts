import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { burstBits, defaultBitrate } from '../../../src/encode/bitrate.js'

describe('defaultBitrate', () => {
  it.each([
    [2, 2, 1_000_000],
    [320, 240, 1_000_000],
    [1280, 720, 5_529_600],
    [1920, 1080, 12_441_600],
    [8192, 8192, 60_000_000],
  ])('of %i×%i is %i bit/s', (width, height, rate) => {
    expect(defaultBitrate(width, height)).toBe(rate)
  })
})

describe('burstBits', () => {
  it('is 120 ms of what the network takes when that is the limit', () => {
    expect(burstBits({ bitrate: 1_000_000, available: 1_000_000 })).toBe(120_000)
  })

  it('is more when the network has room, up to 750 ms of the rate', () => {
    expect(burstBits({ bitrate: 1_000_000, available: 2_000_000 })).toBe(435_000)
    expect(burstBits({ bitrate: 1_000_000, available: 3_000_000 })).toBe(750_000)
    expect(burstBits({ bitrate: 1_000_000, available: 50_000_000 })).toBe(750_000)
  })

  it('is 70 ms of it, whatever room there is, for a keyframe that a collapsed network waits for', () => {
    for (const available of [1_000_000, 20_000_000])
      expect(burstBits({ bitrate: 1_000_000, available, isUrgent: true })).toBe(70_000)
  })

  it('is never on its way for long, and always enough for a few pictures', () => {
    const rate = fc.integer({ min: 50_000, max: 200_000_000 })
    fc.assert(
      fc.property(rate, rate, (bitrate, available) => {
        const burst = burstBits({ bitrate, available })
        expect(Number.isInteger(burst)).toBe(true)
        expect(burst).toBeLessThanOrEqual(Math.ceil(0.25 * Math.max(bitrate, available)))
        expect(burst).toBeLessThanOrEqual(Math.ceil(0.75 * bitrate))
        expect(burst).toBeGreaterThanOrEqual(Math.floor(0.12 * bitrate))
      }),
    )
  })
})
