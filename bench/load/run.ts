import { loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { environment } from '../report/environment.js'
import { show, textTable } from '../report/text-table.js'
import { findSystem } from '../systems.js'
import { type LoadNumbers, measure } from './measure.js'
import { DIRECT, ENGINE_NAMES, type EngineName, startWay, type Way } from './ways.js'

const SCENE = {
  content: 'motion',
  width: 1280,
  height: 720,
  fps: 30,
  producer: 'live',
  bitrate: 2e6,
} as const

const HEAD = [
  'viewers',
  'way',
  'pixelcast, CPU %',
  'engine, CPU %',
  'µs a packet',
  'viewers, CPU %',
  'made/s',
  'worst gets/s',
  'packets/s',
  'missing %',
  'late %',
  'load',
]

/**
 * How many viewers one process holds: 1280×720 at 30 images a second and 2 Mbit/s, to headless viewers that all run in one
 * other process of the same machine, so that its cores are shared with them; and the same stream through engines. Each
 * number of viewers is measured one way after the other. Prints a table.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      viewers: { type: 'string', default: '1,100,200,400' },
      seconds: { type: 'string', default: '10' },
      through: { type: 'string', default: '' },
    },
  })
  const engines = values.through.split(',').filter((name) => name !== '')
  for (const name of engines)
    if (!ENGINE_NAMES.includes(name as EngineName))
      throw new Error(`--through: expected ${ENGINE_NAMES.join(', ')}, got ${name}`)
  const system = await findSystem('pixelcast')
  if ('missing' in system) throw new Error(system.missing)
  console.log(`${environment([])}\n`)

  const rows: string[][] = [HEAD]
  const first = new Map<string, LoadNumbers>()
  for (const count of values.viewers.split(',').map(Number)) {
    for (const engine of [undefined, ...(engines as EngineName[])]) {
      // An engine of its own for each, so that it has nothing to remember of those before.
      const way = engine ? await startWay(engine) : DIRECT
      try {
        const now = await measure(system, SCENE, way, count, Number(values.seconds))
        if (!first.has(way.name)) first.set(way.name, now)
        rows.push(row(way, now, first.get(way.name)!))
      } catch (error) {
        // More than it takes, or than the machine can do: that is an answer, too.
        const [words] = (error instanceof Error ? error.message : String(error)).split('\n')
        console.error(`${count} viewers, ${way.name}: ${words}`)
      } finally {
        await way.close()
      }
    }
  }
  console.log(textTable(rows))
  return 0
}

/** @param first the same way with the fewest viewers: what does not depend on them is in it, too */
function row(way: Way, now: LoadNumbers, first: LoadNumbers): string[] {
  const sender = way.pid === undefined ? 'pixelcast' : 'engine'
  const more = (now.cpu[sender] - first.cpu[sender]) / (now.packets - first.packets)
  return [
    String(now.viewers),
    way.name,
    show(now.cpu.pixelcast * 100, 0),
    show(now.cpu.engine * 100, 0),
    show(now === first ? Number.NaN : more * 1e6, 1),
    show(now.cpu.viewers * 100, 0),
    show(now.made, 1),
    show(now.worst, 1),
    show(now.packets, 0),
    show(now.missing * 100, 2),
    show(now.late * 100, 2),
    show(loadavg()[0], 1),
  ]
}
