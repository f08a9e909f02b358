import { spawnSync } from 'node:child_process'
import { cpus, release, totalmem } from 'node:os'
import { findBrowser } from '../../scripts/ensure-browsers.mjs'
import { ROOT } from '../support/bundle.mjs'
import type { MissingSystem, System } from '../systems.js'

/** Where and with what it was measured, as lines of Markdown. */
export function environment(systems: readonly (System | MissingSystem)[]): string {
  const [cpu] = cpus()
  const lines = [
    ['date', new Date().toISOString().slice(0, 16).replace('T', ' ')],
    ['CPU', `${cpu?.model.trim()}, ${cpus().length} cores`],
    ['memory', `${Math.round(totalmem() / 2 ** 30)} GiB`],
    ['kernel', `${process.platform} ${release()}`],
    ['Node', process.version],
    ['Chromium', browserVersion('chromium')],
    ['Firefox', browserVersion('firefox')],
    ['commit', output('git', ['-C', ROOT, 'rev-parse', '--short', 'HEAD'])],
    ...systems.map((system) => [
      system.name,
      'missing' in system ? `skipped: ${system.missing}` : system.version,
    ]),
  ]
  return lines.map(([name, value]) => `- ${name}: ${value}`).join('\n')
}

function browserVersion(name: 'chromium' | 'firefox'): string {
  const file = findBrowser(name)
  return file ? output(file, ['--version']) : 'not installed'
}

function output(command: string, args: readonly string[]): string {
  const { stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: 10_000 })
  return stdout?.trim().split('\n')[0] || 'unknown'
}
