import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BROWSERS, type Browser, type BrowserName, launch } from '../support/browser.js'
import { burn, naturalStill, psnr } from '../support/images.js'
import { createServer, LOCAL, type PixelcastServer, whepUrl } from '../support/pixelcast.js'
import { type Player, Stage } from '../support/player.js'
import { pause, until } from '../support/wait.js'

const WIDTH = 1280
const HEIGHT = 720
const GOOD_DB = 42
const IDLE_BYTES_PER_SECOND = 2_000

const CASES: readonly [BrowserName, 'h264' | 'vp8'][] = [
  ['chromium', 'h264'],
  ['chromium', 'vp8'],
  ['firefox', 'vp8'],
]

describe('a still image', () => {
  const still = burn(naturalStill(WIDTH, HEIGHT), 4711)
  const browsers = new Map<BrowserName, { browser: Browser; stage: Stage }>()
  let server: PixelcastServer

  beforeAll(async () => {
    // Three that sharpen at once are no reason here to refuse one of them on a busy machine.
    server = await createServer({ ...LOCAL, limits: { encodeLoad: 1 } })
    // All at once, as each has to lie there for five seconds.
    for (const [browserName, codec] of CASES)
      expect(server.addTrack(`${browserName} ${codec}`).addImage(still)).toBe(true)
    const idle = pause(5_000)
    for (const name of BROWSERS) {
      const browser = await launch(name)
      browsers.set(name, { browser, stage: await Stage.open(browser) })
    }
    await idle
  })
  afterAll(async () => {
    for (const { browser, stage } of browsers.values()) {
      await stage.close()
      await browser.close()
    }
    await server?.close()
  })

  const watched = new Map<string, Player>()
  const trackOf = (name: string) => server.tracks.find((track) => track.name === name)!

  it.each(CASES)('pushed once, is seen in %s, %s, 5 s later, and sharpens', async (browserName, codec) => {
    const track = trackOf(`${browserName} ${codec}`)
    expect(track.stats.framesEncoded, 'pictures encoded before anyone watched').toBe(0)

    const player = await browsers.get(browserName)!.stage.play(whepUrl(server, track.name), { codec })
    watched.set(track.name, player)
    await player.waitFor('the still', '({ value }) => value === 4711')

    await pause(2_000) // "2 s after": the time is the demand.
    expect(psnr(await player.pixels(), still)).toBeGreaterThanOrEqual(GOOD_DB)
  })

  it('then costs nothing, whoever watches it', async () => {
    expect(watched.size).toBe(CASES.length)
    const bytesInThreeSeconds = async (player: Player) => {
      const before = (await player.stats()).bytes
      await pause(3_000)
      return (await player.stats()).bytes - before
    }
    // All at once, as each of them takes its three seconds.
    await Promise.all(
      [...watched].map(async ([name, player]) => {
        await until(
          `the bitrate of ${name} to fall to next to nothing`,
          async () => (await bytesInThreeSeconds(player)) < 3 * IDLE_BYTES_PER_SECOND,
          15_000,
        )
        expect(psnr(await player.pixels(), still), name).toBeGreaterThanOrEqual(GOOD_DB)
        expect((await player.stats()).pli, name).toBeLessThanOrEqual(1)
      }),
    )
  })

  it.each(CASES)(
    'a second one in %s, %s, sees it too, at the same quality, and does not disturb the first',
    async (browserName, codec) => {
      const track = trackOf(`${browserName} ${codec}`)
      const second = await browsers.get(browserName)!.stage.play(whepUrl(server, track.name), { codec })
      await second.waitFor('the still', '({ value }) => value === 4711')
      await until('the same quality', async () => psnr(await second.pixels(), still) >= GOOD_DB, 5_000)
      expect(track.stats.encoders).toBe(1)
      await second.leave()
    },
  )
})
