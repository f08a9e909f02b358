import { pause } from '../../test/support/wait.js'
import type { Measure, Numbers } from '../bench.js'
import type { ProducerMode } from '../contract.js'
import { summarize } from '../statistics.js'
import { SystemProcess } from '../support/system-process.js'
import type { System } from '../systems.js'

const TIMEOUT_MS = 5_000
const QUICK_TIMEOUT_MS = 2_000
const IDLE_MS = 3_000
const QUICK_IDLE_MS = 1_000
const BETWEEN_MS = 300
/** A system that shows nothing so often will not do it the next time either. */
const ENOUGH_FAILURES = 2
const QUICK_ENOUGH_FAILURES = 1

export const firstFrame: Measure = {
  name: 'first-frame',
  about:
    'From the POST of the offer to the first painted frame in Chromium, 1280×720, H.264; live: 30 images a second; idle: one image, 3 s before the first viewer. Nothing in time: nothing painted within 5 s.',
  columns: [
    { key: 'n', title: 'viewers', digits: 0 },
    { key: 'p50', title: 'p50 ms', digits: 0 },
    { key: 'p95', title: 'p95 ms', digits: 0 },
    { key: 'max', title: 'max ms', digits: 0 },
    { key: 'never', title: 'nothing in time', digits: 0 },
  ],
  async run(bench) {
    const count = bench.quick ? 3 : 20
    const enough = bench.quick ? QUICK_ENOUGH_FAILURES : ENOUGH_FAILURES
    const timeout = bench.quick ? QUICK_TIMEOUT_MS : TIMEOUT_MS
    for (const [name, producer] of [
      ['live', 'live'],
      ['idle', 'once'],
    ] as const)
      await bench.compare({ producer: name }, (system) => join(system, producer))

    async function join(system: System, producer: ProducerMode): Promise<Numbers> {
      const scene = { content: 'screen', width: 1280, height: 720, fps: 30, producer } as const
      const process = await SystemProcess.start(system, scene)
      const page = await bench.stage.open('chromium')
      try {
        if (producer === 'once') await pause(bench.quick ? QUICK_IDLE_MS : IDLE_MS)
        const times: number[] = []
        let never = 0
        for (let i = 0; i < count && never < enough; i++) {
          const time = await page.play(process.address.offer, system.codecs[0]!, timeout)
          if (time === null) never++
          else times.push(time)
          await page.hangUp()
          await pause(BETWEEN_MS)
        }
        return { ...summarize(times), never }
      } finally {
        await page.close().catch(() => {})
        await process.stop()
      }
    }
  },
}
