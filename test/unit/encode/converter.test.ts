import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImageError } from '../../../src/common/errors.js'
import type { Picture } from '../../../src/encode/frames.js'
import { Converter, quietFfmpeg, type SourceImage } from '../../../src/encode/index.js'
import type { PixelFormat } from '../../../src/image/index.js'

quietFfmpeg()
let converter: Converter
beforeAll(() => {
  converter = new Converter()
})
afterAll(() => converter.close())

type Rgb = readonly [number, number, number]

/** BT.601, limited range: what the pictures are to be in. */
function toYuv([r, g, b]: Rgb): Rgb {
  const luma = 0.299 * r + 0.587 * g + 0.114 * b
  return [
    16 + (luma * 219) / 255,
    128 + ((b - luma) / 1.772) * (224 / 255),
    128 + ((r - luma) / 1.402) * (224 / 255),
  ]
}

/** The largest difference of a picture from one colour, over every sample of its coded size. */
function distance(picture: Picture, colour: Rgb): number {
  const expected = toYuv(colour)
  const { frame } = picture
  let worst = 0
  for (const [index, plane] of (frame.data ?? []).entries()) {
    const width = index === 0 ? frame.width : frame.width / 2
    const height = index === 0 ? frame.height : frame.height / 2
    const stride = frame.linesize[index] as number
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        worst = Math.max(worst, Math.abs((plane[y * stride + x] as number) - (expected[index] as number)))
      }
    }
  }
  return worst
}

function flat(format: PixelFormat, width: number, height: number, [r, g, b]: Rgb): Uint8Array {
  const pixels = width * height
  const chroma = ((width + 1) >> 1) * ((height + 1) >> 1)
  const [y, u, v] = toYuv([r, g, b]).map(Math.round) as [number, number, number]
  const repeat = (times: number, ...values: number[]): number[] => Array(times).fill(values).flat()
  switch (format) {
    case 'rgb24':
      return Uint8Array.from(repeat(pixels, r, g, b))
    case 'bgr24':
      return Uint8Array.from(repeat(pixels, b, g, r))
    case 'rgba':
      return Uint8Array.from(repeat(pixels, r, g, b, 0))
    case 'bgra':
      return Uint8Array.from(repeat(pixels, b, g, r, 77))
    case 'gray8':
      return Uint8Array.from(repeat(pixels, r))
    case 'yuv420p':
      return Uint8Array.from([...repeat(pixels, y), ...repeat(chroma, u), ...repeat(chroma, v)])
    case 'nv12':
      return Uint8Array.from([...repeat(pixels, y), ...repeat(chroma, u, v)])
  }
}

const SIZES = [
  [2, 2],
  [3, 2],
  [2, 3],
  [33, 17],
  [64, 48],
  [101, 77],
] as const
const COLOURS: readonly Rgb[] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 255, 255],
  [0, 0, 0],
  [200, 150, 120],
]

async function convert(image: SourceImage): Promise<Picture> {
  return (await converter.convert(image, [1]))[0]!
}

describe('the converter', () => {
  it.each(['rgb24', 'bgr24', 'rgba', 'bgra', 'yuv420p', 'nv12'] as const)(
    'keeps the colours of %s at every size, to the last sample',
    async (format) => {
      for (const [width, height] of SIZES) {
        for (const colour of COLOURS) {
          const picture = await convert({
            format,
            width,
            height,
            data: flat(format, width, height, colour),
          })
          expect(picture).toMatchObject({ width, height })
          expect(distance(picture, colour), `${width}×${height} ${colour}`).toBeLessThanOrEqual(1)
          converter.recycle(picture)
        }
      }
    },
  )

  it('takes gray8 as full range', async () => {
    for (const level of [0, 16, 128, 255]) {
      const picture = await convert({
        format: 'gray8',
        width: 33,
        height: 17,
        data: flat('gray8', 33, 17, [level, 0, 0]),
      })
      expect(distance(picture, [level, level, level])).toBeLessThanOrEqual(1)
    }
  })

  it.each(['jpeg', 'png', 'webp'] as const)('decodes %s', async (format) => {
    for (const [width, height] of [
      [33, 17],
      [64, 48],
      [101, 77],
    ] as const) {
      for (const [r, g, b] of COLOURS) {
        const file = sharp({ create: { width, height, channels: 3, background: { r, g, b } } })
        const data = await (format === 'jpeg'
          ? file.jpeg({ quality: 100 })
          : format === 'png'
            ? file.png()
            : file.webp({ lossless: true })
        ).toBuffer()
        const picture = await convert({ format, width, height, data })
        expect(distance(picture, [r, g, b]), `${width}×${height} ${r},${g},${b}`).toBeLessThanOrEqual(2)
        converter.recycle(picture)
      }
    }
  })

  it('decodes palette, gray, 16-bit and transparent PNG', async () => {
    const background = { r: 200, g: 150, b: 120 }
    const base = sharp({ create: { width: 40, height: 30, channels: 3, background } })
    for (const data of [
      await base.clone().png({ palette: true }).toBuffer(),
      await base.clone().toColourspace('rgb16').png().toBuffer(),
      await base.clone().ensureAlpha(1).png().toBuffer(),
    ]) {
      const picture = await convert({ format: 'png', width: 40, height: 30, data })
      expect(distance(picture, [200, 150, 120])).toBeLessThanOrEqual(2)
    }
    const gray = await sharp({
      create: { width: 40, height: 30, channels: 3, background: { r: 90, g: 90, b: 90 } },
    })
      .toColourspace('b-w')
      .png()
      .toBuffer()
    expect(
      distance(await convert({ format: 'png', width: 40, height: 30, data: gray }), [90, 90, 90]),
    ).toBeLessThanOrEqual(2)
  })

  it('shows what is transparent as black, as canvases do', async () => {
    const clear = sharp({
      create: { width: 40, height: 30, channels: 4, background: { r: 255, g: 0, b: 0, alpha: 0 } },
    })
    for (const format of ['png', 'webp'] as const) {
      const data = await (format === 'png'
        ? clear.clone().png()
        : clear.clone().webp({ lossless: true, exact: true } as object)
      ).toBuffer()
      expect(
        distance(await convert({ format, width: 40, height: 30, data }), [0, 0, 0]),
        format,
      ).toBeLessThanOrEqual(2)
    }
  })

  it('refuses bytes that do not decode, and goes on', async () => {
    const good = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
      .png()
      .toBuffer()
    const bad = Buffer.from(good)
    bad.fill(0, 45, bad.length - 20)
    await expect(convert({ format: 'png', width: 64, height: 64, data: bad })).rejects.toThrow(ImageError)
    const picture = await convert({ format: 'png', width: 64, height: 64, data: good })
    expect(distance(picture, [255, 0, 0])).toBeLessThanOrEqual(2)
  })

  it('repeats the last column and row of an odd size', async () => {
    const data = Uint8Array.from({ length: 3 * 3 }, (_, index) => 20 * index)
    const { frame } = await convert({ format: 'gray8', width: 3, height: 3, data })
    const stride = frame.linesize[0] as number
    const luma = frame.data?.[0] as Buffer
    const rows = [0, 1, 2, 3].map((y) => [...luma.subarray(y * stride, y * stride + 4)])
    for (const row of rows) expect(row[3]).toBe(row[2])
    expect(rows[3]).toEqual(rows[2])
  })
})
