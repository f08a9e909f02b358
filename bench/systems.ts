import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundle, DIST, ROOT } from './support/bundle.mjs'

export const SYSTEM_NAMES = ['pixelcast', 'aiortc-debian', 'aiortc-pypi', 'roamhq-wrtc'] as const
export type VideoCodec = 'h264' | 'vp8'
export type SystemName = (typeof SYSTEM_NAMES)[number]

export interface System {
  readonly name: SystemName
  /** What runs it, up to the flags of the contract. */
  readonly command: readonly string[]
  /** Codecs it can send, best first. */
  readonly codecs: readonly VideoCodec[]
  /** Its version and those of what it stands on. */
  readonly version: string
}

/** A system that cannot be measured here, and why. */
export interface MissingSystem {
  readonly name: SystemName
  readonly missing: string
}

const BOTH: readonly VideoCodec[] = ['h264', 'vp8']
const SETUP = 'run `node bench/setup.mjs`'
const VENV = join(ROOT, '.cache/peers/venv')
/** Where the peer that is no dependency may lie instead of node_modules; setup.mjs installs it there. */
const WRTC_PLACES = [ROOT, join(ROOT, '.cache/peers')]

export async function findSystem(name: SystemName): Promise<System | MissingSystem> {
  switch (name) {
    case 'pixelcast':
      return findPixelcast()
    case 'aiortc-debian':
      return findAiortc(name, '/usr/bin/python3')
    case 'aiortc-pypi':
      return findAiortc(name, join(VENV, 'bin/python'))
    case 'roamhq-wrtc':
      return findRoamhq()
  }
}

async function findPixelcast(): Promise<System | MissingSystem> {
  if (!existsSync(join(DIST, 'index.js')))
    return { name: 'pixelcast', missing: 'it is not built: `npm run build`' }
  const file = await bundle('bench/peers/pixelcast.ts', 'pixelcast')
  const extra = (process.env.BENCH_NODE_ARGS ?? '').split(' ').filter((text) => text.length > 0)
  const version = [
    packageVersion(ROOT),
    `node-av ${packageVersion(join(ROOT, 'node_modules/node-av'))}`,
    `node-datachannel ${packageVersion(join(ROOT, 'node_modules/node-datachannel'))}`,
  ].join(', ')
  return { name: 'pixelcast', command: [process.execPath, ...extra, file], codecs: BOTH, version }
}

async function findRoamhq(): Promise<System | MissingSystem> {
  const place = WRTC_PLACES.find((folder) => existsSync(join(folder, 'node_modules/@roamhq/wrtc')))
  if (!place) return { name: 'roamhq-wrtc', missing: `@roamhq/wrtc is not installed: ${SETUP}` }
  const file = await bundle('bench/peers/roamhq-wrtc.ts', 'roamhq-wrtc')
  return {
    name: 'roamhq-wrtc',
    command: [process.execPath, file, '--packages', join(place, 'node_modules/')],
    codecs: ['vp8'], // its libwebrtc is built without H.264
    version: packageVersion(join(place, 'node_modules/@roamhq/wrtc')),
  }
}

function findAiortc(name: SystemName, python: string): System | MissingSystem {
  if (!existsSync(python)) return { name, missing: `there is no Python for it: ${SETUP}` }
  const ask =
    'import aiohttp, aiortc, av, numpy, platform; print(aiortc.__version__ + ", PyAV " + av.__version__ + ", Python " + platform.python_version())'
  const { status, stdout, stderr } = spawnSync(python, ['-c', ask], { encoding: 'utf8' })
  if (status !== 0)
    return {
      name,
      missing: `${stderr.trim().split('\n').at(-1) ?? 'Python does not start'}: ${SETUP}`,
    }
  return {
    name,
    command: [python, join(ROOT, 'bench/peers/aiortc_peer.py')],
    codecs: BOTH,
    version: stdout.trim(),
  }
}

function packageVersion(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }
  return version
}
