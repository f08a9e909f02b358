/** A sample of a metric. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (-?[0-9.eE+-]+|\\+Inf|NaN)$`)
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/gy

/** Reads the text format strictly (https://prometheus.io/docs/instrumenting/exposition_formats): throws at whatever is not as it must be. */
export function parseMetrics(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const types = new Map<string, string>()
  const seen = new Set<string>()
  const samples: Sample[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, kind, family, rest] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? []
    if (kind === 'TYPE') types.set(family ?? '', rest ?? '')
    if (kind !== undefined) continue
    const [, name, labelText = '', value] = SAMPLE.exec(line) ?? []
    if (name === undefined) throw new Error(`not a sample: ${line}`)
    const labels = labelsOf(labelText)
    const base = types.has(name) ? name : name.replace(/_(bucket|sum|count)$/, '')
    if (!types.has(base)) throw new Error(`no type before: ${line}`)
    if (types.get(base) === 'counter' && !name.endsWith('_total')) throw new Error(`a counter: ${line}`)
    const key = `${name} ${JSON.stringify(Object.entries(labels).sort())}`
    if (seen.has(key)) throw new Error(`twice: ${line}`)
    seen.add(key)
    samples.push({ name, labels, value: Number(value?.replace('+Inf', 'Infinity')) })
  }
  return samples
}

/** The sum of a metric over all samples that have these labels. */
export function sumOf(samples: readonly Sample[], name: string, labels: Record<string, string> = {}): number {
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0)
}

function labelsOf(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  let end = 0
  for (const { 0: all, 1: name = '', 2: value = '', index } of text.matchAll(LABEL)) {
    labels[name] = value
    end = index + all.length
  }
  if (end !== text.length) throw new Error(`not labels: ${text}`)
  return labels
}
