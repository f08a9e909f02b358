import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  FITS,
  type Fit,
  place as placed,
  type Size,
  toBox,
  toSource,
  within,
  type Zoom,
  zoomAround,
} from '../../../src/viewer/placement.js'

const box = { width: 1_000, height: 500 }

const place = (box: Size, image: Size, coded: Size, fit: Fit, ratio: number, zoom?: Zoom) =>
  placed({ box, image, coded, fit, ratio, zoom })

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

const side = fc.integer({ min: 2, max: 8_192 })
const situation = fc.record({
  box: fc.record({ width: fc.integer({ min: 50, max: 4_000 }), height: fc.integer({ min: 50, max: 4_000 }) }),
  image: fc.record({ width: side, height: side }),
  padded: fc.tuple(fc.boolean(), fc.boolean()),
  fit: fc.constantFrom(...FITS),
  ratio: fc.constantFrom(1, 1.25, 1.5, 2, 3),
  zoom: fc.option(
    fc.record({
      scale: fc.double({ min: 0.02, max: 64, noNaN: true }),
      centre: fc.record({ x: fc.integer({ min: 0, max: 8_192 }), y: fc.integer({ min: 0, max: 8_192 }) }),
    }),
    { nil: undefined },
  ),
})
const placeIn = ({
  box,
  image,
  padded: [wide, high],
  fit,
  ratio,
  zoom,
}: typeof situation extends fc.Arbitrary<infer S> ? S : never) =>
  place(
    box,
    image,
    { width: image.width + Number(wide), height: image.height + Number(high) },
    fit,
    ratio,
    zoom,
  )

describe('toSource and toBox', () => {
  it('lead there and back', () => {
    fc.assert(
      fc.property(situation, fc.double({ min: -1, max: 2, noNaN: true }), (at, share) => {
        const placement = placeIn(at)
        const point = { x: at.image.width * share, y: at.image.height * (1 - share) }
        const back = toSource(placement, toBox(placement, point))
        expect(back.x).toBeCloseTo(point.x, 6)
        expect(back.y).toBeCloseTo(point.y, 6)
      }),
    )
  })

  it('give each source pixel the device pixels that show it', () => {
    fc.assert(
      fc.property(situation, fc.nat(), fc.nat(), (at, column, row) => {
        const placement = placeIn(at)
        const x = column % at.image.width
        const y = row % at.image.height
        const source = toSource(placement, toBox(placement, { x: x + 0.5, y: y + 0.5 }))
        expect([Math.floor(source.x), Math.floor(source.y)]).toEqual([x, y])
        expect(within(at.image, source)).toBe(true)
      }),
    )
  })

  it('are exact to the pixel where pixels are whole', () => {
    const image = { width: 641, height: 479 }
    const coded = { width: 642, height: 480 }
    const placement = place(box, image, coded, 'contain', 1, { scale: 3, centre: { x: 320, y: 240 } })
    // 1,000 / 2 − 320 · 3 = −460, 500 / 2 − 240 · 3 = −470
    expect(placement).toMatchObject({
      left: -460,
      top: -470,
      width: 1_923,
      height: 1_437,
      scaleX: 3,
      scaleY: 3,
    })
    expect(toSource(placement, { x: 0, y: 0 })).toEqual({ x: 460 / 3, y: 470 / 3 })
    for (const [x, pixel] of [
      [500, 320],
      [502.9, 320],
      [503, 321],
      [499.9, 319],
    ] as const)
      expect(Math.floor(toSource(placement, { x, y: 250 }).x)).toBe(pixel)
  })
})

describe('a zoomed picture', () => {
  it('lies on device pixels, covers the box as far as it can, and is centred where it cannot', () => {
    fc.assert(
      fc.property(situation, (at) => {
        fc.pre(at.zoom !== undefined)
        const { left, top, width, height } = placeIn(at)
        for (const [start, length, room] of [
          [left, width, at.box.width],
          [top, height, at.box.height],
        ] as const) {
          expect(Math.abs(start * at.ratio - Math.round(start * at.ratio))).toBeLessThan(1e-6)
          const pixel = 1 / at.ratio + 1e-9
          if (length > room) {
            expect(start).toBeLessThanOrEqual(pixel)
            expect(start + length).toBeGreaterThanOrEqual(room - pixel)
          } else expect(Math.abs(start - (room - length) / 2)).toBeLessThanOrEqual(pixel)
        }
      }),
    )
  })

  it('has the scale that was asked for, in device pixels', () => {
    const image = { width: 1_280, height: 720 }
    for (const ratio of [1, 1.5, 2])
      for (const scale of [1, 2, 3, 20])
        expect(
          place(box, image, image, 'contain', ratio, { scale, centre: { x: 640, y: 360 } }),
        ).toMatchObject({
          scale,
          width: (1_280 * scale) / ratio,
        })
  })

  it('keeps the shape that `fill` gives it', () => {
    const image = { width: 100, height: 100 }
    const placement = place(box, image, image, 'fill', 1, { scale: 10, centre: { x: 50, y: 50 } })
    expect(placement).toMatchObject({ width: 2_000, height: 1_000, scaleX: 20, scaleY: 10, scale: 10 })
  })
})

describe('zoomAround', () => {
  it('leaves the pixel under the pointer where it is', () => {
    const image = { width: 1_920, height: 1_080 }
    const before = place(box, image, image, 'contain', 2)
    for (const at of [
      { x: 500, y: 250 },
      { x: 300, y: 400 },
      { x: 700, y: 20 },
    ]) {
      const zoom = zoomAround(before, box, before.scale * 4, at)
      const after = place(box, image, image, 'contain', 2, zoom)
      const pixel = toSource(before, at)
      // To the half device pixel that the edges were moved by.
      expect(Math.abs(toBox(after, pixel).x - at.x)).toBeLessThanOrEqual(0.26)
      expect(Math.abs(toBox(after, pixel).y - at.y)).toBeLessThanOrEqual(0.26)
    }
  })
})
