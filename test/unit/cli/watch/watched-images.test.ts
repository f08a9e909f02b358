import { mkdir, mkdtemp, open, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WatchedImages } from '../../../../src/cli/input/watch/watched-images.js'
import { until } from '../../../support/wait.js'
import { bmp } from '../files.js'
import { FakeTrack } from '../stream/support.js'

let folder = ''
let track: FakeTrack
let controller: AbortController
let running: Promise<unknown> = Promise.resolve()
const lines: string[] = []
const path = (name: string) => join(folder, name)
/** A PNG that is different for each number. */
const png = (n: number) =>
  sharp({ create: { width: 64 + n, height: 48, channels: 3, background: '#123456' } })
    .png({ compressionLevel: 0 })
    .toBuffer()

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixelcast-watch-'))
  track = new FakeTrack()
  controller = new AbortController()
  lines.length = 0
})
afterEach(async () => {
  controller.abort()
  await running
  await rm(folder, { recursive: true, force: true })
})

async function watchIt(what = folder): Promise<void> {
  const input = await WatchedImages.open(what)
  if (!input) throw new Error('no image')
  const target = {
    track,
    note: (text: string) => lines.push(text),
    warn: (text: string) => lines.push(text),
    onBadImage: (error: unknown) => lines.push(String(error)),
  }
  running = input.run(target, controller.signal)
}

const isShown = (image: Uint8Array) => {
  const last = track.pushed.at(-1)
  return last !== undefined && Buffer.from(last.data).equals(image)
}

// A folder that is gone is noticed by the reading of it every two seconds.
describe('a watched folder', { timeout: 30_000 }, () => {
  it('shows its last image at first, then those that are written', async () => {
    await writeFile(path('one.png'), await png(1))
    await writeFile(path('two.png'), await png(2))
    await watchIt()
    const [two, three] = [await png(2), await png(3)]
    await until('the last image', () => isShown(two))
    await writeFile(path('three.png'), three)
    await until('a new image', () => isShown(three))
    await writeFile(path('one.png'), await png(4))
    const four = await png(4)
    await until('one that was written again', () => isShown(four))
    await writeFile(path('note.txt'), 'no image')
    await writeFile(path('.five.png'), await png(5))
    await rename(path('.five.png'), path('five.png'))
    const five = await png(5)
    await until('one that was moved to its name', () => isShown(five))
    expect(track.pushed).toHaveLength(4)
    expect(lines).toEqual([])
  })

  it('waits until an image is written to its end', async () => {
    await watchIt()
    const whole = await png(1)
    const file = await open(path('slow.png'), 'w')
    for (let at = 0; at < whole.length; at += 3000) {
      expect(track.pushed).toEqual([])
      await file.write(whole.subarray(at, at + 3000))
      await file.sync()
    }
    await file.close()
    await until('the whole image', () => isShown(whole))
    expect(track.pushed).toHaveLength(1)
    expect(lines).toEqual([])
  })

  it('waits for quiet when the format has no end to recognise', async () => {
    await watchIt()
    await writeFile(path('plot.bmp'), bmp(6, 4, [10, 20, 200]))
    const shown = await until('the image', () => track.pushed.at(-1))
    expect(shown).toMatchObject({ width: 6, height: 4 })
    expect([...shown.data.subarray(0, 3)]).toEqual([10, 20, 200])
  })

  it('ends a burst with the last image of it', async () => {
    await watchIt()
    for (let i = 0; i < 60; i++) await writeFile(path(`burst${i}.png`), await png(i % 7))
    const last = await png(9)
    await writeFile(path('last.png'), last)
    await until('the last image', () => isShown(last))
    const { length } = track.pushed
    // another image, so that whatever was left behind would have come before it
    const next = await png(8)
    await writeFile(path('next.png'), next)
    await until('the next image', () => isShown(next))
    expect(track.pushed.length).toBe(length + 1)
    expect(lines).toEqual([])
  })

  it('names an image that stays broken, and goes on', async () => {
    await watchIt()
    const whole = await png(1)
    await writeFile(path('bad.png'), whole.subarray(0, whole.length - 10))
    await until('a word about it', () => lines.length > 0)
    expect(lines[0]).toMatch(/bad\.png: .*truncated/)
    await writeFile(path('good.png'), whole)
    await until('the next image', () => isShown(whole))
  })

  it('does not mind deleted images, nor that the folder itself goes and comes back', async () => {
    await writeFile(path('a.png'), await png(1))
    await watchIt()
    await until('the image', () => track.pushed.length === 1)
    await rm(path('a.png'))
    await rm(folder, { recursive: true })
    await until('a word about it', () => lines.some((line) => line.includes('the folder is gone')))
    await mkdir(folder)
    await until('a word about it', () => lines.some((line) => line.includes('the folder is back')))
    const next = await png(2)
    await writeFile(path('a.png'), next)
    await until('the next image', () => isShown(next))
  })
})

describe('a watched file', () => {
  it('is shown at first, and when it is written again; its neighbours are not', async () => {
    const [one, two] = [await png(1), await png(2)]
    await writeFile(path('plot.png'), one)
    await writeFile(path('other.png'), two)
    await watchIt(path('plot.png'))
    await until('the image', () => isShown(one))
    await writeFile(path('other.png'), one)
    await writeFile(path('plot.png.tmp'), two)
    await rename(path('plot.png.tmp'), path('plot.png'))
    await until('the new image', () => isShown(two))
    expect(track.pushed).toHaveLength(2)
  })
})

it('what is watched has to be there', async () => {
  await expect(WatchedImages.open(path('nowhere'))).rejects.toThrow(/ENOENT/)
  await writeFile(path('video.mp4'), 'x')
  expect(await WatchedImages.open(path('video.mp4'))).toBeUndefined()
})
