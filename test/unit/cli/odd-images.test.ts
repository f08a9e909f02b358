import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadImage } from '../../../src/cli/input/image-file.js'
import { openInput } from '../../../src/cli/input/open.js'
import { isAnimated } from '../../../src/cli/input/sniff.js'
import type { InputImage } from '../../../src/cli/input/types.js'
import { openImage } from '../../../src/image/index.js'

const [WIDTH, HEIGHT] = [64, 48]
const SLIDES = ['#ff0000', '#00ff00', '#0000ff']
let folder = ''
const path = (name: string) => join(folder, name)
const report = () => undefined

/** Four fields of different colours. */
function fields() {
  const data = Buffer.alloc(WIDTH * HEIGHT * 3)
  for (let y = 0; y < HEIGHT; y++)
    for (let x = 0; x < WIDTH; x++)
      data.set([x < WIDTH / 2 ? 250 : 10, y < HEIGHT / 2 ? 250 : 10, 30], (y * WIDTH + x) * 3)
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
}

async function animation() {
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
  await mkdir(path('slides'))
  const jpeg = { chromaSubsampling: '4:4:4', quality: 100 }
  for (let orientation = 1; orientation <= 8; orientation++)
    await fields()
      .withMetadata({ orientation })
      .jpeg(jpeg)
      .toFile(path(`exif${orientation}.jpg`))
  const delay = [200, 300, 100]
  await (await animation()).gif({ delay }).toFile(path('animated.gif'))
  await (await animation()).webp({ delay }).toFile(path('animated.webp'))
  await (await animation()).webp({ delay }).toFile(path('slides/animated.webp'))
  await fields().toColourspace('cmyk').jpeg().toFile(path('cmyk.jpg'))
  await fields().toColourspace('rgb16').png().toFile(path('16-bit.png'))
  await fields().webp({ lossless: true }).withMetadata().toFile(path('extended.webp'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The colours near the corners, RGB: top left, top right, bottom left, bottom right. */
function corners(image: InputImage): number[][] {
  if (image instanceof Uint8Array) throw new Error('not decoded')
  const { data, width, height, stride = width * 4 } = image
  return [
    [6, 6],
    [width - 7, 6],
    [6, height - 7],
    [width - 7, height - 7],
  ].map(([x = 0, y = 0]) => [...data.subarray(y * stride + x * 4, y * stride + x * 4 + 3)])
}

describe('photos', () => {
  it('stand upright, however the camera was held', async () => {
    for (let orientation = 2; orientation <= 8; orientation++) {
      const shown = await loadImage(path(`exif${orientation}.jpg`))
      const { data, info } = await sharp(path(`exif${orientation}.jpg`))
        .rotate()
        .ensureAlpha()
        .raw()
        .toBuffer({ resolveWithObject: true })
      expect(shown).toMatchObject({ width: info.width, height: info.height })
      const wanted = corners({ data, width: info.width, height: info.height, format: 'rgba' }).flat()
      for (const [i, value] of corners(shown).flat().entries())
        expect(Math.abs(value - wanted[i]!), `orientation ${orientation}`).toBeLessThan(5)
    }
    expect(await loadImage(path('exif1.jpg'))).toBeInstanceOf(Uint8Array)
  })

  it('that are turned and cut off are refused', async () => {
    const { readFile } = await import('node:fs/promises')
    const whole = await readFile(path('exif6.jpg'))
    await writeFile(path('cut.jpg'), whole.subarray(0, whole.length - 50))
    await expect(loadImage(path('cut.jpg'))).rejects.toThrow(/cut\.jpg: .*truncated/)
  })
})

describe('animations', () => {
  it.each(['animated.gif', 'animated.webp'])('play: %s', async (name) => {
    const input = await openInput(path(name), {}, report)
    if (input.kind !== 'video') throw new Error(`${name} is of the kind ${input.kind}`)
    const times: number[] = []
    const colours: number[][] = []
    for await (const { at, load } of input) {
      times.push(at)
      colours.push(corners(await load())[0]!)
    }
    expect(times).toEqual([0, 200, 500])
    const near = (a: number[], b: number[]) => a.every((value, i) => Math.abs(value - b[i]!) < 8)
    expect(near(colours[0]!, [255, 0, 0]) && near(colours[1]!, [0, 255, 0])).toBe(true)
    expect(near(colours[2]!, [0, 0, 255])).toBe(true)
  })

  it('give their first picture to a slideshow', async () => {
    const [first] = corners(await loadImage(path('slides/animated.webp')))
    expect(first![0]).toBeGreaterThan(247)
  })

  it('are told from pictures that stand still', async () => {
    const { readFile } = await import('node:fs/promises')
    expect(isAnimated(await readFile(path('animated.webp')))).toBe(true)
    expect(isAnimated(await readFile(path('extended.webp')))).toBe(false)
    expect(isAnimated(await readFile(path('16-bit.png')))).toBe(false)
    expect(isAnimated(await readFile(path('exif1.jpg')))).toBe(false)
    const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
    const png = (...chunks: string[]) => Buffer.concat([Buffer.from(signature), Buffer.from(chunks.join(''))])
    expect(isAnimated(png('....IHDR', '....acTL', '....IDAT'))).toBe(true)
    expect(isAnimated(png('....IHDR', '....IDAT', '....acTL'))).toBe(false)
  })
})

describe('unusual pictures', () => {
  it.each(['cmyk.jpg', '16-bit.png', 'extended.webp'])('are handed to the engine: %s', async (name) => {
    const image = await loadImage(path(name))
    if (!(image instanceof Uint8Array)) throw new Error('decoded')
    expect(openImage(image)).toMatchObject({ width: WIDTH, height: HEIGHT })
  })
})
