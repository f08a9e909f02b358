import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RelayServer } from '../network/relay-server.js'
import { type Browser, launchForPages, type Page } from '../support/browser.js'
import { flat, Reel } from '../support/images.js'
import { PAGE_TEST } from '../support/own-network.js'
import { createServer, type PixelcastServer, urlOf, whepUrl } from '../support/pixelcast.js'
import { Stage } from '../support/player.js'
import { countSeen, recordTold, summarizeTold } from '../support/told-frames.js'
import { every, until } from '../support/wait.js'

const FPS = 30
/** The long run of the issue: PIXELCAST_METADATA_FRAMES=1100. */
const FRAMES = Number(process.env.PIXELCAST_METADATA_FRAMES ?? 300)
const SIZE = { width: 640, height: 480 }
const WAY = { delay: 30, jitter: 20, loss: 0.02 }
const GREY = [96, 96, 96] as const
/** No picture of grey has it, and no palette. */
const COLOR = [255, 0, 255] as const
const BOX = [100, 120, 200, 160] as const
const STILL = {
  objects: [
    { id: 'table', label: 'table', box: [60, 80, 500, 380] },
    { id: 'cup', label: 'cup', score: 0.93, color: '#ff00ff', box: BOX },
    { id: 'nonsense', box: ['a', null, 3] },
  ],
  note: 'ü'.repeat(32_000),
}

