import { type Command, CommanderError, Option } from 'commander'
import { nearestOf } from '../../common/nearest.js'
import { readConfig } from './file.js'
import { type Setting, settingsOf, variableOf } from './settings.js'
import { describeSettings } from './show.js'
import { fromJson, fromVariable } from './value.js'

export type Environment = Readonly<Record<string, string | undefined>>

/** What the surroundings of a run are. */
export interface Surroundings {
  readonly environment: Environment
  print(line: string): void
  warn(line: string): void
}

const CONFIG = variableOf('config')
/** What Kubernetes sets for a Service that is called pixelcast. */
const SERVICE_LINK = /^(tcp|udp|sctp):\/\//

/**
 * Lets every option of the program's commands, and their inputs, be set by an environment variable and in a
 * file as well. A flag goes before the environment, that before the file, that before the default.
 */
export function makeConfigurable(program: Command, surroundings: Surroundings): void {
  const settings = new Map(program.commands.map((command) => [command, settingsOf(command)]))
  const all = [...settings.values()].flat()
  // commander knows neither lists nor `false` there, and shows the value in its message.
  for (const { option } of all) if (option) delete option.envVar
  const keys = new Set(all.map(({ key }) => key))
  const names = new Set([CONFIG, ...all.map(({ variable }) => variable)])
  for (const [command, own] of settings) {
    command
      .addOption(
        new Option('--config <file>', 'take options from this file (JSON), those that are not given here'),
      )
      .addOption(new Option('--print-config', 'print all options, and where each comes from, and end'))
      .addHelpText(
        'after',
        '\nEvery option can be an environment variable too, --media-host as PIXELCAST_MEDIA_HOST.\n' +
          'Flags go before the environment, that before the file of --config.\n',
      )
      .hook('preAction', async () => {
        warnOfSlips(surroundings, names)
        await configure(command, own, keys, surroundings)
        if (command.getOptionValue('printConfig') !== true) return
        for (const line of describeSettings(command, own)) surroundings.print(line)
        throw new CommanderError(0, 'pixelcast.printConfig', '')
      })
  }
}

async function configure(
  command: Command,
  settings: readonly Setting[],
  keys: ReadonlySet<string>,
  { environment }: Surroundings,
): Promise<void> {
  const file = (command.getOptionValue('config') as string | undefined) ?? (environment[CONFIG] || undefined)
  const config = file === undefined ? new Map<string, unknown>() : await readConfig(file, keys)
  for (const setting of settings) {
    const { key, variable } = setting
    const text = environment[variable]
    const isGiven = text !== undefined && text !== '' && !SERVICE_LINK.test(text)
    // Both are looked at whatever goes first: a mistake is not to come up only later.
    const ofFile = config.has(key) ? fromJson(setting, config.get(key), `${file}: ${key}`) : undefined
    const ofEnvironment = isGiven
      ? fromVariable(setting, text, `environment variable ${variable}`)
      : undefined
    if (ofEnvironment !== undefined) apply(command, setting, ofEnvironment, 'env')
    else if (ofFile !== undefined) apply(command, setting, ofFile, 'config')
  }
}

function apply(command: Command, { option, key }: Setting, value: unknown, source: 'env' | 'config'): void {
  if (!option) {
    const [given] = command.processedArgs as unknown[]
    if (!Array.isArray(given) || given.length > 0) return
    command.processedArgs[0] = value
    // Arguments have no source of their own; kept where those of the options are.
    command.setOptionValueWithSource(key, undefined, source)
    return
  }
  const name = option.attributeName()
  if (command.getOptionValueSource(name) === 'cli') return
  // `false` of a switch is as if it had not been given: that is what actions know.
  if (value === false && !option.negate && option.defaultValue === undefined) value = undefined
  command.setOptionValueWithSource(name, value, source)
}

/** A misspelt variable would do nothing, silently. Others with our prefix may be anything. */
function warnOfSlips({ environment, warn }: Surroundings, names: ReadonlySet<string>): void {
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith('PIXELCAST_') || names.has(name) || SERVICE_LINK.test(value ?? '')) continue
    const nearest = nearestOf(name, names)
    if (nearest) warn(`environment variable ${name} is not known (did you mean ${nearest}?)`)
  }
}
