import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ImageError } from '../../../src/common/errors.js'
import type { Picture } from '../../../src/encode/frames.js'
import { Converter, encodeImage, quietFfmpeg, SourceReader } from '../../../src/encode/index.js'
import { openImage } from '../../../src/image/index.js'
import { differenceFrom, fields, oddImages, quarters, reference } from '../../support/odd-images.js'

quietFfmpeg()
const converter = new Converter()
let files: Map<string, Buffer>
beforeAll(async () => {
  files = await oddImages()
})
afterAll(() => converter.close())

/** The colour of a pixel of a picture (BT.601, limited range), RGB. */
function rgbAt({ frame }: Picture, x: number, y: number): number[] {
  const [luma, u, v] = [0, 1, 2].map((plane) => {
    const half = plane > 0 ? 1 : 0
    return frame.data![plane]![(y >> half) * frame.linesize[plane]! + (x >> half)]!
  }) as [number, number, number]
  const grey = (255 / 219) * (luma - 16)
  const [blue, red] = [(255 / 224) * (u - 128), (255 / 224) * (v - 128)]
  return [grey + 1.402 * red, grey - 0.344136 * blue - 0.714136 * red, grey + 1.772 * blue].map((value) =>
    Math.min(255, Math.max(0, Math.round(value))),
  )
}

describe('files that are hard to show', () => {
  it('have the colours, the size and the stance that libvips gives them', async () => {
    expect(files.size).toBeGreaterThan(25)
    for (const [name, file] of files) {
      const wanted = await reference(file)
      const { format, width, height } = openImage(file)
      expect([width, height], name).toEqual([wanted.width, wanted.height])
      const [picture] = await converter.convert({ format, width, height, data: file }, [1])
      expect(picture, name).toMatchObject({ width, height })
      const colours = quarters(width, height).map(([x, y]) => rgbAt(picture!, x, y))
      expect(differenceFrom(wanted, colours), `${name}: ${colours.join(' / ')}`).toBeLessThanOrEqual(4)
      converter.recycle(picture!)
    }
  })

  it('are the same in a snapshot', async () => {
    const reader = new SourceReader()
    for (const name of ['exif6.jpg', 'palette-alpha.png', 'interlaced.png', 'animated.webp']) {
      const file = files.get(name)!
      const { format, width, height } = openImage(file)
      const frame = await reader.read({ format, width, height, data: file })
      const shown = await reference(Buffer.from(await encodeImage(frame, 'jpg', true)))
      frame.free()
      const wanted = await reference(file)
      expect([shown.width, shown.height], name).toEqual([wanted.width, wanted.height])
      expect(differenceFrom(wanted, shown.colours), name).toBeLessThanOrEqual(6)
    }
    reader.close()
  })

  it.each<[string, string, (file: Buffer) => Buffer, number, string]>([
    [
      'whose canvas is not what its header said',
      'animated.webp',
      (file) => file,
      62,
      'a canvas of 62×48 pixels',
    ],
    [
      'whose picture lies beside its canvas',
      'animated.webp',
      (file) => {
        const moved = Buffer.from(file)
        moved[file.indexOf('ANMF') + 8] = 30
        return moved
      },
      64,
      'a picture within 64×48 pixels, got one of 48×40 at 60, 4',
    ],
    [
      'that is wider than any image',
      'wide.png',
      (file) => file,
      64,
      'within 8192×8192 pixels, got one of 8200×2',
    ],
  ])('are refused before they are made larger: one %s', async (_, name, change, width, message) => {
    const { default: sharp } = await import('sharp')
    const wide = sharp({ create: { width: 8200, height: 2, channels: 3, background: '#123' } })
    const file = files.get(name) ?? (await wide.png().toBuffer())
    const format = name === 'wide.png' ? 'png' : 'webp'
    const reader = new SourceReader()
    try {
      const error = await reader
        .read({ format, width, height: 48, data: change(file) })
        .catch((refusal) => refusal)
      expect(error).toBeInstanceOf(ImageError)
      expect(error.message).toContain(message)
    } finally {
      reader.close()
    }
  })

  it('CMYK is shown as light through inks, without a profile', async () => {
    const file = await fields().toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer()
    const { default: sharp } = await import('sharp')
    const { data, info } = await sharp(file)
      .pipelineColourspace('cmyk')
      .toColourspace('cmyk')
      .raw()
      .toBuffer({ resolveWithObject: true })
    const { width, height } = info
    const colours = quarters(width, height).map(([x, y]) => {
      const [c, m, yellow, k] = data.subarray((y * width + x) * 4) as unknown as [
        number,
        number,
        number,
        number,
      ]
      return [c, m, yellow].map((ink) => ((255 - ink) * (255 - k)) / 255)
    })
    const [picture] = await converter.convert({ format: 'jpeg', width, height, data: file }, [1])
    const shown = quarters(width, height).map(([x, y]) => rgbAt(picture!, x, y))
    expect(differenceFrom({ width, height, colours }, shown)).toBeLessThanOrEqual(6)
    converter.recycle(picture!)
  })
})
