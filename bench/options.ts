import { parseArgs } from 'node:util'
import { SYSTEM_NAMES, type SystemName } from './systems.js'

export interface BenchOptions {
  /** A subset in under three minutes; writes no RESULTS.md. */
  readonly quick: boolean
  /** Runs the ten minutes of latency as well; of pixelcast alone in a run of everything. */
  readonly long: boolean
  /** Measures whose name contains one of these; all without. */
  readonly only: readonly string[]
  readonly systems: readonly SystemName[]
  /** Length of each recording in seconds; undefined: each measure's own. */
  readonly seconds: number | undefined
}

export const USAGE = `npm run bench -- [options]
  --quick            a subset in under three minutes; prints, but leaves bench/RESULTS.md alone
  --only NAME,…      only the measures whose names contain NAME (see --list)
  --systems NAME,…   only these: ${SYSTEM_NAMES.join(', ')}
  --seconds N        length of each recording
  --long             also ten minutes of latency; for each system with --only long
  --list             names of the measures
Other environment: PIXELCAST_DIST (the build to measure, default dist/), PIXELCAST_TEST_VIDEO (the video
content), BENCH_NODE_ARGS (arguments for the Node of the pixelcast process, as --cpu-prof).`

/** @throws TypeError for what it does not know */
export function readOptions(argv: readonly string[]): BenchOptions & { list: boolean; help: boolean } {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      quick: { type: 'boolean', default: false },
      long: { type: 'boolean', default: false },
      only: { type: 'string' },
      systems: { type: 'string' },
      seconds: { type: 'string' },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const seconds = values.seconds === undefined ? undefined : Number(values.seconds)
  if (seconds !== undefined && !(seconds > 0))
    throw new TypeError(`--seconds: expected a number above 0, got ${values.seconds}`)
  return {
    quick: values.quick,
    long: values.long,
    list: values.list,
    help: values.help,
    only: split(values.only),
    systems: systemNames(values.systems),
    seconds,
  }
}

/** The systems of a list of names; all without. @throws TypeError for one that there is not */
export function systemNames(text: string | undefined): readonly SystemName[] {
  return text === undefined ? SYSTEM_NAMES : split(text).map(systemName)
}

/** The parts of a list with commas. */
export function split(text: string | undefined): string[] {
  return text === undefined ? [] : text.split(',').filter((part) => part.length > 0)
}

function systemName(text: string): SystemName {
  const name = SYSTEM_NAMES.find((known) => known === text)
  if (!name) throw new TypeError(`--systems: expected ${SYSTEM_NAMES.join(', ')}, got ${text}`)
  return name
}
