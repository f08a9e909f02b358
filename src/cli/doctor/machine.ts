import { constants } from 'node:fs'
import { access, readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import { ownAddresses } from '../addresses.js'
import { systemReason } from '../errors.js'
import { isLoopback } from '../options.js'
import { type Finding, finding } from './finding.js'

/** For which machines the native packages are built and tested. */
const TESTED = { platform: 'linux', architectures: ['x64', 'arm64'] } as const
const NODE_SINCE = [20, 19] as const

const BROWSERS = {
  Chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  Firefox: ['firefox', 'firefox-esr'],
} as const

/** Node, the system, and what it is made of. */
export function checkNode(): readonly Finding[] {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const system = `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${cores()}`
  if (major < NODE_SINCE[0] || (major === NODE_SINCE[0] && minor < NODE_SINCE[1]))
    return finding('system', 'fail', `${system}; expected Node ${NODE_SINCE.join('.')} or later`)
  if (process.platform === TESTED.platform && !glibc())
    return finding('system', 'fail', `${system}, without glibc; the native packages need it (not Alpine)`)
  const isTested =
    process.platform === TESTED.platform && TESTED.architectures.some((name) => name === process.arch)
  return isTested
    ? finding('system', 'ok', `${system}, glibc ${glibc()}`)
    : finding('system', 'warn', `${system}; tested only on Linux with glibc, x64 and arm64`)
}

/** Whether the port of the pages can be had. */
export function checkPort(host: string, port: number): Promise<readonly Finding[]> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === 'EADDRINUSE'
          ? `port ${port} on ${host} is taken by another program; choose another with --port`
          : error.code === 'EADDRNOTAVAIL'
            ? `${host} is not an address of this machine`
            : `port ${port} on ${host}: ${systemReason(error) ?? error.message}`
      resolve(finding('HTTP', error.code === 'EADDRINUSE' ? 'warn' : 'fail', reason))
    })
    server.listen(port, host, () => {
      server.close()
      const what = port === 0 ? 'any free port' : `port ${port}`
      const who = isLoopback(host)
        ? 'only this machine can watch; --host 0.0.0.0 lets others'
        : 'who can reach it needs a token to watch, unless --public is given'
      resolve(finding('HTTP', 'ok', `${what} on ${host} is free; ${who}`))
    })
  })
}

/** What to know of the browsers on this machine. */
export async function checkBrowsers(
  host: string,
  mediaHost: string | undefined,
): Promise<readonly Finding[]> {
  const found: string[] = []
  for (const [name, commands] of Object.entries(BROWSERS)) if (await isOnPath(commands)) found.push(name)
  const here = found.length > 0 ? `${found.join(' and ')} on this machine` : 'none found on this machine'
  const loopbackOnly = mediaHost === undefined ? isLoopback(host) && !outerAddress() : isLoopback(mediaHost)
  const hint = 'Firefox refuses media from loopback addresses'
  if (!loopbackOnly) {
    const how = isLoopback(host) ? `; it gets it from ${outerAddress()}` : ''
    return finding('browsers', 'ok', `${here}; ${hint}${how}`)
  }
  const why = mediaHost === undefined ? 'this machine has no other address' : `--media-host is ${mediaHost}`
  return finding(
    'browsers',
    found.includes('Firefox') ? 'warn' : 'ok',
    `${here}; ${hint}, and ${why}: watch with another browser`,
  )
}

/** Cameras that `serve` could show. */
export async function checkCameras(): Promise<readonly Finding[]> {
  const names = (await readdir('/dev').catch(() => [])).filter((name) => /^video\d+$/.test(name)).sort()
  if (names.length === 0) return finding('cameras', 'ok', 'none on this machine (/dev/video*)')
  const closed: string[] = []
  for (const name of names) {
    const path = join('/dev', name)
    await access(path, constants.R_OK | constants.W_OK).catch(() => closed.push(path))
  }
  return closed.length === 0
    ? finding('cameras', 'ok', names.map((name) => join('/dev', name)).join(' '))
    : finding('cameras', 'warn', `no permission for ${closed.join(' ')}; the group "video" has it`)
}

/** The canvas that the demo is drawn with. */
export async function checkCanvas(): Promise<readonly Finding[]> {
  try {
    await import('@napi-rs/canvas')
    return finding('demo', 'ok', 'the canvas that it is drawn with loads')
  } catch {
    return finding('demo', 'warn', 'cannot be drawn without @napi-rs/canvas: npm install @napi-rs/canvas')
  }
}

function cores(): string {
  const count = availableParallelism()
  return `${count} ${count === 1 ? 'core' : 'cores'}`
}

function glibc(): string | undefined {
  const report: unknown = process.report?.getReport()
  if (typeof report !== 'object' || report === null || !('header' in report)) return undefined
  const { header } = report
  if (typeof header !== 'object' || header === null || !('glibcVersionRuntime' in header)) return undefined
  return String(header.glibcVersionRuntime)
}

/** An address of this machine that is not a loopback one. */
function outerAddress(): string | undefined {
  return ownAddresses().find(({ internal, address }) => !internal && !address.includes(':'))?.address
}

async function isOnPath(commands: readonly string[]): Promise<boolean> {
  for (const folder of (process.env.PATH ?? '').split(delimiter))
    for (const command of commands) {
      const isThere = await access(join(folder, command), constants.X_OK).then(
        () => true,
        () => false,
      )
      if (folder !== '' && isThere) return true
    }
  return false
}
