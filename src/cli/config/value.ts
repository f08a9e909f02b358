import { InvalidArgumentError } from 'commander'
import { show, showSecret } from '../../common/errors.js'
import { CliError, EXIT_USAGE } from '../errors.js'
import type { Setting } from './settings.js'

const SWITCHES: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
}

/**
 * A value of a configuration file, as the command takes it.
 *
 * @param where it stands, for the message
 * @throws CliError (usage) saying what was expected and what came
 */
export function fromJson(setting: Setting, value: unknown, where: string): unknown {
  const refuse = (expected: string) => refusal(setting, where, expected, value)
  if (setting.kind === 'switch') {
    if (typeof value !== 'boolean') throw refuse('true or false')
    return value
  }
  const items: unknown[] = Array.isArray(value) ? value : [value]
  if (setting.kind === 'list' && !Array.isArray(value)) throw refuse('a list of texts')
  if (!items.every((item) => typeof item === 'string' || typeof item === 'number'))
    throw refuse(Array.isArray(value) ? 'a list of texts or numbers' : 'a text or a number')
  if (Array.isArray(value) && !setting.isRepeatable) throw refuse('one value, a text or a number')
  return parseAll(setting, items.map(String), where)
}

/** The same of an environment variable: what can be there several times is separated by commas, or a JSON list. */
export function fromVariable(setting: Setting, text: string, where: string): unknown {
  if (setting.kind === 'switch') {
    const value = SWITCHES[text.trim().toLowerCase()]
    if (value === undefined) throw refusal(setting, where, 'true or false', text)
    return value
  }
  const list = textsOf(text)
  if (list) return fromJson(setting, list, where)
  const pieces = text.split(',').map((piece) => piece.trim())
  return parseAll(setting, setting.isRepeatable && pieces.length > 1 ? pieces : [text], where)
}

function parseAll(setting: Setting, texts: readonly string[], where: string): unknown {
  let parsed: unknown
  for (const text of texts) {
    try {
      parsed = setting.parse(text, parsed)
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error
      throw refusal(setting, where, expectedOf(error.message), text)
    }
  }
  return parsed
}

/** `Expected a whole number.` as it stands within a sentence. */
function expectedOf(message: string): string {
  return message.replace(/^Expected /, '').replace(/\.$/, '')
}

function textsOf(text: string): string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined
  } catch {
    return undefined // an IPv6 address, or the name of a file
  }
}

function refusal(setting: Setting, where: string, expected: string, actual: unknown): CliError {
  const isSecret = setting.isSecret || setting.isSecretAddress
  const shown = Array.isArray(actual) ? 'a list' : (isSecret ? showSecret : show)(actual)
  return new CliError(`${where}: expected ${expected}, got ${shown}`, EXIT_USAGE)
}
