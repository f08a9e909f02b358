import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Child } from '../../test/support/child.js'
import { Bench, type Result } from '../bench.js'
import { environment } from '../report/environment.js'
import { CACHE } from '../support/bundle.mjs'
import { Stage } from '../support/stage.js'
import { findSystem, type MissingSystem, SYSTEM_NAMES, type System } from '../systems.js'
import { Lab } from './lab.js'
import { type NetworkBenchOptions, readOptions, USAGE } from './options.js'
import type { RelayApi } from './relay-process.js'
import type { Scenario } from './scenario.js'
import { SCENARIOS } from './scenarios/index.js'
import { networkTable, writeIntoDocument } from './table.js'

/** Runs the scenarios; gives the process's exit code: 1 when pixelcast itself could not be measured somewhere. */
export async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv)
  if (options.help) {
    console.log(USAGE)
    return 0
  }
  const chosen = choose(options)
  if (options.list || chosen.length === 0) {
    console.log(SCENARIOS.map(({ name, title, about }) => `${name}: ${title}. ${about}`).join('\n'))
    return options.list ? 0 : 2
  }
  const systems = await Promise.all(options.systems.map(findSystem))
  for (const system of systems)
    console.log(`${system.name}: ${'missing' in system ? `SKIPPED, ${system.missing}` : system.version}`)
  const start = performance.now()
  const results = await measure(chosen, systems, options)
  const table = networkTable(chosen, results, options.systems)
  console.log(`\n${table}\n`)
  await keep(options, systems, results, table)
  console.log(`${results.length} results in ${Math.round((performance.now() - start) / 1000)} s`)
  return results.some(({ system, skipped }) => system === 'pixelcast' && skipped?.startsWith('failed'))
    ? 1
    : 0
}

function choose({ only, long }: NetworkBenchOptions): Scenario[] {
  return SCENARIOS.filter(
    (scenario) =>
      (long || !scenario.long) && (only.length === 0 || only.some((part) => scenario.name.includes(part))),
  )
}

async function measure(
  scenarios: readonly Scenario[],
  systems: readonly (System | MissingSystem)[],
  options: NetworkBenchOptions,
): Promise<Result[]> {
  const results: Result[] = []
  const stage = new Stage()
  await stage.listen()
  const relays = await Child.start<RelayApi>('bench/networks/relay-process.ts')
  try {
    for (const scenario of scenarios) {
      const bench = new Bench({ ...options, seconds: undefined }, stage, systems, scenario.name, (line) =>
        console.log(line),
      )
      await bench.compare({ network: scenario.title }, async (system) => {
        const lab = new Lab(system, stage, relays, options.quick)
        try {
          return await scenario.run(lab)
        } finally {
          await lab.close()
        }
      })
      results.push(...bench.results)
    }
    return results
  } finally {
    await stage.close()
    await relays.kill()
  }
}

/** As JSON in .cache/bench; the table into the document only from a run that holds all there is, or when told to. */
async function keep(
  { quick, write, only, systems: names }: NetworkBenchOptions,
  systems: readonly (System | MissingSystem)[],
  results: readonly Result[],
  table: string,
): Promise<void> {
  await mkdir(CACHE, { recursive: true })
  await writeFile(
    join(CACHE, `networks${quick ? '-quick' : ''}.json`),
    `${JSON.stringify({ systems, results }, null, 2)}\n`,
  )
  const isComplete = !quick && only.length === 0 && names.length === SYSTEM_NAMES.length
  if (isComplete || write) await writeIntoDocument(`${environment(systems)}\n\n${table}`)
}
