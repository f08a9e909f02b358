import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Finding, finding } from './finding.js'
import type { EngineOrder, EngineReport, MediaAddress } from './messages.js'
import { checkUdp } from './udp.js'

/** Longer than any machine takes to open a server (ms). */
const PATIENCE = 30_000

/** Starts an engine, lets it answer the offers of two browsers, and tries the way to the addresses in its answers. */
export async function checkEngine(order: EngineOrder): Promise<readonly Finding[]> {
  const report = await runEngine(order)
  if ('failure' in report) return finding('WebRTC', 'fail', `the engine does not start: ${report.failure}`)
  const findings: Finding[] = [
    { about: 'WebRTC', level: 'ok', text: 'node-datachannel loads, and answers an offer' },
  ]
  const everyone = shown(report.chromium)
  const firefox = shown(report.firefox)
  const isSame = addressesOf(report.chromium) === addressesOf(report.firefox)
  findings.push(offered('media', report.chromium, isSame ? everyone : `${everyone}; for Firefox ${firefox}`))
  const addresses = [...report.chromium, ...report.firefox].map(({ address }) => address)
  for (const address of new Set(addresses)) findings.push(...(await checkUdp(address)))
  return findings
}

function offered(about: string, addresses: readonly MediaAddress[], text: string): Finding {
  if (addresses.length === 0) return { about, level: 'fail', text: 'no address is offered to viewers' }
  return { about, level: 'ok', text: `offered to viewers: ${text} (UDP, another port for each viewer)` }
}

function shown(addresses: readonly MediaAddress[]): string {
  if (addresses.length === 0) return 'none'
  return addresses
    .map(({ address, port }) => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`))
    .join(' ')
}

function addressesOf(addresses: readonly MediaAddress[]): string {
  return addresses
    .map(({ address }) => address)
    .sort()
    .join(' ')
}

function runEngine(order: EngineOrder): Promise<EngineReport> {
  const child = fork(fileURLToPath(new URL('./engine-main.js', import.meta.url)), [], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let last = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    last = text.trim().split('\n').at(-1) ?? last
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
  const ended = new Promise<EngineReport>((resolve) => {
    child.once('message', (report: EngineReport) => resolve(report))
    child.on('error', (error) => resolve({ failure: error.message }))
    child.once('close', (code, signal) =>
      resolve({ failure: `its process ended (${signal ?? code})${last ? `: ${last}` : ''}` }),
    )
  })
  child.send(order)
  return ended.finally(() => clearTimeout(timer))
}