describe(`metadata of frames in ${PAGE_TEST.browser}`, () => {
  let browser: Browser
  let server: PixelcastServer

  beforeAll(async () => {
    browser = await launchForPages()
    server = await createServer({ port: 0, ...PAGE_TEST.server })
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  it('are those of the frame on the screen, with 2 % loss and 20 ms of jitter', {
    timeout: 60_000 + FRAMES * 200,
  }, async () => {
    // A smaller picture, for less loss, would be one whose numbers cannot be read.
    const track = server.addTrack('numbers', { minBitrate: 1_500_000 })
    const reel = new Reel(SIZE.width, SIZE.height)
    const stop = every(FPS, (number) =>
      track.addImage(reel.image(number), { metadata: { number, filler: 'x'.repeat(800) } }),
    )
    const relay = await RelayServer.start(urlOf(server), { host: PAGE_TEST.media, down: WAY, up: WAY })
    const page = await browser.open(new URL('view/numbers', relay.url).href)
    await recordTold(page)
    await until(`${FRAMES} frames`, async () => (await countSeen(page)) >= FRAMES, 30_000 + FRAMES * 150)
    stop()
    const counts = await summarizeTold(page)
    if (process.env.PIXELCAST_METADATA_FRAMES) console.log(counts)
    expect(counts.mismatches).toBe(0)
    // Metadata of the frame before, time and again, would look like that.
    expect(counts.early).toBeLessThan(0.1 * counts.told)
    // Not for fear of one: what is lost, or too late for its frame, is a small part.
    expect(counts.told).toBeGreaterThan(0.7 * counts.seen)
    await page.close()
    await relay.close()
  })

  it('are drawn over a still for all who come later, and say what was clicked on', async () => {
    const track = server.addTrack('still')
    const worker = new Worker(
      `const { workerData: { entry, handle, image, metadata } } = require('node:worker_threads')
       import(entry).then(({ ImageTrack }) => ImageTrack.from(handle).addImage(image, { metadata }))`,
      {
        eval: true,
        workerData: {
          entry: new URL('../../dist/index.js', import.meta.url).href,
          handle: track.handle,
          image: flat(SIZE.width, SIZE.height, GREY),
          metadata: STILL,
        },
      },
    )
    await until('the image', () => track.stats.pushed === 1)
    await worker.terminate()
    const open = async (): Promise<Page> => {
      const page = await browser.open(new URL('view/still', urlOf(server)).href)
      await until('the overlay', () =>
        page.evaluate<boolean>(
          "(globalThis.view = document.querySelector('pixelcast-view')).metadata !== undefined",
        ),
      )
      await page.evaluate(`(() => {
        globalThis.clicked = []
        view.addEventListener('object', ({ detail }) => clicked.push(JSON.stringify(detail)))
      })()`)
      return page
    }
    const [one, other] = [await open(), await open()]
    for (const page of [one, other]) await until('the box', async () => (await lookAt(page)) === 'box')
    expect(await one.evaluate('view.metadata')).toEqual(STILL)

    const { toPage } = await placement(one)
    await click(one, ...toPage(200, 200))
    await click(one, ...toPage(500, 400))
    await click(one, ...toPage(20, 20))
    // As text: WebDriver BiDi gives an object that occurs twice but once.
    const clicked = (await one.evaluate<string[]>('clicked')).map((text) => JSON.parse(text))
    expect(clicked.map(({ object }) => object)).toEqual([STILL.objects[1], STILL.objects[0]])
    expect(clicked[0]?.metadata).toEqual(STILL)
    expect(clicked[0]?.x).toBeCloseTo(200, 0)
    expect(clicked[0]?.y).toBeCloseTo(200, 0)

    // Lines stay as thin, and where they belong, when one looks closer.
    const edge = BOX[0] + BOX[2]
    await other.evaluate(`view.zoomTo(4, { x: ${edge}, y: 200 })`)
    const { middle } = await placement(other)
    await until('the zoomed box', async () => (await lookAt(other, middle)) === 'box')
    await click(other, middle[0] - 40, middle[1])
    const [hit] = (await other.evaluate<string[]>('clicked')).map((text) => JSON.parse(text))
    expect(hit.object).toEqual(STILL.objects[1])
    expect(hit.x).toBeCloseTo(edge - 10, 0)
    await other.evaluate('view.resetZoom()')
    // What is under the mouse is filled.
    expect(await lookAt(other)).toBeUndefined()
    await other.mouse.move(1, 1)

    // A snapshot has it when it is asked to, at the very pixels.
    const onEdge = BOX[1] + BOX[3] / 2
    expect(await snapshotAt(other, BOX[0], onEdge, { overlay: true })).toEqual([...COLOR])
    expect(await snapshotAt(other, BOX[0], onEdge)).not.toEqual([...COLOR])

    // One viewer does not want to see it; the other one does.
    await one.evaluate('void (view.overlay = false)')
    await click(one, ...toPage(200, 200))
    expect(await lookAt(one)).toBe('grey')
    expect(await snapshotAt(one, BOX[0], onEdge, { overlay: true })).not.toEqual([...COLOR])
    expect(await lookAt(other)).toBe('box')
    expect(await one.evaluate('clicked.length')).toBe(2)

    track.addImage(flat(SIZE.width, SIZE.height, GREY))
    await until('a frame without metadata', async () => (await lookAt(other)) === 'grey')
    expect(await other.evaluate('view.metadata === undefined')).toBe(true)
    for (const page of [one, other]) await page.close()
  })

  // The harness's own page does not find a server that binds to every address.
  it.skipIf(PAGE_TEST.isStock)(
    'come on a channel that closes for who talks back, and nothing else does',
    async () => {
      const track = server.addTrack('talk')
      const stop = every(15, (number) =>
        track.addImage(flat(64, 48, [number % 256, 0, 0]), { metadata: { number } }),
      )
      const stage = await Stage.open(browser)
      const player = await stage.play(whepUrl(server, track.name), { channel: 'pixelcast-frames' })
      const first = await until('a message', async () => (await player.messages())[0])
      expect(JSON.parse(first)).toEqual({
        t: 'meta',
        time: expect.any(Number),
        data: { number: expect.any(Number) },
      })
      await player.send('hello'.repeat(1_000))
      await until('the end of the channel', () =>
        stage.page.evaluate<boolean>("players.get(0).channel.readyState === 'closed'"),
      )
      const { frames } = await player.state()
      await until('more frames', async () => (await player.state()).frames > frames + 5)
      stop()
      await stage.close()
    },
  )
})

async function click(page: Page, x: number, y: number): Promise<void> {
  await page.bringToFront()
  await page.mouse.move(x, y)
  await page.mouse.down()
  await page.mouse.up()
}

/** A pixel of a snapshot. */
function snapshotAt(page: Page, x: number, y: number, options = {}): Promise<number[]> {
  return page.evaluate(`(async () => {
    const bitmap = await createImageBitmap(await view.snapshot(${JSON.stringify(options)}))
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
    context.drawImage(bitmap, 0, 0)
    return [...context.getImageData(${x}, ${y}, 1, 1).data].slice(0, 3)
  })()`)
}

/** Where the image lies in the window: as large as fits, in the middle. */
async function placement(page: Page) {
  await page.evaluate("void (globalThis.view = document.querySelector('pixelcast-view'))")
  const rect = await page.evaluate<{ x: number; y: number; width: number; height: number }>(
    'view.getBoundingClientRect().toJSON()',
  )
  const scale = Math.min(rect.width / SIZE.width, rect.height / SIZE.height)
  // Bars beside the picture, or the test is not about them.
  expect(rect.width).toBeGreaterThan(scale * SIZE.width + 50)
  const left = rect.x + (rect.width - scale * SIZE.width) / 2
  const top = rect.y + (rect.height - scale * SIZE.height) / 2
  const middle: [number, number] = [rect.x + rect.width / 2, rect.y + rect.height / 2]
  return { middle, toPage: (x: number, y: number) => [left + x * scale, top + y * scale] as [number, number] }
}

/** What a screenshot shows where the box has its left edge: the box and nothing else, or grey alone. */
async function lookAt(page: Page, place?: [number, number]): Promise<'box' | 'grey' | undefined> {
  const { toPage } = await placement(page)
  const path = join(tmpdir(), `pixelcast-metadata-${process.pid}.png`)
  await page.screenshot(path)
  const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true })
  await rm(path)
  const [x, y] = place ?? toPage(BOX[0], BOX[1] + BOX[3] / 2)
  const is = (dx: number, color: readonly number[]): boolean => {
    const at = (Math.round(y) * info.width + Math.round(x) + dx) * info.channels
    return color.every((value, c) => Math.abs(data[at + c]! - value) <= 4)
  }
  const isGrey = [-12, -8, 8, 12].every((dx) => is(dx, GREY))
  if (isGrey && [-1, 0].every((dx) => is(dx, COLOR))) return 'box'
  return isGrey && [-4, -1, 0, 4].every((dx) => is(dx, GREY)) ? 'grey' : undefined
}
