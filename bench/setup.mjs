// Installs the systems that pixelcast is measured beside: aiortc from Debian (as root), the newest aiortc
// from PyPI in a virtual environment, and @roamhq/wrtc when it is not a dependency. What does not work is
// said; the benchmark then names that system as skipped.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PEERS = join(ROOT, '.cache/peers')
const VENV = join(PEERS, 'venv')
const DEBIAN = ['python3-aiortc', 'python3-opencv', 'python3-aiohttp', 'python3-venv', 'ffmpeg']

/**
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
function run(command, args, env = {}) {
  console.log(`$ ${[command, ...args].join(' ')}`)
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  return status === 0
}

/** @param {string} python */
function hasAiortc(python) {
  return (
    existsSync(python) &&
    spawnSync(python, ['-c', 'import aiohttp, aiortc, numpy'], { stdio: 'ignore' }).status === 0
  )
}

const failed = []

if (!hasAiortc('/usr/bin/python3')) {
  const apt = existsSync('/usr/bin/apt-get') && process.getuid?.() === 0
  const install = ['install', '-y', '-q', '--no-install-recommends', ...DEBIAN]
  const quiet = { DEBIAN_FRONTEND: 'noninteractive' }
  if (!apt || !run('apt-get', ['update', '-q']) || !run('apt-get', install, quiet))
    failed.push(`aiortc-debian: as root, apt-get install ${DEBIAN.join(' ')}`)
}

if (!hasAiortc(join(VENV, 'bin/python'))) {
  const python = ['/usr/bin/python3', 'python3'].find(
    (candidate) => spawnSync(candidate, ['-c', 'import venv, ensurepip'], { stdio: 'ignore' }).status === 0,
  )
  if (
    !python ||
    !run(python, ['-m', 'venv', VENV]) ||
    !run(join(VENV, 'bin/pip'), ['install', '-q', 'aiortc', 'aiohttp', 'numpy'])
  )
    failed.push('aiortc-pypi: a Python with venv, and a way to PyPI')
}

if (![ROOT, PEERS].some((folder) => existsSync(join(folder, 'node_modules/@roamhq/wrtc')))) {
  if (!run('npm', ['install', '--prefix', PEERS, '--no-save', '@roamhq/wrtc']))
    failed.push('roamhq-wrtc: a way to the npm registry')
}

for (const line of failed) console.error(`Not installed. ${line}`)
process.exitCode = failed.length > 0 ? 1 : 0
