import { OptionError } from '../../common/errors.js'
import type { PixelFormat } from '../../image/source.js'
import type { PublishOptions } from '../../track/index.js'
import { checkTrackName } from '../../track/options.js'
import { checkAccess } from '../access.js'
import { CliError, EXIT_USAGE } from '../errors.js'
import { type ArgumentKind, kindOf } from '../input/kind.js'
import { isLoopback, type Size } from '../options.js'
import type { StageOptions } from '../stage.js'

export interface ServeOptions extends StageOptions {
  readonly fps?: number
  readonly loop?: boolean
  readonly speed?: number
  readonly name?: readonly string[]
  readonly watch?: boolean
  readonly size?: Size
  readonly format?: PixelFormat
  readonly exit?: boolean
  /** By a process of its own, which starts another one when this one crashes. */
  readonly supervise?: boolean
  /** WHIP endpoints, one for each input, in the same order. */
  readonly whip?: readonly string[]
  readonly whipToken?: string
  /** How to publish there, when there are no viewers here and it is all that is wanted. */
  readonly uplink?: Omit<PublishOptions, 'url'>
}

/** Options that would do nothing without an input of one of these kinds. */
const MEANT_FOR: readonly [option: keyof ServeOptions, kinds: readonly ArgumentKind[], what: string][] = [
  [
    'fps',
    ['path', 'http', 'stdin', 'device'],
    'something other than a camera behind rtsp://, which has its own rate,',
  ],
  ['size', ['stdin', 'device'], 'stdin (-) or a camera of this machine (/dev/video0)'],
  ['format', ['stdin'], 'stdin (-)'],
  ['speed', ['path', 'http'], 'a video file'],
  ['loop', ['path', 'http'], 'a video file, a folder or a pattern'],
  ['watch', ['path'], 'a folder or an image file'],
]

/** Options that ask for different things. */
const AT_ODDS: readonly [option: keyof ServeOptions, other: keyof ServeOptions, why: string][] = [
  ['speed', 'fps', 'which sets the speed too'],
  ['exit', 'ingest', 'because images may come at any time'],
  ['supervise', 'exit', 'because what has ended would be shown again after a crash'],
  ['watch', 'loop', 'because what is watched has no end'],
  ['watch', 'speed', 'because images are shown as they are written'],
  ['watch', 'fps', 'because images are shown as they are written'],
]

/** Options and inputs that do not fit together. @throws CliError (usage) naming the option */
export function checkServeOptions(args: readonly string[], options: ServeOptions): void {
  if (args.length === 0 && !options.ingest)
    throw new CliError(
      "missing required argument 'input', or --ingest for images that come over HTTP",
      EXIT_USAGE,
    )
  if (options.ingest && options.ingestToken === undefined && !isLoopback(options.host))
    throw usage(
      'ingest',
      `--ingest-token (or PIXELCAST_INGEST_TOKEN) beside --host ${options.host}, so that not everybody may send`,
      'none',
    )
  checkAccess(options)
  const names = options.name?.length ?? 0
  if (names > args.length)
    throw usage(
      'name',
      `at most one for each of ${args.length} ${args.length === 1 ? 'input' : 'inputs'}`,
      String(names),
    )
  const uplinks = options.whip?.length ?? 0
  if (uplinks > args.length)
    throw usage(
      'whip',
      `at most one for each of ${args.length} ${args.length === 1 ? 'input' : 'inputs'}`,
      String(uplinks),
    )
  for (const name of options.name ?? []) checkName(name)
  const kinds = args.map(kindOf)
  const pipes = kinds.filter((kind) => kind === 'stdin').length
  if (pipes > 1) throw new CliError(`input -: expected stdin once, got it ${pipes} times`, EXIT_USAGE)
  for (const [option, wanted, what] of MEANT_FOR)
    if (options[option] !== undefined && !kinds.some((kind) => wanted.includes(kind)))
      throw usage(option, `${what} among the inputs`, args.join(' ') || 'none')
  for (const [option, other, why] of AT_ODDS)
    if (options[option] !== undefined && options[other] !== undefined)
      throw usage(option, `no --${other} beside it, ${why}`, 'both')
}

function checkName(name: string): void {
  try {
    checkTrackName(name)
  } catch (error) {
    throw error instanceof OptionError ? usage('name', error.expected, error.actual) : error
  }
}

function usage(option: string, expected: string, actual: string): CliError {
  return new CliError(`option --${option}: expected ${expected}, got ${actual}`, EXIT_USAGE)
}
