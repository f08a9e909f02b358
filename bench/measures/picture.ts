import { measure, patchCentres, psnr } from '../../test/support/images.js'
import { pause } from '../../test/support/wait.js'
import type { Bench, Measure, Numbers } from '../bench.js'
import { original } from '../content.js'
import type { ProducerMode } from '../contract.js'
import type { StagePage } from '../support/stage.js'
import { SystemProcess } from '../support/system-process.js'
import { missingCodec, type Viewpoint } from '../support/watch.js'

const WIDTH = 1280
const HEIGHT = 720
/** The time is the demand: this long after the first frame was painted. */
const SETTLE_MS = 2_000

const VIEWPOINTS: readonly Viewpoint[] = [
  { browser: 'chromium', codec: 'h264' },
  { browser: 'chromium', codec: 'vp8' },
  { browser: 'firefox', codec: 'vp8' },
]

const PUSHED: readonly (readonly [pushed: string, producer: ProducerMode])[] = [
  ['once', 'once'],
  ['repeated', 'live'],
]

export const still: Measure = {
  name: 'still',
  about:
    'A still 1280×720 (gradients and text), 2 s after its first frame was painted, against the source. Once: pushed once, before the viewer came; repeated: pushed 30 times a second, as must be done with systems that keep nothing.',
  columns: [
    { key: 'n', title: 'viewers', digits: 0 },
    { key: 'psnr', title: 'PSNR dB', digits: 1 },
    { key: 'width', title: 'shown width', digits: 0 },
  ],
  async run(bench) {
    const source = original('still', WIDTH, HEIGHT)
    for (const viewpoint of bench.quick ? VIEWPOINTS.slice(0, 1) : VIEWPOINTS)
      for (const [pushed, producer] of bench.quick ? PUSHED.slice(0, 1) : PUSHED)
        await look(bench, 'still', producer, { ...viewpoint, pushed }, viewpoint, async (page) => {
          const shown = await page.pixels()
          const same = shown.width === WIDTH && shown.height === HEIGHT
          return { n: 1, psnr: same ? psnr(shown, source) : Number.NaN, width: shown.width }
        })
  },
}

export const colours: Measure = {
  name: 'colours',
  about:
    'The middles of 24 flat colour patches on screen against the source, largest error of a channel, of 255: of the mean of a patch, and of any pixel.',
  columns: [
    { key: 'n', title: 'patches', digits: 0 },
    { key: 'mean', title: 'error of a mean', digits: 1 },
    { key: 'worst', title: 'error of a pixel', digits: 0 },
  ],
  async run(bench) {
    for (const viewpoint of bench.quick ? VIEWPOINTS.slice(0, 1) : VIEWPOINTS)
      await look(bench, 'patches', 'live', { ...viewpoint }, viewpoint, async (page) => {
        const shown = await page.pixels()
        // A smaller picture has the same patches in the same places.
        const errors = patchCentres(shown.width, shown.height).map((area) => {
          const { mean, worstFrom } = measure(shown, area)
          return {
            mean: Math.max(...mean.map((level, c) => Math.abs(level - area.colour[c]!))),
            worst: worstFrom(area.colour),
          }
        })
        return {
          n: errors.length,
          mean: Math.max(...errors.map(({ mean }) => mean)),
          worst: Math.max(...errors.map(({ worst }) => worst)),
        }
      })
  },
}

async function look(
  bench: Bench,
  content: 'still' | 'patches',
  producer: ProducerMode,
  conditions: Readonly<Record<string, string>>,
  viewpoint: Viewpoint,
  take: (page: StagePage) => Promise<Numbers>,
): Promise<void> {
  const missing = await missingCodec(bench, viewpoint)
  await bench.compare(conditions, async (system) => {
    if (missing) return { skipped: missing }
    if (!system.codecs.includes(viewpoint.codec)) return { skipped: `it has no ${viewpoint.codec}` }
    const process = await SystemProcess.start(system, {
      content,
      width: WIDTH,
      height: HEIGHT,
      fps: 30,
      producer,
    })
    const page = await bench.stage.open(viewpoint.browser)
    try {
      const played = await page.play(process.address.offer, viewpoint.codec, 5_000)
      if (played === null) return { skipped: 'nothing on screen within 5 s' }
      await pause(SETTLE_MS)
      return await take(page)
    } finally {
      await page.close().catch(() => {})
      await process.stop()
    }
  })
}
