import { describe, expect, it } from 'vitest'
import { openImageAsync } from '../../../src/image/index.js'
import { asyncRefusal, copied, refusal } from './refusals.js'

interface Layout {
  readonly offset: number
  readonly stride: number
}

/** A frame as the WebCodecs specification describes it, whose buffer holds 0, 1, 2, … */
const frame = (
  format: string | null,
  width: number,
  height: number,
  size: number,
  layouts: readonly Layout[],
) => ({
  format,
  codedWidth: 64,
  codedHeight: 64,
  displayWidth: width * 2,
  displayHeight: height,
  visibleRect: { x: 0, y: 0, width, height },
  timestamp: 40_000,
  allocationSize: () => size,
  copyTo: async (target: Uint8Array) => {
    for (let at = 0; at < size; at++) target[at] = at
    return layouts
  },
})

describe('openVideoFrame', () => {
  it('copies the visible rectangle of packed pixels', async () => {
    const source = await openImageAsync(frame('BGRX', 3, 2, 24, [{ offset: 0, stride: 12 }]))
    expect(source).toMatchObject({ format: 'bgra', width: 3, height: 2, byteLength: 24 })
    expect(source.timestamp).toBeUndefined()
    expect(copied(source)).toEqual(Array.from({ length: 24 }, (_, index) => index))
  })

  it('follows offsets and strides of planes, odd sizes included', async () => {
    const layouts = [
      { offset: 4, stride: 4 },
      { offset: 16, stride: 3 },
      { offset: 22, stride: 2 },
    ]
    const source = await openImageAsync(frame('I420', 3, 3, 26, layouts))
    expect(source).toMatchObject({ format: 'yuv420p', byteLength: 17 })
    expect(copied(source)).toEqual([4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 17, 19, 20, 22, 23, 24, 25])
  })

  it('reads tight planes that do not begin at once', async () => {
    const source = await openImageAsync(
      frame('NV12', 2, 2, 14, [
        { offset: 8, stride: 2 },
        { offset: 12, stride: 2 },
      ]),
    )
    expect(copied(source)).toEqual([8, 9, 10, 11, 12, 13])
  })

  it('uses the coded size where there is no visible rectangle', async () => {
    const whole = { ...frame('RGBA', 0, 0, 64 * 64 * 4, [{ offset: 0, stride: 256 }]), visibleRect: null }
    expect(await openImageAsync(whole)).toMatchObject({ width: 64, height: 64 })
  })

  it('is refused where pixels are needed at once', () => {
    expect(refusal(frame('RGBA', 2, 2, 16, [])).message).toContain('use addImageAsync')
  })

  it.each([
    [frame(null, 2, 2, 16, []), 'format'],
    [frame('I444', 2, 2, 16, []), 'format'],
    [frame('toString', 2, 2, 16, []), 'format'],
    [frame('RGBA', 1, 2, 16, []), 'visibleRect.width'],
    [frame('RGBA', 2, 9000, 16, []), 'visibleRect.height'],
    [frame('RGBA', 2, 2, 2 ** 40, []), 'allocationSize()'],
    [frame('RGBA', 2, 2, Number.NaN, []), 'allocationSize()'],
    [frame('RGBA', 2, 2, 16, []), 'copyTo()'],
    [frame('RGBA', 2, 2, 16, [{ offset: 0, stride: 7 }]), 'planes[0].stride'],
    [frame('RGBA', 2, 2, 16, [{ offset: -1, stride: 8 }]), 'planes[0].offset'],
    [frame('RGBA', 2, 2, 16, [{ offset: 1, stride: 8 }]), 'allocationSize()'],
  ])('refuses what does not add up (%#)', async (image, field) => {
    expect((await asyncRefusal(image)).field).toBe(field)
  })

  it('passes on what copyTo said', async () => {
    const image = {
      ...frame('RGBA', 2, 2, 16, []),
      copyTo: () => Promise.reject(new Error('closed meanwhile')),
    }
    const error = await asyncRefusal(image)
    expect(error.actual).toContain('closed meanwhile')
    expect(error.cause).toBeInstanceOf(Error)
  })
})
