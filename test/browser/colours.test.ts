import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, type BrowserName, launch } from '../support/browser.js'
import {
  burn,
  measure,
  PATCH_COLOURS,
  patchCentres,
  patches,
  type Rgb,
  type RgbaImage,
} from '../support/images.js'
import { createLocalServer, type ImageTrack, type PixelcastServer, whepUrl } from '../support/pixelcast.js'
import { type Player, Stage } from '../support/player.js'
import { convert, RAW_FORMATS } from '../support/raw-formats.js'
import { until } from '../support/wait.js'

const WIDTH = 480
const HEIGHT = 320
const TOLERANCE = 3

let next = 1
/** The patches with a fresh number, so that the page knows when this very image is on screen. */
function numbered(): { image: RgbaImage; number: number } {
  const number = next++
  return { image: burn(patches(WIDTH, HEIGHT), number), number }
}

const asGrey = ([red, green, blue]: Rgb): Rgb => {
  const level = Math.round(0.299 * red + 0.587 * green + 0.114 * blue)
  return [level, level, level]
}

/** The patches that are further than 3/255 from what they should be in any pixel of their middle. */
async function offColour(player: Player, colours: readonly Rgb[]): Promise<string[]> {
  const screen = await player.pixels()
  return patchCentres(WIDTH, HEIGHT).flatMap((area, i) => {
    const { mean, worstFrom } = measure(screen, area)
    const distance = worstFrom(colours[i]!)
    return distance <= TOLERANCE
      ? []
      : [`${colours[i]} shown as ${mean.map(Math.round)} (off by ${distance})`]
  })
}

/** A still sharpens while it stands; the colours have to get there and the failure has to name them. */
async function expectColours(player: Player, colours: readonly Rgb[] = PATCH_COLOURS): Promise<void> {
  let off = await offColour(player, colours)
  await until(
    'colours within 3/255',
    async () => {
      off = await offColour(player, colours)
      return off.length === 0
    },
    5_000,
  ).catch(() => {})
  expect(off).toEqual([])
}

describe.each<[BrowserName, 'h264' | 'vp8']>([
  ['chromium', 'h264'],
  ['chromium', 'vp8'],
  ['firefox', 'vp8'],
])('colours in %s, %s', (browserName, codec) => {
  let browser: Browser
  let server: PixelcastServer
  let stage: Stage
  let track: ImageTrack
  let player: Player

  beforeAll(async () => {
    browser = await launch(browserName)
    server = await createLocalServer()
    stage = await Stage.open(browser)
    track = server.addTrack(`colours-${codec}`)
    track.addImage(numbered().image)
    player = await stage.play(whepUrl(server, track.name), { codec })
    await player.started()
  })
  afterAll(async () => {
    await stage?.close()
    await browser?.close()
    await server?.close()
  })

  it('uses the codec that was asked for', async () => {
    expect((await player.stats()).codec).toBe(codec)
  })

  // One track and one connection for all: each format follows the one before it mid-stream.
  it.each(RAW_FORMATS)('shows %s', async (format) => {
    const { image, number } = numbered()
    expect(track.addImage(convert(image, format))).toBe(true)
    await player.waitFor(`image ${number}`, `({ value }) => value === ${number}`)
    await expectColours(player, format === 'gray8' ? PATCH_COLOURS.map(asGrey) : PATCH_COLOURS)
  })

  it.each(['jpeg', 'png'] as const)('shows %s bytes', async (format) => {
    const { image, number } = numbered()
    const raw = sharp(image.data, { raw: { width: WIDTH, height: HEIGHT, channels: 4 } }).removeAlpha()
    const bytes = await (format === 'png'
      ? raw.png().toBuffer()
      : raw.jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer())
    expect(track.addImage(bytes)).toBe(true)
    await player.waitFor(`image ${number}`, `({ value }) => value === ${number}`)
    // What the file says: JPEG itself is a little off in saturated colours.
    const data = new Uint8Array(await sharp(bytes).ensureAlpha().raw().toBuffer())
    const source: RgbaImage = { data, width: WIDTH, height: HEIGHT, format: 'rgba' }
    await expectColours(
      player,
      patchCentres(WIDTH, HEIGHT).map((area) => measure(source, area).mean),
    )
  })

  it('did all that on one connection', async () => {
    expect((await player.state()).connection).toBe('connected')
    expect(track.stats.viewers).toBe(1)
    expect(track.stats.refused).toBe(0)
  })
})
