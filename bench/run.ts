import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Bench, type Result } from './bench.js'
import { MEASURES } from './measures/index.js'
import { type BenchOptions, readOptions, USAGE } from './options.js'
import { designTable } from './report/design-table.js'
import { details } from './report/details.js'
import { report } from './report/report.js'
import { CACHE, ROOT } from './support/bundle.mjs'
import { Stage } from './support/stage.js'
import { findSystem, type MissingSystem, SYSTEM_NAMES, type System } from './systems.js'

/** Runs the benchmark; gives the process's exit code: 1 when pixelcast itself failed somewhere. */
export async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv)
  if (options.help) {
    console.log(USAGE)
    return 0
  }
  const chosen = MEASURES.filter(
    ({ name }) => options.only.length === 0 || options.only.some((part) => name.includes(part)),
  )
  if (options.list || chosen.length === 0) {
    console.log(MEASURES.map(({ name, about }) => `${name}: ${about}`).join('\n'))
    return options.list ? 0 : 2
  }
  const start = performance.now()
  const systems = await Promise.all(options.systems.map(findSystem))
  for (const system of systems)
    console.log(`${system.name}: ${'missing' in system ? `SKIPPED, ${system.missing}` : system.version}`)

  const results: Result[] = []
  const stage = new Stage()
  await stage.listen()
  try {
    for (const measure of chosen) {
      const bench = new Bench(options, stage, systems, measure.name, (line) => console.log(line))
      await measure.run(bench)
      results.push(...bench.results)
      if (bench.results.length > 0) console.log(`\n${details(measure, bench.results)}\n`)
    }
  } finally {
    await stage.close()
  }
  console.log(designTable(results))
  await keep(options, systems, results, argv)
  console.log(`${results.length} results in ${Math.round((performance.now() - start) / 1000)} s`)
  return results.some(({ system, skipped }) => system === 'pixelcast' && skipped?.startsWith('failed'))
    ? 1
    : 0
}

/** Everything as JSON and Markdown in .cache/bench; RESULTS.md only from a run that holds all there is. */
async function keep(
  options: BenchOptions,
  systems: readonly (System | MissingSystem)[],
  results: readonly Result[],
  argv: readonly string[],
): Promise<void> {
  await mkdir(CACHE, { recursive: true })
  const name = options.quick ? 'quick' : 'last'
  const text = report(results, systems, ['npm run bench --', ...argv].join(' '))
  await writeFile(join(CACHE, `${name}.json`), `${JSON.stringify({ argv, systems, results }, null, 2)}\n`)
  await writeFile(join(CACHE, `${name}.md`), text)
  const partial = options.quick || options.only.length > 0 || options.seconds !== undefined
  if (!partial && options.systems.length === SYSTEM_NAMES.length)
    await writeFile(join(ROOT, 'bench/RESULTS.md'), text)
}
