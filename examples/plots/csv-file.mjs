import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { pause } from '../shared/program.mjs'

/** More than these, and nobody can read them. */
const MAX_PANELS = 4

/**
 * The columns of a CSV file over its first one, now and whenever they have changed. Numbers with commas, semicolons or
 * tabs between, names in the first line; a line that is not whole yet is left out.
 */
export async function* readCsvFile(file, interval, stop) {
  let before
  while (!stop.aborted) {
    // A file that is being replaced is missing for a moment.
    const text = await readFile(file, 'utf8').catch(() => before)
    if (text !== before) {
      before = text
      // What a writer leaves half done is no reason to end.
      const panels = panelsOrProblem(text, basename(file))
      if (panels instanceof Error) console.warn(panels.message)
      else yield panels
    }
    await pause(interval, stop)
  }
}

/** What there is to draw in it; an `Error` when there is nothing. */
export function panelsOrProblem(text, name) {
  const [head = '', ...lines] = text.split(/\r?\n/)
  const names = head.split(/[,;\t]/).map((field) => field.trim())
  if (names.length < 2)
    return new Error(`${name}: expected at least two columns, and their names in the first line`)
  const rows = lines
    .map((line) => line.split(/[,;\t]/).map((field) => (field.trim() === '' ? Number.NaN : Number(field))))
    .filter((row) => row.length === names.length && !Number.isNaN(row[0]))
  return names.slice(1, 1 + MAX_PANELS).map((title, i) => ({
    title: `${title} over ${names[0]}`,
    lines: [{ name: title, points: rows.map((row) => ({ x: row[0], y: row[i + 1] })) }],
  }))
}
