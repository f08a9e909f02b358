// Finds the browsers that the tests drive, and installs them by apt when they are missing and that is
// possible without asking anyone. Says nothing when all is there.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** @type {Record<'chromium' | 'firefox', { variable: string, commands: string[], package: string }>} */
const BROWSERS = {
  chromium: {
    variable: 'PIXELCAST_CHROMIUM',
    commands: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    package: 'chromium',
  },
  firefox: {
    variable: 'PIXELCAST_FIREFOX',
    commands: ['firefox-esr', 'firefox'],
    package: 'firefox-esr',
  },
}
// Chromium's page and the demo's canvas draw text: on a bare Debian there may be no font at all.
const FONTS = 'fonts-dejavu-core'
const LOCK_WAIT_MS = 15_000

/**
 * The path of a browser's executable, or undefined.
 * @param {'chromium' | 'firefox'} name
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined}
 */
export function findBrowser(name, env = process.env) {
  const { variable, commands } = BROWSERS[name]
  const told = env[variable]
  if (told) return isExecutable(told) ? told : undefined
  for (const command of commands)
    for (const folder of (env.PATH ?? '').split(delimiter))
      if (folder && isExecutable(join(folder, command))) return join(folder, command)
  return undefined
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** @returns {('chromium' | 'firefox')[]} */
function missing() {
  return /** @type {('chromium' | 'firefox')[]} */ (Object.keys(BROWSERS)).filter(
    (name) => !findBrowser(name),
  )
}

/** The words to put before a command that needs root; undefined when there is no way without a password. */
function asRoot() {
  if (process.getuid?.() === 0) return []
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined
}

/**
 * @param {string[]} prefix
 * @param {string[]} args
 */
function apt(prefix, args) {
  const command = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...args]
  for (let attempt = 0; ; attempt++) {
    const { status, stderr } = spawnSync(command[0] ?? '', command.slice(1), {
      stdio: ['ignore', 'inherit', 'pipe'],
      encoding: 'utf8',
    })
    process.stderr.write(stderr ?? '')
    if (status === 0) return true
    if (attempt > 0 || !/could not get lock|unable to (acquire|lock)/i.test(stderr ?? '')) return false
    console.log('apt is busy with something else; trying once more')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_WAIT_MS)
  }
}

function ensure() {
  let absent = missing()
  if (absent.length === 0) return 0

  for (const name of absent) {
    const told = process.env[BROWSERS[name].variable]
    if (told) console.error(`${BROWSERS[name].variable} is ${told}, which is not an executable file.`)
  }
  const wanted = absent.filter((name) => !process.env[BROWSERS[name].variable])
  const packages = [...wanted.map((name) => BROWSERS[name].package), FONTS]
  const prefix = existsSync('/usr/bin/apt-get') ? asRoot() : undefined
  if (wanted.length > 0 && prefix) {
    console.log(`Installing what the browser tests need: ${packages.join(', ')}`)
    apt(prefix, ['update', '-q']) // May fail for one stale source; the install then says what matters.
    apt(prefix, ['install', '-y', '-q', '--no-install-recommends', ...packages])
    absent = missing()
  }
  if (absent.length === 0) return 0

  console.error(`The browser tests need ${absent.join(' and ')}, not found on the PATH.`)
  if (wanted.length > 0)
    console.error(
      `Install with:\n\n  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}\n`,
    )
  console.error(
    `Or say where: ${absent.map((name) => `${BROWSERS[name].variable}=/path/to/${name}`).join(' ')}`,
  )
  return 1
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = ensure()
