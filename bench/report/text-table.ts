/** A Markdown table whose columns are also straight in a terminal. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows
  if (!head) return ''
  const widths = head.map((_, i) => Math.max(3, ...rows.map((row) => [...(row[i] ?? '')].length)))
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, i) => pad(row[i] ?? '', width)).join(' | ')} |`
  return [line(head), `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...body.map(line)].join(
    '\n',
  )
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - [...text].length))
}

/** A number as people read it; a dash for what is not one. */
export function show(value: number | undefined, digits: number): string {
  if (value === undefined || Number.isNaN(value)) return '–'
  if (!Number.isFinite(value)) return '∞'
  const text = value.toFixed(digits)
  return Number(text) === 0 ? (0).toFixed(digits) : text
}
