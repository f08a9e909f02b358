import { describe, expect, it } from 'vitest'
import { FrameRate } from '../../../src/viewer/frame-rate.js'

function play(rate: FrameRate, from: number, to: number, every: number, frames = 1): void {
  for (let at = from; at <= to; at += every) rate.add(at, frames)
}

describe('FrameRate', () => {
  it('does not waver with the moment of asking', () => {
    const rate = new FrameRate()
    play(rate, 0, 10_000, 100)
    for (const now of [10_000, 10_033, 10_066, 10_099]) expect(rate.perSecond(now)).toBeCloseTo(10, 5)
  })

  it('counts frames that were shown without a callback', () => {
    const rate = new FrameRate()
    play(rate, 0, 4_000, 33.3333, 2)
    expect(rate.perSecond(4_000)).toBeCloseTo(60, 1)
  })

  it('falls to nothing when the picture stands still', () => {
    const rate = new FrameRate()
    play(rate, 0, 3_000, 50)
    expect(rate.perSecond(3_500)).toBeLessThan(19)
    expect(rate.perSecond(5_100)).toBe(0)
  })

  it('knows slow streams', () => {
    const rate = new FrameRate()
    expect(rate.perSecond(0)).toBe(0)
    rate.add(0, 1)
    expect(rate.perSecond(500)).toBe(0.5)
    rate.add(1_000, 1)
    expect(rate.perSecond(1_500)).toBeCloseTo(1)
  })
})
