import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RelayServer } from '../network/relay-server.js'
import { type Browser, type BrowserName, launch, type Page } from '../support/browser.js'
import { ages, agesOf, noteFrames, takeNoted, tenthsNow } from '../support/glass.js'
import { burn, Reel } from '../support/images.js'
import { OTHER_NAME } from '../support/own-network.js'
import { createServer, LOCAL, type PixelcastServer, urlOf } from '../support/pixelcast.js'
import { openSocketPage } from '../support/viewer-page.js'
import { every, pause, until } from '../support/wait.js'

// How old the pictures are that come over a WebSocket.

const VIEW = "document.querySelector('pixelcast-view')"
/** Half a minute more, for the times themselves: they are read by people, and assert little. */
const isMeasuring = process.env.PIXELCAST_MEASURE !== undefined
/** Of a look at a slow connection; `PIXELCAST_SLOW_MS` for a longer one. */
const HALF_MS = Number(process.env.PIXELCAST_SLOW_MS ?? 3_000)

describe.each<BrowserName>(isMeasuring ? ['chromium', 'firefox'] : ['chromium'])(
  'without UDP, in %s',
  (name) => {
    let browser: Browser
    let server: PixelcastServer
    let network: RelayServer
    let stop: (() => void) | undefined
    beforeAll(async () => {
      browser = await launch(name)
      server = await createServer({ ...LOCAL, allowedHosts: [OTHER_NAME] })
      const times = server.addTrack('times')
      const reel = new Reel(1280, 720)
      stop = every(30, (index) => times.addImage(burn(reel.image(index), tenthsNow())))
      network = await RelayServer.start(urlOf(server), { down: { loss: 1 }, up: { loss: 1 } })
    })
    afterAll(async () => {
      stop?.()
      await browser?.close()
      await network?.close()
      await server?.close()
    })

    it.skipIf(!isMeasuring).each([
      ['WebCodecs', 'h264'],
      ['MSE', 'h264'],
      ['MSE', 'vp8'],
    ])('stays live, by %s: %s', async (by, codec) => {
      const page = await openSocketPage(browser, urlOf(server), 'times', by, codec)
      await until('a picture', () => page.evaluate<boolean>(`${VIEW}.hasAttribute('data-picture')`))
      await noteFrames(page)
      await pause(1_500)
      await takeNoted(page)
      await pause(2_500)
      const { n, p50, p95 } = ages(agesOf(await takeNoted(page)))
      console.log(`${name} by ${by}, ${codec}: glass to glass p50 ${p50} ms, p95 ${p95} ms, n ${n}`)
      expect(n).toBeGreaterThan(30)
      await page.close()
    })

    it('stays in time on a slow connection with a large buffer', async () => {
      network.socketRate = 1_000_000
      const page = await browser.open(new URL('view/times?transport=websocket', network.url).href)
      await until('a picture', () => page.evaluate<boolean>(`${VIEW}.hasAttribute('data-picture')`))
      await noteFrames(page)
      // Until the server has learned what the network takes.
      await pause(5_000)
      await takeNoted(page)
      const halves: number[][] = []
      for (let half = 0; half < 2; half++) {
        await pause(HALF_MS)
        halves.push(agesOf(await takeNoted(page)))
      }
      const [one, other] = halves.map(ages)
      console.log(
        `${name} at 1 Mbit/s: first half ${JSON.stringify(one)}, second half ${JSON.stringify(other)}`,
      )
      expect(one?.n).toBeGreaterThan(15)
      expect(other?.n).toBeGreaterThan(15)
      // The connection was as slow as is said.
      const { bitrate } = await until('statistics', () => statistics(page))
      expect(bitrate).toBeGreaterThan(100_000)
      expect(bitrate).toBeLessThan(1_300_000)
      // It does not build up.
      expect(other?.p50).toBeLessThan((one?.p95 ?? 0) * 2)
      await page.close()
      network.socketRate = Number.POSITIVE_INFINITY
    })
  },
)

function statistics(page: Page): Promise<Record<string, unknown>> {
  return page.evaluate(`new Promise((resolve) =>
    ${VIEW}.addEventListener('stats', ({ detail }) => resolve(detail), { once: true }))`)
}
