import type { Result } from '../bench.js'
import { MEASURES } from '../measures/index.js'
import type { MissingSystem, System } from '../systems.js'
import { designTable, unmetTargets } from './design-table.js'
import { details } from './details.js'
import { environment } from './environment.js'

/** The whole report, in Markdown. */
export function report(
  results: readonly Result[],
  systems: readonly (System | MissingSystem)[],
  command: string,
): string {
  return `# Benchmark results

All numbers are from one run of \`${command}\`, on the same images, on the same page, all traffic on
127.0.0.1. An absolute number from a shared machine means little; the ratios mean more.

${environment(systems)}

## The numbers of the design

${designTable(results)}

## Targets that are not met

${unmetTargets(results)}

## All numbers

${MEASURES.map((measure) => details(measure, results)).join('\n\n')}
`
}
