import { monitorEventLoopDelay } from 'node:perf_hooks'
import { pause } from '../shared/program.mjs'

/** The charts reach back so far, s. */
const WINDOW = 60
const MIB = 2 ** 20

/** What this process needs, every so many ms: processor time, memory, and how late its event loop is. */
export async function* measureThisProcess(interval, stop) {
  const delay = monitorEventLoopDelay({ resolution: 10 })
  delay.enable()
  const samples = []
  let [cpu, at] = [process.cpuUsage(), performance.now()]
  try {
    for (;;) {
      await pause(interval, stop)
      if (stop.aborted) return
      const now = performance.now()
      const { user, system } = process.cpuUsage(cpu)
      const { rss, heapUsed } = process.memoryUsage()
      const percent = (microseconds) => microseconds / 10 / (now - at)
      samples.push({
        at: now / 1000,
        user: percent(user),
        system: percent(system),
        median: delay.percentile(50) / 1e6,
        worst: delay.max / 1e6,
        resident: rss / MIB,
        heap: heapUsed / MIB,
      })
      while (samples[0].at < now / 1000 - WINDOW) samples.shift()
      ;[cpu, at] = [process.cpuUsage(), now]
      delay.reset()
      yield panelsOf(samples)
    }
  } finally {
    delay.disable()
  }
}

function panelsOf(samples) {
  const newest = samples.at(-1).at
  const panel = (title, names) => ({
    title,
    from: -WINDOW,
    to: 0,
    unitOfX: ' s',
    lines: Object.entries(names).map(([key, name]) => ({
      name,
      points: samples.map((sample) => ({ x: sample.at - newest, y: sample[key] })),
    })),
  })
  return [
    panel('Processor, % of a core', { user: 'program', system: 'kernel' }),
    panel('Event loop, between two turns, ms', { median: 'median', worst: 'longest' }),
    panel('Memory, MiB', { resident: 'resident', heap: 'heap' }),
  ]
}
