import type { BenchOptions } from './options.js'
import type { Stage } from './support/stage.js'
import type { MissingSystem, System, SystemName, VideoCodec } from './systems.js'

export type Conditions = Readonly<Record<string, string | number>>
/** What was measured, by name; `n` is the number of samples behind it. */
export type Numbers = Readonly<Record<string, number>> & { readonly n: number }

export interface Result {
  readonly measure: string
  readonly system: SystemName
  readonly conditions: Conditions
  readonly numbers?: Numbers
  /** The codec it was measured with, where the measure takes what the system has. */
  readonly codec?: VideoCodec
  /** Why there are no numbers. */
  readonly skipped?: string
}

/** How a number of a measure is shown. */
export interface Column {
  readonly key: string
  readonly title: string
  /** Digits after the point. */
  readonly digits: number
}

export interface Measure {
  readonly name: string
  /** One sentence on what is measured and how, for the report. */
  readonly about: string
  readonly columns: readonly Column[]
  run(bench: Bench): Promise<void>
}

/** What a measure works with: the systems, the page, and where its results go. */
export class Bench {
  readonly results: Result[] = []

  constructor(
    readonly options: BenchOptions,
    readonly stage: Stage,
    readonly systems: readonly (System | MissingSystem)[],
    private readonly measure: string,
    private readonly say: (line: string) => void,
  ) {}

  get quick(): boolean {
    return this.options.quick
  }

  /** Length of a recording, ms: as told, or what the measure takes in a full or a quick run. */
  duration(full: number, quick: number): number {
    return (this.options.seconds ?? (this.quick ? quick : full)) * 1000
  }

  /**
   * Measures one set of conditions with every system, one right after the other, so that whatever else
   * the machine does meets all of them alike. A system that is not there or fails gets a result that says so.
   */
  async compare(
    conditions: Conditions,
    take: (system: System) => Promise<Numbers | { readonly skipped: string }>,
    only: readonly SystemName[] = this.systems.map(({ name }) => name),
  ): Promise<void> {
    for (const system of this.systems) {
      if (!only.includes(system.name)) continue
      const base = { measure: this.measure, system: system.name, conditions }
      let result: Result
      const start = performance.now()
      if ('missing' in system) result = { ...base, skipped: system.missing }
      else
        result = await take(system).then(
          (taken) =>
            typeof taken.skipped === 'string'
              ? { ...base, skipped: taken.skipped }
              : {
                  ...base,
                  ...(!('codec' in conditions) && { codec: system.codecs[0]! }),
                  numbers: taken as Numbers,
                },
          (error: Error) => ({ ...base, skipped: `failed: ${error.message.split('\n')[0]}` }),
        )
      this.results.push(result)
      this.say(`${describe(result)} (${((performance.now() - start) / 1000).toFixed(1)} s)`)
    }
  }
}

function describe({ measure, system, conditions, numbers, skipped }: Result): string {
  const where = Object.values(conditions).join(' ')
  const shown = numbers
    ? Object.entries(numbers)
        .map(([name, value]) => `${name} ${Math.round(value * 100) / 100}`)
        .join(', ')
    : `skipped: ${skipped}`
  return `${measure} | ${where} | ${system} | ${shown}`
}
