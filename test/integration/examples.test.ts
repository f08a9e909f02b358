// The examples that serve pixelcast's own pages. examples-servers.test.ts has those that have pages of their own.
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, launchChromium, type Page } from '../support/browser.js'
import { ROOT } from '../support/child.js'
import { Example } from '../support/example.js'
import { measure, psnr, type Rgb, type RgbaImage } from '../support/images.js'
import { RtspTestCamera } from '../support/rtsp-camera.js'
import { waitForPicture } from '../support/viewer-page.js'
import { until } from '../support/wait.js'

const VIDEO = process.env.PIXELCAST_TEST_VIDEO ?? resolve(ROOT, '../shared/data/vtest.avi')
/** The detector of people has some hundred ms of work for a frame, several times that on a busy machine. */
const PATIENCE = 90_000

let browser: Browser
let folder: string
const examples = new Set<Example>()

beforeAll(async () => {
  browser = await launchChromium()
  folder = await mkdtemp(join(tmpdir(), 'pixelcast-examples-'))
})
afterEach(async () => {
  for (const example of examples) await example.kill()
  examples.clear()
})
afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

function start(name: string, ...args: string[]): Example {
  const example = new Example(name, args)
  examples.add(example)
  return example
}

async function watch(example: Example): Promise<Page> {
  return browser.open(await example.url())
}

/** Ends it while somebody watches. */
async function expectCleanEnd(example: Example, page: Page): Promise<void> {
  expect(await example.stop(), example.stderr).toBe(0)
  await page.close()
}

/** Pixels of about a colour in a part of the picture: how many, and their middle from the left. */
function find({ data, width }: RgbaImage, [r, g, b]: Rgb, rows: readonly [number, number], tolerance = 40) {
  let [count, sum] = [0, 0]
  for (let y = rows[0]; y < rows[1]; y++)
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 4
      if (Math.abs(data[i]! - r) + Math.abs(data[i + 1]! - g) + Math.abs(data[i + 2]! - b) > tolerance)
        continue
      count++
      sum += x
    }
  return { count, middle: sum / count }
}

/** Its brightness alone. */
function grey(image: RgbaImage): RgbaImage {
  const data = new Uint8Array(image.data)
  for (let i = 0; i < data.length; i += 4)
    data.fill(0.299 * data[i]! + 0.587 * data[i + 1]! + 0.114 * data[i + 2]!, i, i + 3)
  return { ...image, data }
}

describe('cart-pole', () => {
  it('shows a cart that moves and a pole that falls, until it has learnt to balance it', async () => {
    const example = start('cart-pole', '--speed', '20')
    const page = await watch(example)
    const cart = (image: RgbaImage) => find(image, [93, 143, 236], [275, 320], 90)
    const first = await waitForPicture(page, 'the cart', (image) => cart(image).count > 1000)
    expect([first.width, first.height]).toEqual([960, 540])
    await waitForPicture(
      page,
      'a cart somewhere else',
      (image) => Math.abs(cart(image).middle - cart(first).middle) > 20,
    )
    expect(await example.says(/^Episode 1: .*$/m)).toMatch(/^Episode 1: fell after \d+ steps, average/)
    await example.says(/balanced after 500 steps/, 40_000)
    // a full bar of the curve
    await waitForPicture(
      page,
      'a bar of 500 steps',
      (image) => find(image, [42, 127, 99], [400, 500]).count > 500,
    )
    await expectCleanEnd(example, page)
  })
})

describe('folder-slideshow', () => {
  it('shows the next image, and leaves out what is broken', async () => {
    const image = (background: string, width = 320) =>
      sharp({ create: { width, height: 240, channels: 3, background } })
    await image('#d02020').png().toFile(join(folder, '1.png'))
    await writeFile(join(folder, '2.jpg'), 'no JPEG')
    const damaged = await image('#808080').png().toBuffer()
    // its beginning and its end are in order
    damaged.fill(0x55, damaged.indexOf('IDAT') + 4, damaged.indexOf('IEND') - 8)
    await writeFile(join(folder, '3.png'), damaged)
    await image('#2040c0', 200).jpeg().toFile(join(folder, '10.jpg'))
    const example = start('folder-slideshow', folder, '--seconds', '0.5')
    const page = await watch(example)
    const shows = ([r, g, b]: Rgb, width: number) =>
      waitForPicture(page, `${r} ${g} ${b}`, (picture) => {
        const { mean } = measure(picture, { x: 20, y: 20, width: 100, height: 100 })
        return (
          picture.width === width &&
          Math.abs(mean[0] - r) + Math.abs(mean[1] - g) + Math.abs(mean[2] - b) < 15
        )
      })
    await shows([208, 32, 32], 320)
    await shows([32, 64, 192], 200)
    await shows([208, 32, 32], 320)
    await example.says(/2\.jpg is left out: image\.data: expected JPEG, PNG or WebP bytes/)
    await example.says(/3\.png is left out: /)
    expect(example.stderr.match(/left out/g)).toHaveLength(2)
    await expectCleanEnd(example, page)
  })
})

