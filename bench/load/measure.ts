import { pause } from '../../test/support/wait.js'
import { cpuSeconds } from '../support/process-usage.js'
import { type Scene, SystemProcess } from '../support/system-process.js'
import type { System } from '../systems.js'
import type { Got } from './viewers.js'
import type { Way } from './ways.js'

/** A frame that comes so much later than the quickest one of its viewer is late, ms: what players are told to wait at most. */
const LATE_MS = 100
const WARM_UP_MS = 3_000

/** Everything per second. */
export interface LoadNumbers {
  readonly viewers: number
  /** CPU of each process, as a share of a core; the engine's is NaN where there is none. */
  readonly cpu: { readonly pixelcast: number; readonly engine: number; readonly viewers: number }
  readonly made: number
  readonly packets: number
  /** Frames that the worst served viewer got. */
  readonly worst: number
  /** Shares of all packets, and of all frames that came. */
  readonly missing: number
  readonly late: number
}

/** One stream to so many viewers, one way. */
export async function measure(
  system: System,
  scene: Scene,
  way: Way,
  count: number,
  seconds: number,
): Promise<LoadNumbers> {
  const process = await SystemProcess.start(system, { ...scene, ...(way.whip && { whip: way.whip }) })
  try {
    const viewers = await way.watch(count, process.address)
    try {
      const used = () => ({
        pixelcast: process.cpuSeconds,
        engine: way.pid === undefined ? Number.NaN : cpuSeconds(way.pid),
        viewers: cpuSeconds(viewers.pid),
      })
      await pause(WARM_UP_MS)
      await Promise.all([viewers.reset(), process.reset()])
      const start = performance.now()
      const before = used()
      await pause(seconds * 1_000)
      const after = used()
      const elapsed = (performance.now() - start) / 1_000
      const [got, { pushed }] = await Promise.all([viewers.stats(), process.stats()])
      const a = (of: 'pixelcast' | 'engine' | 'viewers') => (after[of] - before[of]) / elapsed
      return {
        viewers: count,
        cpu: { pixelcast: a('pixelcast'), engine: a('engine'), viewers: a('viewers') },
        made: pushed / elapsed,
        ...summary(got, elapsed),
      }
    } finally {
      await viewers.leave()
    }
  } finally {
    await process.stop()
  }
}

function summary(got: readonly Got[], seconds: number) {
  const sum = (of: (viewer: Got) => number) => got.reduce((total, viewer) => total + of(viewer), 0)
  const packets = sum((viewer) => viewer.packets)
  const missing = sum((viewer) => viewer.missing)
  const late = sum(({ latencies }) => {
    const quickest = Math.min(...latencies)
    return latencies.filter((latency) => latency > quickest + LATE_MS).length
  })
  return {
    packets: packets / seconds,
    worst: Math.min(...got.map((viewer) => viewer.frames)) / seconds,
    missing: missing / (packets + missing),
    late: late / sum(({ latencies }) => latencies.length),
  }
}
