import type { Column, Measure, Result } from '../bench.js'
import { show, textTable } from './text-table.js'

/** Every result of a measure, as a table, and below it what was skipped and why. */
export function details(measure: Measure, results: readonly Result[]): string {
  const own = results.filter((result) => result.measure === measure.name)
  if (own.length === 0) return `### ${measure.name}\n\n${measure.about}\n\nNot part of this run.`
  const keys = [...new Set(own.flatMap(({ conditions }) => Object.keys(conditions)))].filter(
    (key) => key !== 'count',
  )
  const measured = own.filter(({ numbers }) => numbers)
  const parts = [`### ${measure.name}`, measure.about]
  if (measured.length > 0) parts.push(table(measure.columns, keys, measured))
  const skipped = skippedLines(own)
  if (skipped.length > 0) parts.push(skipped.join('\n'))
  return parts.join('\n\n')
}

function table(columns: readonly Column[], keys: readonly string[], results: readonly Result[]): string {
  const rows = results.map(({ system, codec, conditions, numbers }) => [
    ...keys.map((key) => String(conditions[key] ?? '')),
    codec === undefined || codec === 'h264' ? system : `${system} (${codec})`,
    ...columns.map(({ key, digits }) => show(numbers?.[key], digits)),
  ])
  return textTable([[...keys, 'system', ...columns.map(({ title }) => title)], ...rows])
}

/** One line for each system and reason, however many conditions it is about. */
function skippedLines(results: readonly Result[]): string[] {
  const groups = new Map<string, string[]>()
  for (const { system, conditions, skipped } of results) {
    if (skipped === undefined) continue
    const key = `${system}: ${skipped}`
    groups.set(key, [...(groups.get(key) ?? []), Object.values(conditions).join(' ')])
  }
  return [...groups].map(([key, where]) => `- skipped ${key} [${where.join('; ')}]`)
}
