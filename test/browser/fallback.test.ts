import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RelayServer } from '../network/relay-server.js'
import { BROWSERS, type Browser, launch, launchForPages, type Page } from '../support/browser.js'
import { noteFrames, takeNoted } from '../support/glass.js'
import {
  measure,
  PATCH_COLOURS,
  patchCentres,
  patches,
  Reel,
  type RgbaImage,
  readCode,
} from '../support/images.js'
import { OTHER_NAME, PAGE_TEST } from '../support/own-network.js'
import { click, pushTrackbar, record, trackbar } from '../support/page-tools.js'
import { createServer, type ImageTrack, type PixelcastServer, urlOf } from '../support/pixelcast.js'
import { openSocketPage, viewerPagePixels, waitForPicture } from '../support/viewer-page.js'
import { every, until } from '../support/wait.js'

const VIEW = "document.querySelector('pixelcast-view')"
const NOTHING = { down: { loss: 1 }, up: { loss: 1 } }
const ALL = { down: { loss: 0 }, up: { loss: 0 } }
/** Of 255, in any channel. */
const TOLERANCE = 3

/** Looks, at each picture of the screen, at what a person would see. */
const WATCH = `(() => {
  const view = ${VIEW}
  const seen = (globalThis.seen = { transports: [], black: 0, samples: 0, first: null })
  const context = Object.assign(document.createElement('canvas'), { width: 64, height: 16 })
    .getContext('2d', { willReadFrequently: true })
  const note = () => {
    const { viewer } = view
    if (viewer && !viewer.noted) {
      viewer.noted = true
      viewer.on('transport', (transport) => seen.transports.push(transport))
      viewer.on('frame', () => { seen.first ??= performance.now() })
    }
    if (seen.first !== null) {
      // What is on top is what is seen: the picture that was kept, or the video.
      const shown = view.shadowRoot.querySelector('.frame canvas') ?? view.video
      const width = shown.videoWidth ?? shown.width
      const height = shown.videoHeight ?? shown.height
      context.fillStyle = '#000'
      context.fillRect(0, 0, 64, 16)
      if (width) context.drawImage(shown, 0, height / 2, width, height / 4, 0, 0, 64, 16)
      const { data } = context.getImageData(0, 0, 64, 16)
      let sum = 0
      for (let i = 0; i < data.length; i += 4) sum += data[i] + data[i + 1] + data[i + 2]
      seen.samples++
      if (sum / (data.length / 4) < 24) seen.black++
    }
    requestAnimationFrame(note)
  }
  note()
})()`

interface Seen {
  readonly transports: string[]
  readonly black: number
  readonly samples: number
  readonly first: number
}

