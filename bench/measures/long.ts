import { pause } from '../../test/support/wait.js'
import type { Measure, Numbers } from '../bench.js'
import { summarize } from '../statistics.js'
import { readRecording } from '../support/glass.js'
import { SystemProcess } from '../support/system-process.js'
import type { System } from '../systems.js'

const PARTS = 10
const PART_MS = 60_000
const WARM_UP_MS = 2_000

/** Ten minutes: latency must not build up. */
export const longRun: Measure = {
  name: 'long',
  about:
    'Ten minutes of 1280×720 at 30 fps, H.264, Chromium, in ten parts: the median of the first, of the last, and of the worst part. The others with `--only long --long` alone.',
  columns: [
    { key: 'n', title: 'images', digits: 0 },
    { key: 'first', title: 'p50 of the first part, ms', digits: 1 },
    { key: 'last', title: 'p50 of the last part, ms', digits: 1 },
    { key: 'worst', title: 'p50 of the worst part, ms', digits: 1 },
    { key: 'p99', title: 'highest p99 of a part, ms', digits: 1 },
    { key: 'missed', title: 'missed', digits: 0 },
    { key: 'memoryGrowth', title: 'memory grown by, MiB', digits: 0 },
  ],
  async run(bench) {
    if (!bench.options.long) return
    const ms = PART_MS
    const conditions = {
      content: 'screen',
      size: '1280×720',
      fps: 30,
      seconds: (ms * PARTS) / 1000,
    }
    const take = async (system: System): Promise<Numbers | { skipped: string }> => {
      const scene = { content: 'screen', width: 1280, height: 720, fps: 30, producer: 'live' } as const
      const process = await SystemProcess.start(system, scene)
      const page = await bench.stage.open('chromium')
      try {
        if ((await page.play(process.address.offer, system.codecs[0]!)) === null)
          return { skipped: 'no frame within 10 s' }
        await pause(WARM_UP_MS)
        const memory = process.residentMiB
        const parts = []
        for (let i = 0; i < PARTS; i++) {
          const { offset } = await page.clock()
          parts.push(readRecording(await page.record(ms), ms, offset))
        }
        const medians = parts.map(({ p50 }) => p50)
        return {
          n: parts.reduce((sum, { n }) => sum + n, 0),
          first: medians[0] ?? Number.NaN,
          last: medians.at(-1) ?? Number.NaN,
          worst: Math.max(...medians),
          p99: summarize(parts.map(({ p99 }) => p99)).max,
          missed: parts.reduce((sum, { missed }) => sum + missed, 0),
          memoryGrowth: process.residentMiB - memory,
        }
      } finally {
        await page.close().catch(() => {})
        await process.stop()
      }
    }
    // Ten minutes for each of the others as well only when nothing else is measured.
    await bench.compare(conditions, take, bench.options.only.length > 0 ? undefined : ['pixelcast'])
  },
}
