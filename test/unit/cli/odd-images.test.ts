import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AV_FRAME_FLAG_INTERLACED, AV_PIX_FMT_YUV420P, Frame } from 'node-av'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { FrameConverter } from '../../../src/cli/input/frame-converter.js'
import { loadImage } from '../../../src/cli/input/image-file.js'
import { openInput } from '../../../src/cli/input/open.js'
import { isAnimated } from '../../../src/cli/input/sniff.js'
import type { InputImage } from '../../../src/cli/input/types.js'
import {
  animation,
  differenceFrom,
  fields,
  ODD_SIZE,
  oddFiles,
  oddImages,
  pngBomb,
  quarters,
  reference,
} from '../../support/odd-images.js'
import { bmp } from './files.js'

const { width: WIDTH, height: HEIGHT } = ODD_SIZE
const SLIDES = ['#ff0000', '#00ff00', '#0000ff']
let folder = ''
const path = (name: string) => join(folder, name)
const report = () => undefined

/** Three pictures, each of one colour. */
async function slides() {
  const raw = (background: string) =>
    sharp({ create: { width: WIDTH, height: HEIGHT, channels: 4, background } })
      .raw()
      .toBuffer()
  const frames = Buffer.concat(await Promise.all(SLIDES.map(raw)))
  return sharp(frames, {
    raw: { width: WIDTH, height: HEIGHT * SLIDES.length, channels: 4, pageHeight: HEIGHT },
  })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixelcast-odd-'))
  const delay = [200, 300, 100]
  await (await slides()).gif({ delay }).toFile(path('slides.gif'))
  await (await slides()).webp({ delay }).toFile(path('slides.webp'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function load(name: string, file: Buffer): Promise<InputImage> {
  await writeFile(path(name), file)
  return loadImage(path(name))
}

/** The colours in the middle of each quarter, RGB. */
function coloursOf(image: InputImage): number[][] {
  if (image instanceof Uint8Array) throw new Error('not decoded')
  const { data, width, height, stride = width * 3 } = image
  return quarters(width, height).map(([x, y]) => [
    ...data.subarray(y * stride + x * 3, y * stride + x * 3 + 3),
  ])
}

describe('files that are decoded here', () => {
  it('have the colours, the size and the stance that libvips gives them', async () => {
    for (const [name, file] of await oddFiles()) {
      const wanted = await reference(file)
      const image = await load(name, file)
      expect(image, name).toMatchObject({ width: wanted.width, height: wanted.height })
      expect(differenceFrom(wanted, coloursOf(image)), name).toBeLessThanOrEqual(3)
    }
  })

  it('are bitmaps too', async () => {
    const image = await load('blue.bmp', bmp(31, 23, [10, 20, 200]))
    expect(coloursOf(image)[3]).toEqual([10, 20, 200])
  })

  it('are made to fit when they are too large or too small', async () => {
    const size = { width: 9000, height: 450 }
    const image = await load('wide.png', await fields(3, size).png().toBuffer())
    expect(image).toMatchObject({ width: 8192, height: 410 })
    const wanted = await reference(await fields().png().toBuffer())
    expect(differenceFrom(wanted, coloursOf(image))).toBeLessThanOrEqual(2)
    const dot = await load('dot.png', await fields(3, { width: 1, height: 1 }).png().toBuffer())
    expect(dot).toMatchObject({ width: 2, height: 2 })
    expect(coloursOf(dot)[0]).toEqual(coloursOf(dot)[3])
  })
})

describe('files for the engine', () => {
  it('are handed over as they are', async () => {
    for (const [name, file] of await oddImages()) expect(await load(name, file), name).toEqual(file)
  })

  it('are refused by name when they are damaged', async () => {
    const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
    const whole = sharp({ create: { width: 640, height: 480, channels: 3, background: '#000', noise } })
    const jpeg = await whole.jpeg().toBuffer()
    const half = jpeg.subarray(0, jpeg.length / 2)
    await expect(load('half.jpg', half)).rejects.toThrow(
      /half\.jpg: expected a whole JPEG.*truncated at \d+ bytes$/,
    )
    // with an end, in the middle of the picture
    const sewn = Buffer.concat([half, Buffer.from([0xff, 0xd9])])
    await expect(load('sewn.jpg', sewn)).rejects.toThrow(/sewn\.jpg: expected a complete JPEG.*do not decode/)
    const png = await whole.png().toBuffer()
    png[png.length - 2000]! ^= 0x55
    await expect(load('bad.png', png)).rejects.toThrow(/bad\.png: expected a complete PNG.*do not decode/)
    await expect(load('bomb.png', pngBomb(100_000))).rejects.toThrow(
      /bomb\.png: cannot be decoded in this size \(width 100000\)$/,
    )
    await expect(load('text.png', Buffer.from('a text'))).rejects.toThrow(/text\.png: /)
    await expect(load('nothing.png', Buffer.alloc(0))).rejects.toThrow(/nothing\.png: is empty$/)
  })
})

describe('animations', () => {
  it.each(['slides.gif', 'slides.webp'])('play: %s', async (name) => {
    const input = await openInput(path(name), {}, report)
    if (input.kind !== 'video') throw new Error(`${name} is of the kind ${input.kind}`)
    const times: number[] = []
    const colours: number[][] = []
    for await (const { at, load } of input) {
      times.push(at)
      colours.push(coloursOf(await load())[0]!)
    }
    expect(times).toEqual([0, 200, 500])
    const near = (a: number[], b: number[]) => a.every((value, i) => Math.abs(value - b[i]!) < 8)
    expect(near(colours[0]!, [255, 0, 0]) && near(colours[1]!, [0, 255, 0])).toBe(true)
    expect(near(colours[2]!, [0, 0, 255])).toBe(true)
  })

  it('give their first picture to a slideshow', async () => {
    const [first] = coloursOf(await loadImage(path('slides.gif')))
    expect(first![0]).toBeGreaterThan(247)
  })

  it('are told from pictures that stand still', async () => {
    const files = await oddImages()
    for (const [name, file] of files) expect(isAnimated(file), name).toBe(name.startsWith('animated.'))
    expect(isAnimated(await readFile(path('slides.webp')))).toBe(true)
    const still = await animation('png')
    // the control chunk counts only before the picture
    still.write('IDAT', still.indexOf('acTL'), 'latin1')
    expect(isAnimated(still)).toBe(false)
  })
})

describe('interlaced video', () => {
  it('is shown as it is', async () => {
    const converter = new FrameConverter()
    const pixels = Buffer.alloc((64 * 48 * 3) / 2, 128)
    const frame = Frame.fromVideoBuffer(pixels, {
      width: 64,
      height: 48,
      format: AV_PIX_FMT_YUV420P,
      timeBase: { num: 1, den: 25 },
    })
    frame.setFlags(AV_FRAME_FLAG_INTERLACED)
    const grey = coloursOf(await converter.convert(frame, 1, 1)).flat()
    expect(Math.max(...grey.map((value) => Math.abs(value - 130)))).toBeLessThanOrEqual(1)
    frame.setFlags(AV_FRAME_FLAG_INTERLACED)
    expect(converter.convertSync(frame, 1)).toMatchObject({ width: 64, height: 48 })
    // Named here so that it is there until now: the frame does not keep it alive.
    expect(pixels[0]).toBe(128)
    frame.free()
    converter.close()
  })
})
