import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SCALES, scaledSize, scalesFor } from '../../../src/encode/scale.js'

describe('scalesFor', () => {
  it.each([
    [1280, 720, [1, 2, 4]],
    [640, 360, [1, 2, 4]],
    [640, 359, [1, 2]],
    [320, 180, [1, 2]],
    [180, 320, [1, 2]],
    [320, 178, [1]],
    [4096, 90, [1]],
    [2, 2, [1]],
  ])('of %i×%i', (width, height, scales) => {
    expect(scalesFor({ width, height })).toEqual(scales)
  })
})

describe('scaledSize', () => {
  it('is the size itself at scale 1, odd or not', () => {
    expect(scaledSize({ width: 641, height: 479 }, 1)).toEqual({ width: 641, height: 479 })
  })

  it('is even at others', () => {
    expect(scaledSize({ width: 1280, height: 720 }, 2)).toEqual({ width: 640, height: 360 })
    expect(scaledSize({ width: 1366, height: 768 }, 4)).toEqual({ width: 342, height: 192 })
    expect(scaledSize({ width: 641, height: 479 }, 2)).toEqual({ width: 320, height: 240 })
  })

  it('is never nothing, nor far from what it should be', () => {
    const side = fc.integer({ min: 2, max: 8192 })
    fc.assert(
      fc.property(side, side, fc.constantFrom(...SCALES.slice(1)), (width, height, scale) => {
        const scaled = scaledSize({ width, height }, scale)
        for (const [to, from] of [
          [scaled.width, width],
          [scaled.height, height],
        ] as const) {
          expect(to % 2).toBe(0)
          expect(to).toBeGreaterThanOrEqual(2)
          if (from / scale >= 2) expect(Math.abs(to - from / scale)).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})
