import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { displaySize, fitSize } from '../../../src/cli/input/frame-converter.js'
import { openInput } from '../../../src/cli/input/open.js'
import type { Input, InputImage } from '../../../src/cli/input/types.js'
import { fields } from '../../support/odd-images.js'
import { bmp, RED_YUV, y4m } from './files.js'

let folder = ''
const path = (name: string) => join(folder, name)
const reports: string[] = []
async function open(argument: string, options = {}): Promise<Input> {
  const input = await openInput(argument, options, (text) => reports.push(text))
  if (input.kind === 'live') throw new Error(`${argument} is live`)
  return input
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixelcast-input-'))
  await mkdir(path('slides'))
  await mkdir(path('nothing'))
  await writeFile(path('nothing/readme.txt'), 'no image')
  for (const [n, shade] of [
    [10, 30],
    [2, 20],
    [1, 10],
  ] as const)
    await writeFile(path(`slides/s${n}.bmp`), bmp(4, 2, [shade, 0, 0]))
  await writeFile(path('slides/s5.png'), 'this is not a PNG')
  await writeFile(path('slides/.hidden.bmp'), bmp(4, 2, [99, 0, 0]))
  await writeFile(path('blue.bmp'), bmp(6, 4, [10, 20, 200]))
  await writeFile(path('img%d[1].bmp'), bmp(6, 4, [10, 20, 200]))
  await writeFile(path('red.y4m'), y4m({ width: 64, height: 48, fps: 25, frames: 5, colour: RED_YUV }))
  await writeFile(
    path('wide.y4m'),
    y4m({ width: 64, height: 48, fps: 25, frames: 2, colour: RED_YUV, aspect: '2:1' }),
  )
  await writeFile(path('text.txt'), 'hello, this is a text\n'.repeat(50))
  await writeFile(path('list.m3u8'), '#EXTM3U\n#EXTINF:1,\nred.y4m\n')
  await writeFile(path('empty.png'), '')
  await writeFile(path('photo.jpg'), await fields().jpeg().toBuffer())
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** All images of an input, with their pixels copied. */
async function read(input: Input, limit = 100): Promise<{ at: number; image: InputImage }[]> {
  const all = []
  for await (const { at, load } of input) {
    const image = await load()
    all.push({
      at,
      image: image instanceof Uint8Array ? image : { ...image, data: Uint8Array.from(image.data) },
    })
    if (all.length === limit) break
  }
  return all
}

function firstPixel(image: InputImage): number[] {
  return image instanceof Uint8Array ? [] : [...image.data.subarray(0, 3)]
}

describe('inputs of serve', () => {
  it('reads a video with its times, size and colour', async () => {
    const input = await open(path('red.y4m'))
    expect(input).toMatchObject({ kind: 'video', name: 'red' })
    expect(input.description).toContain('video 64×48, 25 fps')
    const images = await read(input)
    expect(images.map(({ at }) => at)).toEqual([0, 40, 80, 120, 160])
    expect(images[0]!.image).toMatchObject({ width: 64, height: 48, format: 'rgb24' })
    const [r, g, b] = firstPixel(images[0]!.image)
    expect(r).toBeGreaterThan(250)
    expect(Math.max(g!, b!)).toBeLessThan(5)
  })

  it('plays a video at another rate, and again and again', async () => {
    const input = await open(path('red.y4m'), { fps: 100, loop: true })
    expect((await read(input, 12)).map(({ at }) => at)).toEqual([
      0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110,
    ])
  })

  it('plays a video faster and slower', async () => {
    expect((await read(await open(path('red.y4m'), { speed: 4 }), 3)).map(({ at }) => at)).toEqual([
      0, 10, 20,
    ])
    const slow = await open(path('red.y4m'), { speed: 0.5, loop: true })
    expect(slow.description).toContain('0.5 times as fast')
    expect((await read(slow, 7)).map(({ at }) => at)).toEqual([0, 80, 160, 240, 320, 400, 480])
  })

  it('gives pixels their shape', async () => {
    const [first] = await read(await open(path('wide.y4m')))
    expect(first!.image).toMatchObject({ width: 128, height: 48 })
  })

  it('hands JPEG, PNG and WebP over as they are', async () => {
    const input = await open(path('photo.jpg'))
    expect(input).toMatchObject({ kind: 'image', name: 'photo' })
    expect((await read(input))[0]!.image).toBeInstanceOf(Uint8Array)
  })

  it('decodes other images', async () => {
    const input = await open(path('blue.bmp'))
    expect(input.kind).toBe('image')
    const [only, ...more] = await read(input)
    expect(more).toEqual([])
    expect(only!.image).toMatchObject({ width: 6, height: 4 })
    expect(firstPixel(only!.image)).toEqual([10, 20, 200])
  })

  it('takes a file whose name looks like a pattern as a file', async () => {
    expect((await open(path('img%d[1].bmp'))).kind).toBe('image')
  })

  it('shows a folder in natural order and leaves out what cannot be read', async () => {
    reports.length = 0
    const input = await open(path('slides'), { fps: 4 })
    expect(input).toMatchObject({ kind: 'slideshow', name: 'slides', description: '4 images, 4 a second' })
    const images = await read(input)
    expect(images.map(({ image }) => firstPixel(image)[0])).toEqual([10, 20, 30])
    expect(images.map(({ at }) => at)).toEqual([0, 250, 500])
    expect(reports).toHaveLength(1)
    expect(reports[0]).toMatch(/s5\.png: no image in it can be decoded; left out$/)
  })

  it('shows what matches a pattern', async () => {
    const input = await open(path('slides/s1*.bmp'))
    expect(input).toMatchObject({ kind: 'slideshow', name: 'slides' })
    expect((await read(input)).map(({ image }) => firstPixel(image)[0])).toEqual([10, 30])
  })

  it.each([
    ['missing.png', /missing\.png: no such file or directory$/],
    ['text.txt', /text\.txt: not an image or a video/],
    ['list.m3u8', /list\.m3u8: not an image or a video/],
    ['empty.png', /empty\.png: is empty$/],
    ['nothing', /nothing: no images in this folder$/],
    ['*.xyz', /\*\.xyz: no file matches this pattern$/],
  ])('says what is wrong with %s', async (name, message) => {
    await expect(open(path(name))).rejects.toThrow(message)
  })

  it('says what is wrong with an address and with nothing', async () => {
    await expect(open('ftp://camera/1')).rejects.toThrow(
      /ftp:\/\/camera\/1: expected rtsp:\/\/, http:\/\/ or/,
    )
    await expect(open('')).rejects.toThrow(/must not be empty/)
  })

  it.skipIf(process.getuid?.() === 0)('says that a file may not be read', async () => {
    await writeFile(path('secret.png'), 'x')
    await chmod(path('secret.png'), 0)
    await expect(open(path('secret.png'))).rejects.toThrow(/secret\.png: permission denied$/)
  })
})

describe('sizes', () => {
  it('grows the narrow direction', () => {
    expect(displaySize(720, 576, 16 / 15)).toEqual({ width: 768, height: 576 })
    expect(displaySize(720, 480, 8 / 9)).toEqual({ width: 720, height: 540 })
    expect(displaySize(100, 100, 0)).toEqual({ width: 100, height: 100 })
  })

  it('are brought into the range that can be shown', () => {
    expect(fitSize({ width: 641, height: 479 })).toEqual({ width: 641, height: 479 })
    expect(fitSize({ width: 16384, height: 100 })).toEqual({ width: 8192, height: 50 })
    expect(fitSize({ width: 3, height: 9000 })).toEqual({ width: 3, height: 8192 })
    expect(fitSize({ width: 1, height: 1 })).toEqual({ width: 2, height: 2 })
  })
})