for (const name of PAGE_TEST.isStock ? [PAGE_TEST.browser] : BROWSERS)
  describe(`without UDP, in ${name}`, () => {
    // Firefox finds no way over loopback without candidates in the offer: see stock-firefox.test.ts.
    const mayReturn = name === 'chromium' || PAGE_TEST.isStock
    let browser: Browser
    let server: PixelcastServer
    let network: RelayServer
    let numbers: ImageTrack
    let stills: ImageTrack
    const keys: string[] = []
    const clicks: { readonly x: number; readonly y: number }[] = []
    let stop: (() => void) | undefined
    beforeAll(async () => {
      browser = PAGE_TEST.isStock ? await launchForPages() : await launch(name)
      server = await createServer({ port: 0, allowedHosts: [OTHER_NAME], ...PAGE_TEST.server })
      numbers = server.addTrack('numbers', { control: 'anyone' })
      numbers.on('key', ({ type, key }) => keys.push(`${type} ${key}`))
      numbers.on('pointer', (input) => input.type === 'down' && clicks.push(input))
      stills = server.addTrack('stills')
      const reel = new Reel(640, 480)
      stop = every(30, (index) =>
        numbers.addImage(reel.image(index + 1), { metadata: { number: index + 1 } }),
      )
      network = await RelayServer.start(urlOf(server), { host: PAGE_TEST.media, ...NOTHING })
    })
    afterAll(async () => {
      stop?.()
      await browser?.close()
      await network?.close()
      await server?.close()
    })

    const transport = (page: Page) => page.evaluate<string | null>(`${VIEW}.viewer?.transport ?? null`)
    const stats = (page: Page) =>
      until('statistics', () =>
        page.evaluate<Record<string, unknown> | undefined>(`new Promise((resolve) =>
          ${VIEW}.addEventListener('stats', ({ detail }) => resolve(detail), { once: true }))`),
      )

    it('shows the picture over the WebSocket, and over WebRTC when UDP passes, with nothing black between', async () => {
      const page = await browser.open(new URL('view/numbers', network.url).href)
      await page.evaluate(WATCH)
      await waitForPicture(page, 'a number', (image) => (readCode(image) ?? 0) > 0)
      expect(await transport(page)).toBe('websocket')
      const { first } = await page.evaluate<Seen>('seen')
      console.log(`${name}: first picture ${Math.round(first)} ms after the page began`)
      if (mayReturn) {
        network.change(ALL)
        await page.evaluate("dispatchEvent(new Event('online'))")
        await until('WebRTC', async () => (await transport(page)) === 'webrtc')
        await until('the end of the WebSocket', () => network.sockets === 0)
        const before = (await page.evaluate<Seen>('seen')).samples
        await until(
          'pictures after it',
          async () => (await page.evaluate<Seen>('seen')).samples > before + 30,
        )
        network.change(NOTHING)
        const cut = performance.now()
        await until('the WebSocket again', async () => (await transport(page)) === 'websocket')
        const value = readCode((await viewerPagePixels(page)) ?? patches(640, 480)) ?? 0
        await waitForPicture(page, 'newer numbers', (image) => (readCode(image) ?? 0) > value + 5)
        console.log(`${name}: moving again ${Math.round(performance.now() - cut)} ms after UDP was cut`)
      }
      const seen = await page.evaluate<Seen>('seen')
      expect(seen.black).toBe(0)
      await until('a second of it', async () => (await page.evaluate<Seen>('seen')).samples > 60)
      await page.close()
    })

    it.skipIf(PAGE_TEST.isStock).each(['h264', 'vp8'])(
      'has metadata, statistics and input: %s',
      async (codec) => {
        const page = await browser.open(
          new URL(`view/numbers?transport=websocket&codec=${codec}`, urlOf(server)).href,
        )
        await noteFrames(page)
        await waitForPicture(page, 'a number', (image) => (readCode(image) ?? 0) > 0)
        await until('the right to control', () => page.evaluate<boolean>(`${VIEW}.viewer.control`))
        await takeNoted(page)
        const frames: Awaited<ReturnType<typeof takeNoted>> = []
        await until('frames with metadata', async () => {
          frames.push(...(await takeNoted(page)))
          return frames.filter(({ metadata }) => metadata !== null).length > 90
        })
        const told = frames.filter(({ metadata, value }) => metadata !== null && value !== undefined)
        expect(told.length / frames.length).toBeGreaterThan(0.9)
        expect(told.filter(({ metadata, value }) => metadata !== value)).toEqual([])
        await page.bringToFront()
        keys.length = 0
        await page.keyboard.press('k')
        await until('the key', () => keys.includes('up k'))
        expect(await stats(page)).toMatchObject({
          transport: 'websocket',
          codec: codec === 'h264' ? 'H264' : 'VP8',
          width: 640,
          height: 480,
          latency: expect.any(Number),
          roundTrip: expect.any(Number),
          bitrate: expect.any(Number),
        })
        await page.evaluate(`void (${VIEW}.stats = true)`)
        await until('the words', () =>
          page.evaluate<boolean>(`${VIEW}.shadowRoot.textContent.includes('WebSocket (no UDP path)')`),
        )
        await page.close()
      },
    )

    it.skipIf(PAGE_TEST.isStock).each([
      ['WebCodecs', 'h264'],
      ['WebCodecs', 'vp8'],
      ['MSE', 'h264'],
      ['MSE', 'vp8'],
    ] as const)('shows colours and sizes as they are, by %s: %s', async (by, codec) => {
      stills.addImage(patches(642, 480))
      const page = await openSocketPage(browser, urlOf(server), 'stills', by, codec)
      for (const [width, height] of [
        [642, 480],
        [479, 641],
        [320, 240],
      ] as const) {
        stills.addImage(patches(width, height))
        let off: unknown[] = ['nothing']
        await waitForPicture(page, `the colours at ${width} × ${height}`, (image) => {
          off =
            image.width - width > 1 || image.width < width
              ? [`${image.width} × ${image.height}`]
              : offColour(image, width, height, TOLERANCE)
          return off.length === 0
        }).catch((error) => {
          throw new Error(`${error}: ${JSON.stringify(off)}`)
        })
        expect(await page.evaluate(`${VIEW}.viewer.size`)).toEqual({ width, height })
      }
      const file = () =>
        page.evaluate<number[]>(`(async () => {
          const { width, height } = await createImageBitmap(await ${VIEW}.snapshot())
          return [width, height]
        })()`)
      expect(await file()).toEqual([320, 240])
      // A busy browser tells of another size (`resize`) a while after it shows it; here it does not tell at all.
      await page.evaluate(
        `void ${VIEW}.shadowRoot.addEventListener('resize', (e) => e.stopPropagation(), true)`,
      )
      stills.addImage(patches(240, 320))
      await waitForPicture(page, 'the upright image', ({ width }) => width === 240)
      expect(await file()).toEqual([240, 320])
      await page.close()
    })

    it.skipIf(PAGE_TEST.isStock).each(['WebCodecs', 'MSE'])(
      'has trackbars, zooms and records: by %s',
      async (by) => {
        numbers.addControl({ name: 'gain', max: 100, value: 20 })
        const page = await openSocketPage(browser, urlOf(server), 'numbers', by, 'h264')
        await waitForPicture(page, 'a number', (image) => (readCode(image) ?? 0) > 0)
        await until('the trackbar', async () => (await trackbar(page)) === '20')
        await pushTrackbar(page, 'ArrowRight')
        await until('the value', () => numbers.getControl('gain') === 21)
        numbers.setControl('gain', 70)
        await until('the application’s value', async () => (await trackbar(page)) === '70')
        numbers.removeControl('gain')
        // The picture gets its room, in the frame after it at the latest.
        await until('no trackbar', () =>
          page.evaluate<boolean>(`!${VIEW}.shadowRoot.querySelector('.trackbar')`),
        )
        await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')

        expect(await page.evaluate(`${VIEW}.video.src.startsWith('blob:')`)).toBe(by === 'MSE')
        await page.evaluate(`${VIEW}.zoomTo(8, { x: 320, y: 240 })`)
        expect(await page.evaluate(`${VIEW}.zoom`)).toBe(8)
        clicks.length = 0
        const meant = await click(page, 500, 300)
        const clicked = await until('the click', () => clicks[0])
        expect(clicked.x).toBeCloseTo(meant.x, 1)
        expect(clicked.y).toBeCloseTo(meant.y, 1)
        await page.evaluate(`${VIEW}.resetZoom()`)

        const before = readCode((await viewerPagePixels(page)) ?? patches(640, 480)) ?? Number.NaN
        const { played, last } = await record(page, 1.5)
        expect(played).toBeGreaterThan(0.6)
        expect([last.width, last.height]).toEqual([640, 480])
        // What moved was recorded while it did.
        expect((readCode(last) ?? 0) - before).toBeGreaterThan(20)
        await page.close()
      },
    )
  })

function offColour(image: RgbaImage, width: number, height: number, tolerance: number): string[] {
  return patchCentres(width, height).flatMap((area, i) => {
    const { mean, worstFrom } = measure(image, area)
    const distance = worstFrom(PATCH_COLOURS[i]!)
    return distance <= tolerance
      ? []
      : [`${PATCH_COLOURS[i]} shown as ${mean.map(Math.round)} (off by ${distance})`]
  })
}
