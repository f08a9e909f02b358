import {
  AV_PIX_FMT_YUV420P,
  AV_PIX_FMT_YUV422P,
  AVCOL_RANGE_JPEG,
  AVCOL_RANGE_MPEG,
  AVCOL_SPC_BT709,
  AVCOL_SPC_SMPTE170M,
  Frame,
} from 'node-av'
import { afterAll, describe, expect, it } from 'vitest'
import { PlanarConverter } from '../../../../src/cli/input/camera/planar-converter.js'

const converter = new PlanarConverter()
afterAll(() => converter.close())

/** FFmpeg's frames do not keep alive what they lie in: collected before it was read, it was another colour (seen once). */
const kept: Buffer[] = []

/** A frame of one colour. */
function frameOf(width: number, height: number, [y, u, v]: readonly number[], is422 = false): Frame {
  const chroma = Math.ceil(width / 2) * (is422 ? height : Math.ceil(height / 2))
  const bytes = Buffer.concat([
    Buffer.alloc(width * height, y),
    Buffer.alloc(chroma, u),
    Buffer.alloc(chroma, v),
    Buffer.alloc(4096),
  ])
  kept.push(bytes)
  const frame = Frame.fromVideoBuffer(bytes.subarray(0, width * height + 2 * chroma), {
    width,
    height,
    format: is422 ? AV_PIX_FMT_YUV422P : AV_PIX_FMT_YUV420P,
    timeBase: { num: 1, den: 1000 },
  })
  frame.colorSpace = AVCOL_SPC_SMPTE170M
  frame.colorRange = AVCOL_RANGE_MPEG
  return frame
}

/** The values in each plane, as [least, most]. */
function extremes(data: Uint8Array, width: number, height: number): number[][] {
  const luma = width * height
  const chroma = Math.ceil(width / 2) * Math.ceil(height / 2)
  return [
    data.subarray(0, luma),
    data.subarray(luma, luma + chroma),
    data.subarray(luma + chroma, luma + 2 * chroma),
  ].map((plane) => [Math.min(...plane), Math.max(...plane)])
}

const RED = [81, 90, 240]

describe('frames of a camera', () => {
  it.each([
    [64, 48],
    [63, 47],
    [33, 48],
    [32, 21],
  ])('of %i×%i become yuv420p, down to the last row', async (width, height) => {
    for (const is422 of [false, true]) {
      const frame = frameOf(width, height, RED, is422)
      const { layout, data } = await converter.convert(frame, 1)
      expect(layout).toEqual({ width, height, format: 'yuv420p' })
      for (const [i, [least = 0, most = 0]] of extremes(data, width, height).entries()) {
        expect(Math.abs(least - RED[i]!), `plane ${i} of ${is422 ? '4:2:2' : '4:2:0'}`).toBeLessThan(2)
        expect(Math.abs(most - RED[i]!)).toBeLessThan(2)
      }
      frame.free()
    }
  })

  it('have the colours that pixelcast takes, whatever matrix and range they came in', async () => {
    // red in BT.709, limited, and in BT.601, full range
    const hd = frameOf(64, 48, [63, 102, 240])
    hd.colorSpace = AVCOL_SPC_BT709
    const full = frameOf(64, 48, [76, 85, 255])
    full.colorRange = AVCOL_RANGE_JPEG
    for (const frame of [hd, full]) {
      const { data } = await converter.convert(frame, 1)
      for (const [i, [least = 0]] of extremes(data, 64, 48).entries())
        expect(Math.abs(least - RED[i]!)).toBeLessThan(3)
      frame.free()
    }
  })

  it('have square pixels', async () => {
    const { layout } = await converter.convert(frameOf(64, 48, RED), 2)
    expect(layout).toMatchObject({ width: 128, height: 48 })
  })
})
