import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Result } from '../bench.js'
import { show, textTable } from '../report/text-table.js'
import { ROOT } from '../support/bundle.mjs'
import type { SystemName } from '../systems.js'
import type { Row, Scenario } from './scenario.js'

const DOCUMENT = join(ROOT, 'docs/congestion.md')
const BEGIN = '<!-- networks:begin -->'
const END = '<!-- networks:end -->'
const SIGNS = { most: '≤', least: '≥', below: '<', exactly: '=' }

/** Every number of every scenario: what is asked for, pixelcast, each peer; and what could not be measured, and why. */
export function networkTable(
  scenarios: readonly Scenario[],
  results: readonly Result[],
  systems: readonly SystemName[],
): string {
  const peers = systems.filter((name) => name !== 'pixelcast')
  const find = (scenario: Scenario, name: SystemName) =>
    results.find(({ measure, system }) => measure === scenario.name && system === name)
  const head = ['network', 'what', 'asked for', 'pixelcast', 'met', ...peers]
  const rows = scenarios.flatMap((scenario) => {
    const own = find(scenario, 'pixelcast')
    return scenario.rows.map((row, i) => [
      i === 0 ? scenario.title : '',
      row.unit === '' ? row.what : `${row.what}, ${row.unit}`,
      row.limit === undefined ? '' : `${SIGNS[row.kind ?? 'most']} ${row.limit}`,
      cell(own, row),
      met(own, row),
      ...peers.map((name) => cell(find(scenario, name), row)),
    ])
  })
  const reasons = results.flatMap(({ measure, system, skipped }) =>
    skipped === undefined ? [] : [`- ${system}, ${measure}: ${skipped}`],
  )
  return [textTable([head, ...rows]), ...(reasons.length > 0 ? [reasons.join('\n')] : [])].join('\n\n')
}

/** Puts a text in the place of the one between the markers. @throws when there are no markers */
export async function writeIntoDocument(text: string): Promise<void> {
  const document = await readFile(DOCUMENT, 'utf8')
  const begin = document.indexOf(BEGIN)
  const end = document.indexOf(END)
  if (begin === -1 || end < begin) throw new Error(`${DOCUMENT}: expected ${BEGIN} and ${END}`)
  await writeFile(DOCUMENT, `${document.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${document.slice(end)}`)
}

function cell(result: Result | undefined, { key, digits }: Row): string {
  if (!result) return 'not run'
  if (!result.numbers) return result.skipped?.startsWith('failed') ? 'failed' : 'nothing'
  const value = result.numbers[key]
  return value === Number.POSITIVE_INFINITY ? 'never' : show(value, digits)
}

function met(result: Result | undefined, { key, limit, kind = 'most' }: Row): string {
  if (limit === undefined || !result) return ''
  const value = result.numbers?.[key] ?? Number.NaN
  // Nothing seen is not good enough, whatever is asked for.
  return isGood(value, limit, kind) ? 'yes' : '**no**'
}

function isGood(value: number, limit: number, kind: NonNullable<Row['kind']>): boolean {
  switch (kind) {
    case 'most':
      return value <= limit
    case 'least':
      return value >= limit
    case 'below':
      return value < limit
    case 'exactly':
      return value === limit
  }
}
