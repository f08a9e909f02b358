import { describe, expect, it } from 'vitest'
import { luminance, PALETTE, paletteColor, textOn } from '../../../../src/viewer/overlay/colors.js'
import { shapeAt } from '../../../../src/viewer/overlay/hit.js'
import { readShapes } from '../../../../src/viewer/overlay/shapes.js'
import { placeLabel, viewOf } from '../../../../src/viewer/overlay/view.js'

describe('what lies at a point', () => {
  const shapes = readShapes({
    objects: [
      { id: 'small', box: [40, 40, 20, 20] },
      { id: 'large', box: [0, 0, 100, 100] },
      { id: 'twin', box: [40, 40, 20, 20] },
      {
        id: 'triangle',
        polygon: [
          [200, 0],
          [300, 0],
          [200, 100],
        ],
      },
      {
        id: 'line',
        polyline: [
          [0, 90],
          [100, 90],
        ],
      },
      { id: 'pose', keypoints: [[10, 10], null, [30, 10]], skeleton: [[0, 2]] },
    ],
  })
  const idAt = (x: number, y: number, tolerance = { x: 2, y: 2 }) =>
    (shapeAt(shapes, x, y, tolerance)?.object as { id: string } | undefined)?.id

  it.each([
    ['the smallest of several, the topmost of equals', 50, 50, 'twin'],
    ['a box', 80, 20, 'large'],
    ['the edge of a box, from outside', 101.5, 50, 'large'],
    ['a line rather than what it crosses', 80, 91, 'line'],
    ['a key point', 11, 11, 'pose'],
    ['a bone', 20, 9, 'pose'],
    ['the inside of a polygon', 220, 30, 'triangle'],
    ['nothing: the box around a polygon is not the polygon', 290, 90, undefined],
    ['nothing', 150, 150, undefined],
  ])('is %s', (_, x, y, id) => expect(idAt(x, y)).toBe(id))

  it('depends on the scale each way', () => {
    expect(idAt(130, 50, { x: 60, y: 1 })).toBe('large')
    expect(idAt(50, 150, { x: 60, y: 1 })).toBeUndefined()
  })
})

describe('a label', () => {
  const source = { width: 100, height: 100 }
  const box = { width: 400, height: 200 }
  // A square picture in a wide box: bars of 100 CSS pixels on both sides.
  const view = viewOf({ left: 100, top: 0, width: 200, height: 200, source }, box)
  const place = (object: unknown, width = 60, where = view) =>
    placeLabel(readShapes({ objects: [object] })[0]!, width, where)

  it('sits on the upper left corner of its object', () => {
    expect(place({ box: [20, 40, 30, 30] })).toEqual({ left: 139, top: 62, right: 199, bottom: 80 })
  })

  it('stays in the picture', () => {
    expect(place({ box: [0, 0, 30, 30] })).toEqual({ left: 100, top: 0, right: 160, bottom: 18 })
    expect(place({ box: [90, 50, 30, 30] })).toEqual({ left: 240, top: 82, right: 300, bottom: 100 })
    expect(place({ box: [-50, 95, 500, 500] }, 500)).toEqual({ left: 100, top: 172, right: 300, bottom: 190 })
    expect(place({ box: [10, -40, 5, 141] })).toEqual({ left: 119, top: 0, right: 179, bottom: 18 })
  })

  it('is not there for what cannot be seen', () => {
    expect(place({ box: [101, 0, 10, 10] })).toBeUndefined()
    const zoomed = viewOf({ left: -900, top: -900, width: 2_000, height: 2_000, source }, box)
    expect(place({ box: [0, 0, 20, 20] }, 60, zoomed)).toBeUndefined()
    // Of this one the lower right corner is seen.
    expect(place({ box: [0, 0, 50, 50] }, 60, zoomed)).toEqual({ left: 0, top: 0, right: 60, bottom: 18 })
  })
})

describe('colours', () => {
  it('are the same for the same label, and many for many', () => {
    const labels = ['person', 'car', 'bicycle', 'dog', 'cat', 'bus', 'truck', 'bird', 'horse', 'chair']
    expect(labels.map(paletteColor)).toEqual(labels.map(paletteColor))
    expect(new Set(labels.map(paletteColor)).size).toBeGreaterThan(4)
    expect(PALETTE).toContain(paletteColor(''))
  })

  it('stand out from their dark rim, and their labels can be read: WCAG’s 4.5 to 1 at least', () => {
    for (const color of PALETTE) {
      const [light, dark] = [luminance(rgbOf(color)), 0]
      expect((light + 0.05) / (dark + 0.05)).toBeGreaterThan(4.5)
      expect(textOn(color)).toBe('#000')
    }
    expect(textOn('#663399')).toBe('#fff')
    expect(textOn('rgba(1, 2, 3, 0.5)')).toBe('#000')
  })
})

function rgbOf(color: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
}
