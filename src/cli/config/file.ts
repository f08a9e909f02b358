import { readFile } from 'node:fs/promises'
import { show } from '../../common/errors.js'
import { nearestOf } from '../../common/nearest.js'
import { CliError, EXIT_USAGE, explain } from '../errors.js'

/** A file with settings as one JSON object. @throws CliError naming the file, and the key that is wrong */
export async function readConfig(path: string, known: ReadonlySet<string>): Promise<Map<string, unknown>> {
  const settings = parse(path, await read(path))
  for (const key of settings.keys()) {
    if (known.has(key)) continue
    const nearest = nearestOf(key.toLowerCase(), known) ?? nearestOf(kebab(key), known)
    const hint = nearest ? ` (did you mean ${nearest}?)` : ''
    throw new CliError(`${path}: ${key}: expected the name of an option, got ${show(key)}${hint}`, EXIT_USAGE)
  }
  return settings
}

async function read(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '')
  } catch (error) {
    throw new CliError(`option --config: expected a file that can be read, got ${explain(error)}`, EXIT_USAGE)
  }
}

function parse(path: string, text: string): Map<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    // Its message may quote what is beside the mistake, and that may be a token.
    const at = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1]
    const line = at === undefined ? '' : ` (line ${text.slice(0, Number(at)).split('\n').length})`
    throw new CliError(`${path}: expected JSON, got something else${line}`, EXIT_USAGE)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CliError(
      `${path}: expected a JSON object with options, as { "port": 9000 }, got ${Array.isArray(value) ? 'a list' : show(value)}`,
      EXIT_USAGE,
    )
  return new Map(Object.entries(value))
}

/** `tlsCert` as the flag is spelt. */
function kebab(key: string): string {
  return key.replaceAll('_', '-').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}
