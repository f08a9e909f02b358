import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readShapes } from '../../../../src/viewer/overlay/shapes.js'

const shapeOf = (object: unknown) => readShapes({ objects: [object] })[0]

describe('what is drawn of metadata', () => {
  it('is the shapes of its objects, with their labels', () => {
    expect(
      shapeOf({ id: 4, label: 'person', score: 0.934, color: 'red', box: [10, 20, 30, 40] }),
    ).toMatchObject({
      label: 'person 93%',
      kind: 'person',
      color: 'red',
      box: [10, 20, 30, 40],
      bounds: { left: 10, top: 20, right: 40, bottom: 60 },
      anchor: [10, 20],
    })
    expect(
      shapeOf({
        polygon: [
          [0, 5],
          [9, 0],
          [9, 9],
        ],
      }),
    ).toMatchObject({
      label: '',
      polygon: [0, 5, 9, 0, 9, 9],
      bounds: { left: 0, top: 0, right: 9, bottom: 9 },
      anchor: [0, 0],
    })
    expect(
      shapeOf({
        polyline: [
          [8, 8],
          [2, 9],
        ],
      }),
    ).toMatchObject({ polyline: [8, 8, 2, 9], anchor: [8, 8] })
  })

  it('is key points that were found, and the lines between them', () => {
    const { keypoints, skeleton, bounds } = shapeOf({
      keypoints: [[1, 2], null, [3, 4], 'x', [5, 6, 0.9]],
      skeleton: [[0, 2], [0, 1], [2, 4], [4, 9], [-1, 0], 'x', [0]],
    })!
    expect(keypoints).toEqual([1, 2, NaN, NaN, 3, 4, NaN, NaN, 5, 6])
    expect(skeleton).toEqual([0, 2, 2, 4])
    expect(bounds).toEqual({ left: 1, top: 2, right: 5, bottom: 6 })
    expect(shapeOf({ keypoints: [null, null] })).toBeUndefined()
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 3],
    ['an array', [{ box: [1, 2, 3, 4] }]],
    ['no list', { objects: { box: [1, 2, 3, 4] } }],
    ['no objects', { objects: [null, 5, 'x', [], {}] }],
    ['a box of three', { objects: [{ box: [1, 2, 3] }] }],
    ['a box of texts', { objects: [{ box: ['1', '2', '3', '4'] }] }],
    ['a box turned over', { objects: [{ box: [1, 2, -3, 4] }] }],
    ['a box far away', { objects: [{ box: [1e9, 2, 3, 4] }] }],
    [
      'a polygon of two',
      {
        objects: [
          {
            polygon: [
              [1, 2],
              [3, 4],
            ],
          },
        ],
      },
    ],
    ['a polygon with a hole', { objects: [{ polygon: [[1, 2], [3, 4], null, [5, 6]] }] }],
  ])('is nothing of %s', (_, metadata) => {
    expect(readShapes(metadata)).toEqual([])
  })

  it('leaves out the bad shape of an object, not the object', () => {
    expect(shapeOf({ box: [0, 0, 5, 5], polygon: 'x', label: 7, score: 'high', color: 8 })).toMatchObject({
      box: [0, 0, 5, 5],
      polygon: undefined,
      label: '',
      color: undefined,
    })
  })

  it('keeps labels to a line of 80 characters, and scores between 0 and 1', () => {
    expect(shapeOf({ box: [0, 0, 1, 1], label: ' a\n\tb\u0000c ', score: 7 })?.label).toBe('a b c 100%')
    const long = shapeOf({ box: [0, 0, 1, 1], label: 'x'.repeat(1e6) })?.label
    expect(long).toHaveLength(80)
    expect(long?.endsWith('…')).toBe(true)
  })

  it('has an end', () => {
    const box = { box: [0, 0, 1, 1] }
    expect(readShapes({ objects: Array(50_000).fill(box) })).toHaveLength(1_000)
    const line = { polyline: Array(9_000).fill([1, 2]) }
    expect(readShapes({ objects: Array(5).fill(line) })).toHaveLength(2)
  })

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.record(
          {
            label: fc.anything(),
            score: fc.anything(),
            color: fc.anything(),
            box: fc.oneof(fc.anything(), fc.array(fc.oneof(fc.double(), fc.anything()), { maxLength: 5 })),
            polygon: fc.oneof(fc.anything(), fc.array(fc.anything())),
            polyline: fc.oneof(fc.anything(), fc.array(fc.array(fc.double()))),
            keypoints: fc.oneof(fc.anything(), fc.array(fc.oneof(fc.array(fc.double()), fc.anything()))),
            skeleton: fc.oneof(fc.anything(), fc.array(fc.array(fc.integer()))),
          },
          { requiredKeys: [] },
        ),
        (object) => {
          for (const { bounds } of readShapes({ objects: [object] }))
            expect(Object.values(bounds).every(Number.isFinite)).toBe(true)
        },
      ),
    )
  })
})
