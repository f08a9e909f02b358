import type { BrowserName } from '../../test/support/browser.js'
import { pause } from '../../test/support/wait.js'
import type { Bench, Column, Numbers } from '../bench.js'
import type { System, VideoCodec } from '../systems.js'
import { readRecording } from './glass.js'
import { type Scene, SystemProcess } from './system-process.js'

const WARM_UP_MS = 2_000
const QUICK_WARM_UP_MS = 1_000
const LATE_MS = 3_000

/** What every measure of latency shows. */
export const GLASS_COLUMNS: readonly Column[] = [
  { key: 'n', title: 'images', digits: 0 },
  { key: 'p50', title: 'p50 ms', digits: 1 },
  { key: 'p95', title: 'p95 ms', digits: 1 },
  { key: 'p99', title: 'p99 ms', digits: 1 },
  { key: 'made', title: 'made/s', digits: 1 },
  { key: 'seen', title: 'seen/s', digits: 1 },
  { key: 'missed', title: 'missed', digits: 0 },
  { key: 'unreadable', title: 'unreadable', digits: 0 },
  { key: 'width', title: 'shown width', digits: 0 },
  { key: 'kbps', title: 'kbit/s', digits: 0 },
  { key: 'bufferMs', title: 'jitter buffer ms', digits: 1 },
  { key: 'decodeMs', title: 'decode ms', digits: 1 },
  { key: 'cpu', title: 'CPU % of a core', digits: 0 },
  { key: 'uncertainty', title: '± clock ms', digits: 2 },
]

export interface Viewpoint {
  readonly browser: BrowserName
  readonly codec: VideoCodec
}

/** Why a browser cannot watch a codec; undefined when it can. */
export async function missingCodec(bench: Bench, { browser, codec }: Viewpoint): Promise<string | undefined> {
  const page = await bench.stage.open(browser)
  const codecs = await page.codecs()
  await page.close()
  return codecs.includes(`video/${codec}`) ? undefined : `this ${browser} has no ${codec}`
}

/** Starts a system, watches it in a browser, and says how old its images are when they are painted. */
export async function watch(
  bench: Bench,
  system: System,
  scene: Scene,
  { browser, codec }: Viewpoint,
  ms: number,
): Promise<Numbers | { readonly skipped: string }> {
  if (!system.codecs.includes(codec)) return { skipped: `it has no ${codec}` }
  const process = await SystemProcess.start(system, scene)
  const page = await bench.stage.open(browser)
  try {
    if (scene.early) await pause(LATE_MS)
    if ((await page.play(process.address.offer, codec)) === null) return { skipped: 'no frame within 10 s' }
    await pause(bench.quick ? QUICK_WARM_UP_MS : WARM_UP_MS)
    const before = await page.clock()
    await process.reset()
    const start = performance.now()
    const cpu = process.cpuSeconds
    const recording = await page.record(ms)
    const used = process.cpuSeconds - cpu
    const { pushed } = await process.stats()
    // A producer that blocks its thread answers late.
    const counted = performance.now() - start
    const after = await page.clock()
    // Both clocks run by themselves; over a long recording the mean of both ends is the better guess.
    const offset = (before.offset + after.offset) / 2
    return {
      ...readRecording(recording, ms, offset),
      made: (pushed * 1000) / counted,
      cpu: (used / ms) * 100_000,
      uncertainty: Math.max(before.uncertainty, after.uncertainty),
    }
  } finally {
    await page.close().catch(() => {})
    await process.stop()
  }
}
