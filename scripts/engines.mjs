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
/** In LiveKit's transport.go. */
const FORK_CALL = '\t\tse.EnableSped(true)\n'
const FOR_RELEASE = ['-trimpath', '-ldflags', '-s -w']

const LIVEKIT = {
  name: 'LiveKit',
  file: 'livekit-server',
  module: folder('../test/engines/livekit/'),
  build: buildLiveKit,
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
 * LiveKit is built with a fork of Pion that is not to be had as a Go module. All that it needs of it and Pion lacks is one call,
 * of a feature that is off (`EnableWarp`): without it, it builds with Pion.
 */
function buildLiveKit(go, output) {
  const path = 'github.com/livekit/livekit-server'
  withCopy(go, LIVEKIT, path, (copy) => {
    const file = join(copy, 'pkg/rtc/transport.go')
    const source = readFileSync(file, 'utf8')
    if (!source.includes(FORK_CALL)) throw new Error(`there is no ${FORK_CALL.trim()} in ${file}`)
    writeFileSync(file, source.replace(FORK_CALL, ''))
    const modules = join(copy, '..', 'module')
    cpSync(LIVEKIT.module, modules, { recursive: true })
    run(go, ['mod', 'edit', `-replace=${path}=${copy}`], modules)
    run(go, ['build', ...FOR_RELEASE, '-o', output, `${path}/cmd/server`], modules)
  })
}

/**
 * Its module lacks two files that its `go generate` takes from elsewhere: its version, and the player of its HLS pages, which
 * no test looks at.
 */
function buildMediaMtx(go, output) {
  withCopy(go, MEDIAMTX, 'github.com/bluenviron/mediamtx', (copy, version) => {
    writeFileSync(join(copy, 'internal/core/VERSION'), version)
    writeFileSync(join(copy, 'internal/servers/hls/hls.min.js'), '// not in this build\n')
    run(go, ['build', ...FOR_RELEASE, '-o', output, '.'], copy)
  })
}

/**
 * What is changed cannot be laid over a module where Go keeps it, so a copy is built. `go.sum` says which bytes of it are the
 * right ones.
 */
function withCopy(go, { module, file }, path, use) {
  const modules = readFileSync(join(module, 'go.mod'), 'utf8').split(/\s*\n\s*/)
  const version = modules
    .map((line) => line.replace(/^require /, '').split(' '))
    .find(([name]) => name === path)?.[1]
  const { Dir } = JSON.parse(run(go, ['mod', 'download', '-json', `${path}@${version}`], module, 'pipe'))
  const parent = mkdtempSync(join(tmpdir(), `pixelcast-${file}-`))
  try {
    const copy = join(parent, file)
    cpSync(Dir, copy, { recursive: true })
    // Go keeps modules read-only.
    chmodSync(copy, 0o755)
    for (const entry of readdirSync(copy, { recursive: true, withFileTypes: true }))
      chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644)
    use(copy, version)
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
