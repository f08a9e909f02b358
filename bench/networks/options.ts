import { parseArgs } from 'node:util'
import { split, systemNames } from '../options.js'
import { SYSTEM_NAMES, type SystemName } from '../systems.js'

export interface NetworkBenchOptions {
  /** Shorter recordings; for trying, not for numbers. */
  readonly quick: boolean
  /** Runs the ten minutes as well. */
  readonly long: boolean
  /** Writes the table although not everything was measured. */
  readonly write: boolean
  /** Scenarios whose names contain one of these; all without. */
  readonly only: readonly string[]
  readonly systems: readonly SystemName[]
}

export const USAGE = `npm run bench:networks -- [options]
  --quick            shorter recordings; prints, but leaves docs/congestion.md alone
  --only NAME,…      only the scenarios whose names contain NAME (see --list)
  --systems NAME,…   only these: ${SYSTEM_NAMES.join(', ')}
  --long             also ten minutes for each system
  --write            writes the table into docs/congestion.md although not everything was measured
  --list             names of the scenarios
A run of everything writes the table. Other environment: PIXELCAST_DIST (the build to measure, default
dist/), BENCH_NODE_ARGS (arguments for the Node of the pixelcast process, as --cpu-prof).`

/** @throws TypeError for what it does not know */
export function readOptions(argv: readonly string[]): NetworkBenchOptions & { list: boolean; help: boolean } {
  const flag = { type: 'boolean', default: false } as const
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: flag,
      long: flag,
      write: flag,
      only: { type: 'string' },
      systems: { type: 'string' },
      list: flag,
      help: flag,
    },
  })
  return { ...values, only: split(values.only), systems: systemNames(values.systems) }
}