describe('plots', () => {
  it('draws a CSV file, sharply, and again only when it has changed', async () => {
    const file = join(folder, 'training.csv')
    const rows = (from: number, to: number) =>
      Array.from(
        { length: to - from },
        (_, i) => `${from + i},${Math.exp(-(from + i) / 20)},${(from + i) ** 2}\n`,
      )
    await writeFile(file, `step,loss,score\n${rows(0, 50).join('')}`)
    const example = start('plots', file, '--every', '50')
    const page = await watch(example)
    const blue = (image: RgbaImage) => find(image, [77, 163, 255], [80, 350], 60)
    const orange = (image: RgbaImage) => find(image, [255, 176, 46], [420, 700], 60)
    await waitForPicture(page, 'both lines', (image) => blue(image).count > 500 && orange(image).count > 500)
    const snapshot = await fetch(new URL('/tracks/plots/snapshot.png', await example.url()))
    const { data, info } = await sharp(await snapshot.arrayBuffer())
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    const drawn: RgbaImage = { data, width: info.width, height: info.height, format: 'rgba' }
    // in brightness; the colours of thin lines are coarser in every browser's video (4:2:0)
    const sharpest = await waitForPicture(
      page,
      'a crisp picture',
      (image) => psnr(grey(image), grey(drawn)) > 45,
    )
    expect(await example.pushed()).toBe(1)
    // half a line does not count
    await appendFile(file, `${rows(50, 100).join('')}100,`)
    await waitForPicture(page, 'another curve', (image) => psnr(image, sharpest) < 30)
    expect(await example.pushed()).toBe(2)
    await expectCleanEnd(example, page)
  })

  it('draws what it needs itself', async () => {
    const example = start('plots', '--every', '100')
    const page = await watch(example)
    const violet = (image: RgbaImage) => find(image, [180, 140, 255], [560, 700], 60)
    await waitForPicture(page, 'a line that grows', (image) => violet(image).count > 60)
    await expectCleanEnd(example, page)
  })
})

describe('edges', () => {
  it('shows other edges when a trackbar is moved, and ends with Escape', async () => {
    const example = start('edges')
    const page = await watch(example)
    const slider = `document.querySelector('pixelcast-view').shadowRoot.querySelector('.trackbar [type=range]')`
    const white = ({ data }: RgbaImage) => {
      let count = 0
      for (let i = 0; i < data.length; i += 4) if (data[i]! > 128) count++
      return count
    }
    const before = white(await waitForPicture(page, 'edges', (image) => white(image) > 1_000))
    await until('the trackbar', () => page.evaluate<boolean>(`${slider}?.value === '60'`))
    await page.evaluate(`${slider}.focus()`)
    await page.keyboard.press('Home')
    await waitForPicture(page, 'more edges', (image) => white(image) > before * 1.1)
    await page.keyboard.press('Escape')
    expect(await example.exited, example.stderr).toBe(0)
    await page.close()
  })
})

