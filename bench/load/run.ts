import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { environment } from '../report/environment.js'
import { show, textTable } from '../report/text-table.js'
import { Crowd, type CrowdNumbers } from '../support/crowd.js'
import { findSystem } from '../systems.js'

const SCENE = {
  content: 'motion',
  width: 1280,
  height: 720,
  fps: 30,
  producer: 'live',
  bitrate: 2e6,
} as const
const WARM_UP_MS = 3_000

/**
 * How many viewers one process holds: 1280×720 at 30 images a second and 2 Mbit/s, to headless viewers that all run in one
 * other process of the same machine, so that its cores are shared with them. Prints a table.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      viewers: { type: 'string', default: '1,100,200,400' },
      seconds: { type: 'string', default: '10' },
    },
  })
  const system = await findSystem('pixelcast')
  if ('missing' in system) throw new Error(system.missing)
  console.log(`${environment([])}\n`)
  const rows: string[][] = [
    [
      'viewers',
      'CPU % of a core',
      'µs a packet',
      'images made/s',
      'worst viewer gets/s',
      'packets/s',
      'missing %',
      'load',
    ],
  ]
  let first: CrowdNumbers | undefined
  for (const count of values.viewers.split(',').map(Number)) {
    // With a data channel, because those report that they live: who is silent is given up after 10 s.
    const crowd = await Crowd.gather(system, SCENE, count, true)
    try {
      const now = await crowd.count(WARM_UP_MS, Number(values.seconds) * 1_000)
      first ??= now
      rows.push(row(count, now, first))
    } finally {
      await crowd.leave()
    }
  }
  console.log(textTable(rows))
  return 0
}

function row(count: number, now: CrowdNumbers, first: CrowdNumbers): string[] {
  const more = (of: 'cpu' | 'packets') => now[of] / now.seconds - first[of] / first.seconds
  return [
    String(count),
    show((now.cpu / now.seconds) * 100, 0),
    show(now === first ? Number.NaN : (more('cpu') / more('packets')) * 1e6, 1),
    show(now.made / now.seconds, 1),
    show(now.least / now.seconds, 1),
    show(now.packets / now.seconds, 0),
    show((now.missing / (now.packets + now.missing)) * 100, 2),
    show(loadavg()[0], 1),
  ]
}
