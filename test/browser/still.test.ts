import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, type BrowserName, launch } from '../support/browser.js'
import { burn, naturalStill, psnr } from '../support/images.js'
import { createLocalServer, type PixelcastServer, whepUrl } from '../support/pixelcast.js'
import { Stage } from '../support/player.js'
import { pause, until } from '../support/wait.js'

const WIDTH = 1280
const HEIGHT = 720
const GOOD_DB = 42
const IDLE_BYTES_PER_SECOND = 2_000

describe.each<[BrowserName, 'h264' | 'vp8']>([
  ['chromium', 'h264'],
  ['chromium', 'vp8'],
  ['firefox', 'vp8'],
])('a still image in %s, %s', (browserName, codec) => {
  let browser: Browser
  let server: PixelcastServer
  let stage: Stage

  beforeAll(async () => {
    browser = await launch(browserName)
    server = await createLocalServer()
    stage = await Stage.open(browser)
  })
  afterAll(async () => {
    await stage?.close()
    await browser?.close()
    await server?.close()
  })

  it('pushed once, is seen by a viewer who joins 5 s later, sharpens, and then costs nothing', async () => {
    const still = burn(naturalStill(WIDTH, HEIGHT), 4711)
    const track = server.addTrack(`still-${codec}`)
    expect(track.addImage(still)).toBe(true)
    await pause(5_000)
    expect(track.stats.framesEncoded, 'pictures encoded before anyone watched').toBe(0)

    const player = await stage.play(whepUrl(server, track.name), { codec })
    await player.waitFor('the still', '({ value }) => value === 4711')

    await pause(2_000) // "2 s after": the time is the demand.
    expect(psnr(await player.pixels(), still)).toBeGreaterThanOrEqual(GOOD_DB)

    const bytesInThreeSeconds = async () => {
      const before = (await player.stats()).bytes
      await pause(3_000)
      return (await player.stats()).bytes - before
    }
    await until(
      'the bitrate to fall to next to nothing',
      async () => (await bytesInThreeSeconds()) < 3 * IDLE_BYTES_PER_SECOND,
      15_000,
    )
    expect(psnr(await player.pixels(), still)).toBeGreaterThanOrEqual(GOOD_DB)
    expect((await player.stats()).pli).toBeLessThanOrEqual(1)

    // A second viewer of the idle track sees it too, at the same quality, and does not disturb the first.
    const second = await stage.play(whepUrl(server, track.name), { codec })
    await second.waitFor('the still', '({ value }) => value === 4711')
    await until('the same quality', async () => psnr(await second.pixels(), still) >= GOOD_DB, 5_000)
    expect(track.stats.encoders).toBe(1)
    await second.leave()
    await player.leave()
  })
})