describe('camera-with-boxes', () => {
  /** The colour of the boxes, give or take what encoding does to thin lines. */
  const boxes = (image: RgbaImage) => find(image, [57, 230, 161], [0, image.height], 110).count

  it('finds what moves in the picture of a camera, also when that was lost and is back', async () => {
    const square = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#fff' } })
      .png()
      .toBuffer()
    const images = await Promise.all(
      Array.from({ length: 16 }, (_, i) =>
        sharp({ create: { width: 320, height: 240, channels: 3, background: '#203050' } })
          .composite([{ input: square, left: 16 * i, top: 80 }])
          .jpeg({ optimiseCoding: false })
          .toBuffer(),
      ),
    )
    let camera = await RtspTestCamera.open(images)
    const { port } = camera
    try {
      const example = start('camera-with-boxes', camera.url, '--detect', 'motion')
      const page = await watch(example)
      await waitForPicture(page, 'a box', (image) => boxes(image) > 200)
      await camera.close()
      await example.says(/was lost, trying again/)
      camera = await RtspTestCamera.open(images, port)
      await example.says(/is back/)
      const before = await example.pushed()
      await until('more images', async () => (await example.pushed()) > before + 5)
      await waitForPicture(page, 'a box again', (image) => boxes(image) > 200)
      await expectCleanEnd(example, page)
    } finally {
      await camera.close()
    }
  })

  describe.skipIf(!existsSync(VIDEO))('of people', () => {
    /** The most people that were found in one frame. */
    const most = ({ stdout }: Example) =>
      Math.max(0, ...[...stdout.matchAll(/^(\d+) found/gm)].map((match) => Number(match[1])))

    it(
      'plays a video in time with boxes around people, and with --sync the frames that were looked at',
      async () => {
        const [smooth, inStep] = [
          start('camera-with-boxes', VIDEO),
          start('camera-with-boxes', VIDEO, '--sync'),
        ]
        const ends = [smooth, inStep].map(async (example) => {
          const page = await watch(example)
          await waitForPicture(
            page,
            'boxes',
            (image) => boxes(image) > 0.0015 * image.width * image.height,
            PATIENCE,
          )
          await until('4 people in a frame', () => most(example) >= 4, PATIENCE)
          expect(most(example)).toBeLessThanOrEqual(12)
          // Every frame is shown, although only some are looked at.
          if (example === smooth)
            expect(await example.pushed()).toBeGreaterThan(example.stdout.split('\n').length)
          await expectCleanEnd(example, page)
        })
        await Promise.all(ends)
      },
      2 * PATIENCE,
    )
  })
})

describe('on the command line', () => {
  const MISTAKES: readonly [name: string, args: string[], code: number, message: RegExp][] = [
    ['cart-pole', ['--speed', 'fast'], 2, /^--speed: expected a number from 0.1 to 100, got "fast"\n$/],
    ['cart-pole', ['--sped', '2'], 2, /^Unknown option '--sped'.*\nUsage: node examples\/cart-pole/s],
    ['folder-slideshow', ['/nowhere'], 1, /^\/nowhere: no such folder\n$/],
    ['plots', ['/nowhere.csv'], 1, /^\/nowhere.csv: no such file\n$/],
    ['plots', [join(ROOT, '.gitignore')], 1, /^.gitignore: expected at least two columns/],
    ['camera-with-boxes', [], 2, /^Give a video file, rtsp:/],
    ['camera-with-boxes', [join(ROOT, 'README.md')], 1, /README.md: Invalid data found/],
    [
      'camera-with-boxes',
      ['rtsp://me:secret@127.0.0.1:1/'],
      1,
      /^rtsp:\/\/127.0.0.1:1\/: Connection refused\n$/,
    ],
  ]

  it('a mistake is one line that names it', async () => {
    const ends = MISTAKES.map(async ([name, args, code, message]) => {
      const example = start(name, ...args)
      expect({ name, args, code: await example.exited }).toEqual({ name, args, code })
      expect(example.stderr).toMatch(message)
    })
    await Promise.all(ends)
  })

  it('a port that is taken is named, whatever web server it is for', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const port = String((other.address() as AddressInfo).port)
    const ends = ['cart-pole', 'express', 'fastify', 'hono', 'own-signaling'].map(async (name) => {
      const example = new Example(name, [], { PORT: port })
      examples.add(example)
      expect({ name, code: await example.exited }).toEqual({ name, code: 1 })
      expect(example.stderr).toMatch(new RegExp(`^port ${port} .*taken.*\\n$`))
    })
    await Promise.all(ends)
    other.close()
  })
})

it('the index lists them all', async () => {
  const index = await readFile(join(ROOT, 'examples/README.md'), 'utf8')
  const listed = [...index.matchAll(/\]\(([a-z-]+)\/README\.md\)/g)].map((match) => match[1])
  const entries = await readdir(join(ROOT, 'examples'), { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory() && !['images', 'shared'].includes(entry.name))
  expect(listed.toSorted()).toEqual(folders.map(({ name }) => name).toSorted())
})
