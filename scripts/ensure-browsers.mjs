// Finds the browsers that the tests drive, and installs them by apt when they are missing and that is
// possible without asking anyone. Says nothing when all is there.
import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { apt, asRoot } from './apt.mjs'

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
