import { describe, expect, it } from 'vitest'
import { ImageError } from '../../../src/common/errors.js'
import {
  isTight,
  leastByteLength,
  mostByteLength,
  planeSizes,
  stridedPlanes,
  tightByteLength,
} from '../../../src/image/layout.js'
import { PIXEL_FORMATS } from '../../../src/image/source.js'

describe('planeSizes', () => {
  it('rounds chroma up at odd sizes', () => {
    expect(planeSizes('yuv420p', 5, 3)).toEqual([
      { rowBytes: 5, rows: 3 },
      { rowBytes: 3, rows: 2 },
      { rowBytes: 3, rows: 2 },
    ])
    expect(planeSizes('nv12', 5, 3)).toEqual([
      { rowBytes: 5, rows: 3 },
      { rowBytes: 6, rows: 2 },
    ])
    expect(planeSizes('bgr24', 5, 3)).toEqual([{ rowBytes: 15, rows: 3 }])
  })

  it.each(PIXEL_FORMATS)('adds up to tightByteLength for %s', (format) => {
    for (const [width, height] of [
      [2, 2],
      [3, 2],
      [2, 3],
      [33, 17],
      [641, 479],
      [8192, 8192],
    ] as const) {
      const sum = planeSizes(format, width, height).reduce(
        (total, { rowBytes, rows }) => total + rowBytes * rows,
        0,
      )
      expect(tightByteLength(format, width, height)).toBe(sum)
    }
  })
})

describe('stridedPlanes', () => {
  it('derives chroma strides from that of luma', () => {
    expect(stridedPlanes('yuv420p', 5, 3, 9).map(({ offset, stride }) => [offset, stride])).toEqual([
      [0, 9],
      [27, 5],
      [37, 5],
    ])
    expect(stridedPlanes('nv12', 5, 3, 9).map(({ offset, stride }) => [offset, stride])).toEqual([
      [0, 9],
      [27, 10],
    ])
  })

  it('is tight where the stride of an odd width is the width', () => {
    expect(isTight(stridedPlanes('nv12', 3, 3, 3))).toBe(true)
    expect(isTight(stridedPlanes('yuv420p', 3, 3, 3))).toBe(true)
    expect(isTight(stridedPlanes('yuv420p', 3, 3, 4))).toBe(false)
  })

  it('takes one stride for each plane', () => {
    const planes = stridedPlanes('yuv420p', 4, 4, [8, 2, 3])
    expect(planes.map(({ offset, stride }) => [offset, stride])).toEqual([
      [0, 8],
      [32, 2],
      [36, 3],
    ])
    expect(leastByteLength(planes)).toBe(41)
    expect(mostByteLength(planes)).toBe(42)
  })

  it.each([
    [11, 'stride'],
    [12.5, 'stride'],
    [Number.NaN, 'stride'],
    ['12', 'stride'],
    [null, 'stride'],
    [[12, 12], 'stride'],
    [[], 'stride'],
    [[11], 'stride[0]'],
  ])('refuses %j', (stride, field) => {
    try {
      stridedPlanes('rgb24', 4, 4, stride)
    } catch (error) {
      expect(error).toBeInstanceOf(ImageError)
      expect((error as ImageError).field).toBe(field)
      return
    }
    throw new Error('taken')
  })
})
