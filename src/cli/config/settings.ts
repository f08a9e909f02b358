import type { Argument, Command, Option } from 'commander'
import { RepeatableOption } from './repeatable-option.js'

/** Options that say where to find the others, or are none of the program's. */
const NOT_CONFIGURED = new Set(['config', 'print-config', 'help', 'version'])

/** One thing that can be set for a command, found among what commander knows of it. */
export interface Setting {
  /** Its name in a file: that of the flag, without dashes; of the arguments, theirs in the plural. */
  readonly key: string
  /** Its environment variable. */
  readonly variable: string
  /** `switch`: true or false. `list`: the command's arguments. */
  readonly kind: 'switch' | 'value' | 'list'
  /** Whether several values can be there. */
  readonly isRepeatable: boolean
  /** What it is turned into, for the command's action. Throws `InvalidArgumentError`. */
  readonly parse: (text: string, previous: unknown) => unknown
  /** Undefined for arguments. */
  readonly option: Option | undefined
  /** Not to be shown. */
  readonly isSecret: boolean
  /** An address of which only the host is to be shown: the paths of some WHIP engines are stream keys. */
  readonly isSecretAddress: boolean
}

/** Everything that can be set for a command, in the order of its help. */
export function settingsOf(command: Command): Setting[] {
  const options = command.options.filter(({ long }) => long && !NOT_CONFIGURED.has(long.slice(2)))
  const plain = new Set(options.filter(({ negate }) => !negate).map((option) => option.attributeName()))
  return [
    ...command.registeredArguments.filter(({ variadic }) => variadic).map(ofArguments),
    // `--no-x` beside `--x` is the same setting.
    ...options.filter((option) => !option.negate || !plain.has(option.attributeName())).map(ofOption),
  ]
}

/** The environment variable of a flag's name: `PIXELCAST_TLS_CERT` of `tls-cert`. */
export function variableOf(key: string): string {
  return `PIXELCAST_${key.replaceAll('-', '_').toUpperCase()}`
}

function ofOption(option: Option): Setting {
  const key = (option.long ?? '').replace(/^--(no-)?/, '')
  return {
    key,
    variable: option.envVar ?? variableOf(key),
    kind: option.isBoolean() || option.negate ? 'switch' : 'value',
    isRepeatable: option instanceof RepeatableOption,
    parse: parserOf(option),
    option,
    isSecret: /token|secret|password|credential/.test(key),
    isSecretAddress: key === 'whip',
  }
}

function ofArguments(argument: Argument): Setting {
  const key = `${argument.name()}s`
  return {
    key,
    variable: variableOf(key),
    kind: 'list',
    isRepeatable: true,
    parse: (text, previous) => [...((previous as string[] | undefined) ?? []), text],
    option: undefined,
    isSecret: false,
    isSecretAddress: false,
  }
}

function parserOf({ parseArg }: Option): Setting['parse'] {
  // Typed for defaults of the same type; the ones of options that can be repeated begin with none.
  return parseArg ? (text, previous) => (parseArg as Setting['parse'])(text, previous) : (text) => text
}
