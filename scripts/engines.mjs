// Builds the engines that `npm run test:engines` publishes to, from their Go modules, into a cache: once for
// each version. Where Go is missing it says so, and those tests are skipped.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** LiveKit took 80 s on two cores, MediaMTX 46 s; modules have to be fetched before it. */
const TIMEOUT = 900_000
const FOR_RELEASE = ['-trimpath', '-ldflags', '-s -w']

const LIVEKIT = {
  name: 'LiveKit',
  file: 'livekit-server',
  module: folder('../test/engines/livekit/'),
  build: (go, output) =>
    run(
      go,
      ['build', ...FOR_RELEASE, '-o', output, 'github.com/livekit/livekit-server/cmd/server'],
      LIVEKIT.module,
    ),
}

const MEDIAMTX = {
  name: 'MediaMTX',
  file: 'mediamtx',
  module: folder('../test/engines/mediamtx/'),
  build: buildMediaMtx,
}

const ENGINES = [LIVEKIT, MEDIAMTX]

const LIVEKIT_VIEWERS = {
  name: 'the program that watches through LiveKit',
  file: 'livekit-viewers',
  module: folder('../bench/load/livekit-viewers/'),
  build: (go, output) => run(go, ['build', ...FOR_RELEASE, '-o', output, '.'], LIVEKIT_VIEWERS.module),
}

function folder(path) {
  return fileURLToPath(new URL(path, import.meta.url))
}

function cache() {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'pixelcast', 'engines')
}

/** Where a program is, or would be: another one for each state of its module. */
function pathOf({ file, module }) {
  const version = createHash('sha256')
  for (const name of readdirSync(module).sort()) version.update(readFileSync(join(module, name)))
  return join(cache(), `${file}-${version.digest('hex').slice(0, 12)}`)
}

function find(program) {
  const path = pathOf(program)
  return existsSync(path) ? path : undefined
}

/** The path of LiveKit's server; undefined when it is not built. */
export function findLiveKit() {
  return find(LIVEKIT)
}

/** The path of MediaMTX; undefined when it is not built. */
export function findMediaMtx() {
  return find(MEDIAMTX)
}

/** The path of the load's viewers for LiveKit, which are built when they are wanted; undefined when they cannot be. */
export function ensureLiveKitViewers() {
  if (!find(LIVEKIT_VIEWERS)) build(LIVEKIT_VIEWERS)
  return find(LIVEKIT_VIEWERS)
}

/** Debian's Janus. */
export function findJanus() {
  return ['/usr/bin/janus'].find((path) => existsSync(path))
}

function findGo() {
  const candidates = [process.env.PIXELCAST_GO, 'go', '/usr/local/go/bin/go', '/usr/lib/go/bin/go']
  return candidates.find((path) => path && spawnSync(path, ['version'], { stdio: 'ignore' }).status === 0)
}

function run(command, parameters, cwd, output = 'inherit') {
  const { status, stdout } = spawnSync(command, parameters, {
    cwd,
    stdio: ['ignore', output, 'inherit'],
    encoding: 'utf8',
    timeout: TIMEOUT,
  })
  if (status !== 0) {
    const words = stdout?.replace(/\s+/g, ' ') ?? ''
    throw new Error(`${command} ${parameters[0]} failed${words && `: ${words}`}`)
  }
  return stdout
}

/**
 * Its module lacks two files that its `go generate` takes from elsewhere: its version, and the player of its HLS pages, which
 * no test looks at. They cannot be laid over the module where Go keeps it, so a copy is built. `go.sum` says which bytes
 * of it are the right ones.
 */
function buildMediaMtx(go, output) {
  const [, path, version] = /^require (\S+) (\S+)$/m.exec(
    readFileSync(join(MEDIAMTX.module, 'go.mod'), 'utf8'),
  )
  const { Dir } = JSON.parse(
    run(go, ['mod', 'download', '-json', `${path}@${version}`], MEDIAMTX.module, 'pipe'),
  )
  const parent = mkdtempSync(join(tmpdir(), 'pixelcast-mediamtx-'))
  try {
    const copy = join(parent, 'mediamtx')
    cpSync(Dir, copy, { recursive: true })
    // Go keeps modules read-only.
    chmodSync(copy, 0o755)
    for (const entry of readdirSync(copy, { recursive: true, withFileTypes: true }))
      if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o755)
    writeFileSync(join(copy, 'internal/core/VERSION'), version)
    writeFileSync(join(copy, 'internal/servers/hls/hls.min.js'), '// not in this build\n')
    run(go, ['build', ...FOR_RELEASE, '-o', output, '.'], copy)
  } finally {
    rmSync(parent, { recursive: true, force: true })
  }
}

/** What cannot be built is not there afterwards; that is no failure of whoever runs the tests. */
function build(program) {
  const path = pathOf(program)
  if (existsSync(path)) return console.log(`${program.name} is built: ${path}`)
  const go = findGo()
  if (!go)
    return console.error(
      `Go is not installed: ${program.name} cannot be built, and what needs it is skipped.`,
    )
  mkdirSync(cache(), { recursive: true })
  const unfinished = `${path}.${process.pid}`
  console.log(`Building ${program.name} from its Go module (minutes, once)`)
  try {
    program.build(go, unfinished)
    renameSync(unfinished, path)
  } catch (error) {
    console.error(`${program.name} could not be built (${error.message}): what needs it is skipped.`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) for (const engine of ENGINES) build(engine)
