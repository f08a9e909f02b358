import type { Bench, Column, Measure, Numbers } from '../bench.js'
import { Crowd, type CrowdNumbers } from '../support/crowd.js'
import type { Scene } from '../support/system-process.js'
import type { System } from '../systems.js'

const WARM_UP_MS = 2_000
const QUICK_WARM_UP_MS = 1_000
/** A system that delivers less than this share of the images to its viewers has reached its end. */
const SERVED = 0.7

const COLUMNS: readonly Column[] = [
  { key: 'viewers', title: 'viewers', digits: 0 },
  { key: 'n', title: 'frames counted', digits: 0 },
  { key: 'cpu', title: 'CPU % of a core', digits: 1 },
  { key: 'cpuPerViewer', title: 'CPU % of one more', digits: 2 },
  { key: 'perPacket', title: 'µs of one more packet', digits: 1 },
  { key: 'resident', title: 'memory MiB', digits: 0 },
  { key: 'residentPerViewer', title: 'memory of one more, MiB', digits: 1 },
  { key: 'made', title: 'made/s', digits: 1 },
  { key: 'leastFps', title: 'worst viewer gets/s', digits: 1 },
  { key: 'kbps', title: 'kbit/s each', digits: 0 },
  { key: 'missing', title: 'packets missing', digits: 0 },
]

export const viewers: Measure = {
  name: 'viewers',
  about:
    'Nearly still 1280×720 at 30 fps, H.264, to headless viewers in another process; CPU and memory of the server process alone. One more: against the run with one viewer. These viewers report no bandwidth, so that each system stays at its start rate.',
  columns: COLUMNS,
  async run(bench) {
    const scene = { content: 'screen', width: 1280, height: 720, fps: 30, producer: 'live' } as const
    await ladder(bench, scene, bench.quick ? [1, 4] : [1, 4, 16, 100])
  },
}

export const hundred: Measure = {
  name: 'hundred-viewers',
  about:
    'Motion under grain, 1280×720 at 30 fps, H.264, held to 2 Mbit/s where the system has an option for it.',
  columns: COLUMNS,
  async run(bench) {
    if (bench.quick) return
    const scene = {
      content: 'motion',
      width: 1280,
      height: 720,
      fps: 30,
      producer: 'live',
      bitrate: 2e6,
    } as const
    await ladder(bench, scene, [1, 100])
  },
}

async function ladder(bench: Bench, scene: Scene, counts: readonly number[]): Promise<void> {
  const firsts = new Map<string, CrowdNumbers>()
  const ended = new Map<string, string>()
  const ms = bench.duration(6, 1.5)
  const warmUp = bench.quick ? QUICK_WARM_UP_MS : WARM_UP_MS
  for (const count of counts) {
    const { content, width, height, fps } = scene
    const conditions = { content, size: `${width}×${height}`, fps, count }
    await bench.compare(conditions, async (system: System): Promise<Numbers | { skipped: string }> => {
      const end = ended.get(system.name)
      if (end) return { skipped: end }
      const crowd = await Crowd.gather(system, scene, count).catch((error: Error) => {
        ended.set(system.name, `with ${count} viewers: ${error.message.split('\n')[0]}`)
        throw error
      })
      try {
        const now = await crowd.count(warmUp, ms)
        const first = firsts.get(system.name) ?? now
        firsts.set(system.name, first)
        if (count > 1 && now.least < SERVED * now.made)
          ended.set(
            system.name,
            `with ${count} viewers the worst of them got ${now.least} of ${now.made} images`,
          )
        return numbers(now, first, count)
      } finally {
        await crowd.leave()
      }
    })
  }
}

function numbers(now: CrowdNumbers, first: CrowdNumbers, viewers: number): Numbers {
  const more = viewers - 1
  const perSecond = (of: 'cpu' | 'packets') => now[of] / now.seconds - first[of] / first.seconds
  return {
    viewers,
    n: now.least,
    cpu: (now.cpu / now.seconds) * 100,
    cpuPerViewer: more > 0 ? (perSecond('cpu') / more) * 100 : Number.NaN,
    perPacket: more > 0 ? (perSecond('cpu') / perSecond('packets')) * 1e6 : Number.NaN,
    /** CPU that all viewers but the first cost: the sending, without the encoding. */
    sending: perSecond('cpu') * 100,
    resident: now.residentMiB,
    residentPerViewer: more > 0 ? (now.residentMiB - first.residentMiB) / more : Number.NaN,
    made: now.made / now.seconds,
    leastFps: now.least / now.seconds,
    mostFps: now.most / now.seconds,
    kbps: (now.bytes * 8) / 1000 / now.seconds / viewers,
    missing: now.missing,
  }
}
