import { pause } from '../../test/support/wait.js'
import type { Measure, Numbers } from '../bench.js'
import { SystemProcess } from '../support/system-process.js'
import type { System } from '../systems.js'

const RATES = [30, 45, 60, 90, 120, 180, 240]
const QUICK_RATES = [60]
/** Long enough for a bandwidth estimate to stand. */
const WARM_UP_MS = 3_000
const QUICK_WARM_UP_MS = 1_000
/** Counting starts and ends in the middle of things: so many images may be under way. */
const UNDER_WAY = 3
const DELIVERED = 0.98

export const dropRate: Measure = {
  name: 'drop-rate',
  about: `Nearly still 1280×720 to Chromium, which counts the frames that arrive, painted or not: images a second, of ${RATES.join(', ')}, up to which every one arrives, and what arrives at the first rate at which not all do.`,
  columns: [
    { key: 'n', title: 'images made', digits: 0 },
    { key: 'all', title: 'all arrive up to, images/s', digits: 0 },
    { key: 'asked', title: 'first with drops, images/s', digits: 0 },
    { key: 'made', title: 'made then, images/s', digits: 1 },
    { key: 'arrive', title: 'arrive then, images/s', digits: 1 },
  ],
  async run(bench) {
    const ms = bench.duration(4, 1.5)
    const warmUp = bench.quick ? QUICK_WARM_UP_MS : WARM_UP_MS
    await bench.compare({ content: 'screen', size: '1280×720' }, async (system): Promise<Numbers> => {
      let all = 0
      let n = 0
      for (const fps of bench.quick ? QUICK_RATES : RATES) {
        const { made, arrive, seconds } = await count(system, fps)
        n += made
        if (arrive < made * DELIVERED - UNDER_WAY)
          return { n, all, asked: fps, made: made / seconds, arrive: arrive / seconds }
        all = fps
      }
      return { n, all, asked: Number.NaN, made: Number.NaN, arrive: Number.NaN }
    })

    async function count(system: System, fps: number) {
      const scene = { content: 'screen', width: 1280, height: 720, fps, producer: 'live' } as const
      const process = await SystemProcess.start(system, scene)
      const page = await bench.stage.open('chromium')
      try {
        await page.play(process.address.offer, system.codecs[0]!)
        await pause(warmUp)
        await process.reset()
        const start = performance.now()
        const { before, after } = await page.record(ms)
        const { pushed } = await process.stats()
        return {
          made: pushed,
          arrive: after.received - before.received,
          seconds: (performance.now() - start) / 1000,
        }
      } finally {
        await page.close().catch(() => {})
        await process.stop()
      }
    }
  },
}
