import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FITS, place } from '../../../src/viewer/fit.js'

const box = { width: 1_000, height: 500 }

describe('place', () => {
  it('fits the picture as CSS does', () => {
    const image = { width: 100, height: 100 }
    expect(place(box, image, image, 'contain', 1)).toMatchObject({
      left: 250,
      top: 0,
      width: 500,
      height: 500,
    })
    expect(place(box, image, image, 'cover', 1)).toMatchObject({
      left: 0,
      top: -250,
      width: 1_000,
      height: 1_000,
    })
    expect(place(box, image, image, 'fill', 1)).toMatchObject({ left: 0, top: 0, width: 1_000, height: 500 })
    expect(place(box, image, image, 'none', 1)).toMatchObject({
      left: 450,
      top: 200,
      width: 100,
      height: 100,
    })
  })

  it('cuts off the pixel that H.264 added to an odd size', () => {
    const placed = place(box, { width: 641, height: 479 }, { width: 642, height: 480 }, 'none', 1)
    expect(placed).toMatchObject({ width: 641, height: 479 })
    expect(placed.codedWidth * 641).toBeCloseTo(642)
    expect(placed.codedHeight * 479).toBeCloseTo(480)
  })

  it('cuts nothing off an exact picture, or a scaled one', () => {
    const image = { width: 1_281, height: 721 }
    for (const coded of [image, { width: 640, height: 360 }])
      expect(place(box, image, coded, 'contain', 1)).toMatchObject({ codedWidth: 1, codedHeight: 1 })
  })

  it('keeps the shape of the old picture until the one of the new size is there', () => {
    const old = { width: 640, height: 480 }
    const placed = place(box, { width: 200, height: 800 }, old, 'contain', 1)
    expect(placed.width / placed.height).toBeCloseTo(4 / 3, 2)
  })

  it('puts edges on device pixels, and never outside the box when the picture is to be contained', () => {
    const size = fc.record({
      width: fc.integer({ min: 2, max: 8_192 }),
      height: fc.integer({ min: 2, max: 8_192 }),
    })
    fc.assert(
      fc.property(
        size,
        size,
        fc.constantFrom(...FITS),
        fc.constantFrom(1, 1.25, 2, 3),
        (box, image, fit, ratio) => {
          const placed = place(box, image, image, fit, ratio)
          for (const edge of [placed.left, placed.top, placed.width, placed.height])
            expect(Math.abs(edge * ratio - Math.round(edge * ratio))).toBeLessThan(1e-6)
          if (fit === 'contain') {
            expect(placed.width).toBeLessThanOrEqual(box.width + 1 / ratio)
            expect(placed.height).toBeLessThanOrEqual(box.height + 1 / ratio)
          }
        },
      ),
    )
  })

  it('tells how large a source pixel is on the screen', () => {
    expect(place(box, { width: 100, height: 50 }, { width: 100, height: 50 }, 'contain', 2).scale).toBe(20)
  })
})
