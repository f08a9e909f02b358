import type { Command } from 'commander'
import type { Setting } from './settings.js'

const SOURCES: Readonly<Record<string, (setting: Setting) => string>> = {
  cli: () => 'command line',
  env: ({ variable }) => variable,
  config: () => 'file',
  default: () => 'default',
}

/** What is not set. */
const NONE = '-'

/** A line for each setting: its name, its value, where that comes from. Secrets are not shown. */
export function describeSettings(command: Command, settings: readonly Setting[]): string[] {
  const rows = settings.map((setting) => {
    const { key, option } = setting
    const value: unknown = option ? command.getOptionValue(option.attributeName()) : command.processedArgs[0]
    const source = command.getOptionValueSource(option?.attributeName() ?? key) ?? 'cli'
    const from = textOf(value) === NONE ? '' : (SOURCES[source]?.(setting) ?? '')
    return [key, shown(setting, value), from] as const
  })
  const [width, second] = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map(([key, value, from]) =>
    `${key.padEnd(width ?? 0)}  ${value.padEnd(second ?? 0)}  ${from}`.trimEnd(),
  )
}

function shown({ isSecret, isSecretAddress }: Setting, value: unknown): string {
  if (value === undefined) return NONE
  if (isSecret) return '(secret)'
  return isSecretAddress ? [value].flat().map(hostOf).join(', ') : textOf(value)
}

/** `https://example.com/(secret)`; the command has looked at the address before. */
function hostOf(address: unknown): string {
  return `${new URL(String(address)).origin}/(secret)`
}

function textOf(value: unknown): string {
  if (value === undefined) return NONE
  if (Array.isArray(value)) return value.length === 0 ? NONE : value.map(textOf).join(', ')
  if (typeof value !== 'object' || value === null) return withoutPassword(String(value))
  return 'width' in value && 'height' in value ? `${value.width}x${value.height}` : JSON.stringify(value)
}

/** `rtsp://user:password@camera` without the password. */
function withoutPassword(text: string): string {
  return text.replace(/^([a-z]+:(?:\/\/)?[^:@/\s]*):[^@\s]*@/i, '$1:(secret)@')
}
