import { checkAddresses } from '../addresses.js'
import { checkEncoders } from '../doctor/encoders.js'
import { checkEngine } from '../doctor/engine.js'
import { type Check, type Finding, formatFinding } from '../doctor/finding.js'
import { checkIngest } from '../doctor/ingest.js'
import { checkBrowsers, checkCameras, checkCanvas, checkNode, checkPort } from '../doctor/machine.js'
import { CliError, explain } from '../errors.js'
import type { StageOptions } from '../stage.js'

export interface DoctorOptions extends StageOptions {
  readonly json?: boolean
}

/** Looks at everything that pixelcast needs, a line for each. Throws when something is missing. */
export async function doctor(options: DoctorOptions, print: (line: string) => void): Promise<void> {
  const { host, port, mediaHost } = options
  // --host is looked at below, with everything else
  checkAddresses({ host: 'localhost', ...(mediaHost !== undefined && { mediaHost }) })
  const checks: readonly [about: string, check: Check][] = [
    ['system', checkNode],
    ['FFmpeg', checkEncoders],
    ['WebRTC', () => checkEngine({ host, ...(mediaHost !== undefined && { mediaHost }) })],
    ['HTTP', () => checkPort(host, port)],
    ['ingest', () => checkIngest(options)],
    ['browsers', () => checkBrowsers(host, mediaHost)],
    ['cameras', checkCameras],
    ['demo', checkCanvas],
  ]
  const findings: Finding[] = []
  for (const [about, check] of checks) {
    const found = await Promise.resolve()
      .then(check)
      .catch((error: unknown): readonly Finding[] => [{ about, level: 'fail', text: explain(error) }])
    findings.push(...found)
    if (!options.json) for (const one of found) print(formatFinding(one))
  }
  if (options.json) print(JSON.stringify(findings, undefined, 2))
  const failed = findings.filter(({ level }) => level === 'fail')
  if (failed.length > 0)
    throw new CliError(`doctor: ${failed.map(({ about }) => about).join(', ')}: see above`)
}
