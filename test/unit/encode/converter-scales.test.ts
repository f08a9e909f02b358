import { afterEach, describe, expect, it } from 'vitest'
import { ImageError } from '../../../src/common/errors.js'
import type { Picture } from '../../../src/encode/frames.js'
import { Converter, quietFfmpeg, type SourceImage } from '../../../src/encode/index.js'

quietFfmpeg()
const open: Converter[] = []
afterEach(() => {
  for (const converter of open.splice(0)) converter.close()
})
function makeConverter(): Converter {
  const converter = new Converter()
  open.push(converter)
  return converter
}

/** Grey that rises from left to right. */
function gradient(width: number, height: number): SourceImage {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) data.fill((255 * x) / width, (y * width + x) * 3, (y * width + x) * 3 + 3)
  return { format: 'rgb24', width, height, data }
}

const luma = ({ frame }: Picture, x: number, y: number): number =>
  frame.data?.[0]?.[y * (frame.linesize[0] ?? 0) + x] ?? Number.NaN
const addresses = (pictures: readonly Picture[]) => pictures.map(({ frame }) => frame)

describe('the converter with several scales', () => {
  it('makes one picture for each, in their order', async () => {
    const pictures = await makeConverter().convert(gradient(640, 360), [4, 1, 2])
    expect(pictures.map(({ scale, width, height, image }) => ({ scale, width, height, image }))).toEqual([
      { scale: 4, width: 160, height: 90, image: { width: 640, height: 360 } },
      { scale: 1, width: 640, height: 360, image: { width: 640, height: 360 } },
      { scale: 2, width: 320, height: 180, image: { width: 640, height: 360 } },
    ])
  })

  it.each([
    [640, 360],
    [641, 479],
    [1366, 768],
    [330, 182],
    [5, 3],
  ])('shows the same of %i×%i at every scale, in even sizes', async (width, height) => {
    const pictures = await makeConverter().convert(gradient(width, height), [1, 2, 4])
    for (const picture of pictures) {
      const { frame, scale } = picture
      expect([frame.width % 2, frame.height % 2]).toEqual([0, 0])
      if (scale > 1) expect([frame.width, frame.height]).toEqual([picture.width, picture.height])
      if (width < 100) continue
      for (const at of [0.1, 0.3, 0.5, 0.7, 0.9]) {
        const expected = 16 + 219 * at
        const x = Math.floor(at * picture.width)
        for (const y of [0, picture.height >> 1, picture.height - 1])
          expect(Math.abs(luma(picture, x, y) - expected), `scale ${scale} at ${at}`).toBeLessThan(3)
      }
    }
  })

  it('averages what it makes smaller', async () => {
    const [width, height] = [64, 64]
    // Columns of black and white: half as many, and each is the mean of both.
    const data = Uint8Array.from({ length: width * height }, (_, i) => (i % 2 ? 255 : 0))
    const [picture] = await makeConverter().convert({ format: 'gray8', width, height, data }, [2])
    for (const x of [0, 7, 31]) expect(Math.abs(luma(picture!, x, 16) - (16 + 219 / 2))).toBeLessThan(3)
  })

  it('uses the memory of pictures that were given back, those of each scale for that scale', async () => {
    const converter = makeConverter()
    const image = gradient(640, 360)
    const first = await converter.convert(image, [1, 2])
    const taken = new Set(addresses(first))
    for (const picture of first) converter.recycle(picture)
    for (let i = 0; i < 10; i++) {
      const pictures = await converter.convert(image, i % 2 ? [1, 2] : [2, 1])
      for (const frame of addresses(pictures)) expect(taken.has(frame)).toBe(true)
      for (const picture of pictures) converter.recycle(picture)
    }
  })

  it('does not write to a picture that was not given back', async () => {
    const converter = makeConverter()
    const [kept] = await converter.convert(gradient(64, 64), [2])
    const before = luma(kept!, 16, 16)
    const black = { ...gradient(64, 64), data: new Uint8Array(64 * 64 * 3) }
    const [other] = await converter.convert(black, [2])
    expect(luma(other!, 16, 16)).toBe(16)
    expect(luma(kept!, 16, 16)).toBe(before)
  })

  it('follows the image when its size changes', async () => {
    const converter = makeConverter()
    for (const [width, height] of [
      [640, 360],
      [320, 240],
      [641, 361],
      [640, 360],
    ] as const) {
      const pictures = await converter.convert(gradient(width, height), [1, 2])
      expect(pictures[0]).toMatchObject({ width, height })
      expect(pictures[1]?.image).toEqual({ width, height })
      expect(Math.abs(luma(pictures[1]!, pictures[1]!.width >> 1, 3) - 125)).toBeLessThan(4)
      for (const picture of pictures) converter.recycle(picture)
    }
  })

  it('goes on after an image that does not decode', async () => {
    const converter = makeConverter()
    const bad = { format: 'png', width: 64, height: 64, data: new Uint8Array(100) } as const
    await expect(converter.convert(bad, [1, 2, 4])).rejects.toThrow(ImageError)
    expect(await converter.convert(gradient(64, 64), [1, 2])).toHaveLength(2)
  })
})
