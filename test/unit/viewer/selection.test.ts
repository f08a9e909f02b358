import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { moved, rectOfDrag, resized } from '../../../src/viewer/selection.js'

const image = { width: 640, height: 480 }

describe('rectOfDrag', () => {
  it('goes from edge to edge of pixels, in any direction', () => {
    const rect = { x: 10, y: 20, width: 30, height: 40 }
    expect(rectOfDrag({ x: 10.4, y: 19.6 }, { x: 39.6, y: 60.2 }, image, false)).toEqual(rect)
    expect(rectOfDrag({ x: 40, y: 60 }, { x: 10, y: 20 }, image, false)).toEqual(rect)
  })

  it('ends at the edge of the image', () => {
    expect(rectOfDrag({ x: 600, y: 400 }, { x: 9_000, y: 9_000 }, image, false)).toEqual({
      x: 600,
      y: 400,
      width: 40,
      height: 80,
    })
  })

  it('keeps its middle when it is drawn from there', () => {
    expect(rectOfDrag({ x: 100, y: 100 }, { x: 130, y: 110 }, image, true)).toEqual({
      x: 70,
      y: 90,
      width: 60,
      height: 20,
    })
    expect(rectOfDrag({ x: 10, y: 100 }, { x: 130, y: 110 }, image, true)).toMatchObject({ x: 0, width: 20 })
  })

  it('lies within the image, in whole pixels, whatever is dragged and moved', () => {
    const place = fc.record({
      x: fc.double({ min: -2_000, max: 2_000, noNaN: true }),
      y: fc.double({ min: -2_000, max: 2_000, noNaN: true }),
    })
    const step = fc.integer({ min: -700, max: 700 })
    fc.assert(
      fc.property(place, place, fc.boolean(), step, step, (from, to, fromCenter, dx, dy) => {
        const drawn = rectOfDrag(from, to, image, fromCenter)
        for (const rect of [drawn, moved(drawn, dx, dy, image)]) {
          expect(Object.values(rect).every(Number.isInteger)).toBe(true)
          expect(rect.x >= 0 && rect.y >= 0 && rect.width >= 0 && rect.height >= 0).toBe(true)
          expect(rect.x + rect.width <= 640 && rect.y + rect.height <= 480).toBe(true)
        }
      }),
    )
  })
})

describe('resized', () => {
  it('moves the right and the lower edge, and leaves a pixel', () => {
    const rect = { x: 600, y: 100, width: 30, height: 20 }
    expect(resized(rect, 3, -5, image)).toEqual({ x: 600, y: 100, width: 33, height: 15 })
    expect(resized(rect, 100, -100, image)).toEqual({ x: 600, y: 100, width: 40, height: 1 })
  })
})
