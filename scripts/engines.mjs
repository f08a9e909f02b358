// Builds the engines that `npm run test:engines` publishes to, from their Go modules, into a cache: once for
// each version. Where Go is missing it says so, and those tests are skipped.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MODULE = fileURLToPath(new URL('../test/engines/livekit/', import.meta.url))
const COMMAND = 'github.com/livekit/livekit-server/cmd/server'
/** A build took 80 s on two cores; modules have to be fetched before it. */
const TIMEOUT = 900_000

function cache() {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'pixelcast', 'engines')
}

/** Where LiveKit is, or would be. */
function liveKitPath() {
  const version = createHash('sha256')
  for (const file of ['go.mod', 'go.sum']) version.update(readFileSync(join(MODULE, file)))
  return join(cache(), `livekit-server-${version.digest('hex').slice(0, 12)}`)
}

function findGo() {
  const candidates = [process.env.PIXELCAST_GO, 'go', '/usr/local/go/bin/go', '/usr/lib/go/bin/go']
  return candidates.find((path) => path && spawnSync(path, ['version'], { stdio: 'ignore' }).status === 0)
}

/** The path of LiveKit's server; undefined when it is not built. */
export function findLiveKit() {
  const path = liveKitPath()
  return existsSync(path) ? path : undefined
}

/** Debian's Janus. */
export function findJanus() {
  return ['/usr/bin/janus'].find((path) => existsSync(path))
}

function build() {
  const path = liveKitPath()
  if (existsSync(path)) return console.log(`LiveKit is built: ${path}`)
  const go = findGo()
  if (!go)
    return console.error('Go is not installed: LiveKit cannot be built, and the tests with it are skipped.')
  mkdirSync(cache(), { recursive: true })
  const unfinished = `${path}.${process.pid}`
  console.log('Building LiveKit from its Go module (minutes, once)')
  const { status } = spawnSync(go, ['build', '-trimpath', '-ldflags', '-s -w', '-o', unfinished, COMMAND], {
    cwd: MODULE,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: TIMEOUT,
  })
  if (status === 0) renameSync(unfinished, path)
  else console.error('LiveKit could not be built: the tests with it are skipped.')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build()
