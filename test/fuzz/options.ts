import { parseArgs } from 'node:util'

export interface FuzzOptions {
  /** Names; all when empty. */
  readonly targets: readonly string[]
  readonly seed: number
  /** Inputs for each target; undefined: as many as it has by itself. */
  readonly count: number | undefined
  /** For all targets together; undefined: no limit. */
  readonly minutes: number | undefined
  readonly from: number
  readonly replay: string | undefined
  readonly quick: boolean
}

/** Throws an error that says what is wrong. */
export function parseOptions(args: readonly string[]): FuzzOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      target: { type: 'string', multiple: true },
      seed: { type: 'string' },
      count: { type: 'string' },
      minutes: { type: 'string' },
      from: { type: 'string' },
      replay: { type: 'string' },
      quick: { type: 'boolean' },
    },
  })
  return {
    targets: values.target ?? [],
    seed: whole('seed', values.seed) ?? Math.floor(Math.random() * 2 ** 31),
    count: whole('count', values.count),
    minutes: values.minutes === undefined ? undefined : positive('minutes', values.minutes),
    from: whole('from', values.from) ?? 0,
    replay: values.replay,
    quick: values.quick ?? false,
  }
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,12}$/.test(text)) throw new Error(`--${name}: expected a whole number, got ${text}`)
  return Number(text)
}

function positive(name: string, text: string): number {
  const number = Number(text)
  if (!(number > 0)) throw new Error(`--${name}: expected a number above 0, got ${text}`)
  return number
}
