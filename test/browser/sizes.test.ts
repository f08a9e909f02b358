import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, type BrowserName, launch } from '../support/browser.js'
import { colourErrors } from '../support/colour-errors.js'
import { burn, flat, measure, patches, type Rgb } from '../support/images.js'
import { createLocalServer, type PixelcastServer, whepUrl } from '../support/pixelcast.js'
import { Stage } from '../support/player.js'
import { convert, type RawFormat } from '../support/raw-formats.js'
import { until } from '../support/wait.js'

const TOLERANCE = 3
const COLOUR: Rgb = [30, 144, 200]

describe.each<[BrowserName, 'h264' | 'vp8']>([
  ['chromium', 'h264'],
  ['chromium', 'vp8'],
  ['firefox', 'vp8'],
])('sizes in %s, %s', (browserName, codec) => {
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

  /** H.264 cannot carry an odd size in 4:2:0 and pads it; nothing else may change. */
  const isShownAs = (shown: number, size: number) => shown === size || shown === size + (size % 2)

  it('shows 641×479 from edge to edge', async () => {
    const track = server.addTrack(`odd-large-${codec}`)
    track.addImage(burn(patches(641, 479), 12_345))
    const player = await stage.play(whepUrl(server, track.name), { codec })
    await player.waitFor('the number', '({ value }) => value === 12345')
    const state = await player.state()
    expect(isShownAs(state.width, 641) && isShownAs(state.height, 479)).toBe(true)
    expect(await colourErrors(player, 641, 479)).toEqual([])
    await player.leave()
    await track.close()
  })

  it.each<[number, number, RawFormat]>([
    [33, 17, 'bgr24'],
    [33, 17, 'yuv420p'],
    [17, 33, 'nv12'],
    [2, 2, 'rgba'],
    [3, 2, 'rgb24'],
    [16, 4000, 'rgba'],
  ])('shows %i×%i %s', async (width, height, format) => {
    const track = server.addTrack(`tiny-${codec}-${width}x${height}-${format}`)
    track.addImage(convert(flat(width, height, COLOUR), format))
    const player = await stage.play(whepUrl(server, track.name), { codec })
    await player.started()
    const state = await player.state()
    expect([state.width, state.height]).toEqual([
      isShownAs(state.width, width) ? state.width : width,
      isShownAs(state.height, height) ? state.height : height,
    ])
    let worst = 255
    await until(
      'the colour within 3/255',
      async () => {
        worst = measure(await player.pixels(), { x: 0, y: 0, width, height }).worstFrom(COLOUR)
        return worst <= TOLERANCE
      },
      5_000,
    ).catch(() => {})
    expect(worst).toBeLessThanOrEqual(TOLERANCE)
    await player.leave()
    await track.close()
  })

  it('follows changes of size and format on the same connection', async () => {
    const track = server.addTrack(`changing-${codec}`)
    const steps: [number, number, RawFormat][] = [
      [640, 480, 'rgba'],
      [320, 240, 'bgr24'],
      [641, 479, 'yuv420p'],
      [641, 479, 'gray8'],
      [1280, 720, 'nv12'],
      [640, 480, 'bgra'],
    ]
    track.addImage(burn(flat(640, 480, COLOUR), 1))
    const player = await stage.play(whepUrl(server, track.name), { codec })
    await player.started()
    const negotiations = await player.negotiations()
    for (const [index, [width, height, format]] of steps.entries()) {
      const number = 100 + index
      track.addImage(convert(burn(flat(width, height, COLOUR), number), format))
      await player.waitFor(`number ${number} at ${width}×${height}`, `({ value }) => value === ${number}`)
      const state = await player.state()
      expect(isShownAs(state.width, width) && isShownAs(state.height, height), `${width}×${height}`).toBe(
        true,
      )
    }
    expect(await player.negotiations()).toBe(negotiations)
    expect((await player.state()).connection).toBe('connected')
    expect((await player.stats()).pli, 'keyframes that the browser had to ask for').toBeLessThanOrEqual(1)
    await player.leave()
    await track.close()
  })
})
