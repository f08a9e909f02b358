import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { type House, importsOf, readSources, violations } from '../support/imports.js'

/** The plan of the house; docs/architecture.md says why. */
const HOUSE: House = {
  rooms: [
    'common',
    'image',
    'track',
    'encode',
    'rtp',
    'congestion',
    'signaling',
    'transport',
    'engine',
    'publish',
    'server',
    'host',
    'highgui',
    'cli',
  ],
  apart: {
    viewer: [
      'common/channel-protocol.ts',
      'common/codec.ts',
      'common/frame-metadata.ts',
      'common/socket-protocol.ts',
    ],
  },
  doors: [
    { from: 'server', to: 'engine', only: ['engine/api.ts'] },
    { from: 'publish', to: 'engine', only: ['engine/api.ts'] },
    { from: 'congestion', to: 'encode', only: [] },
    { from: 'congestion', to: 'track', only: [] },
    { from: 'encode', to: 'track', only: [] },
  ],
  packages: [
    { name: 'node-datachannel', rooms: ['transport'] },
    { name: 'node-av', rooms: ['encode', 'cli'] },
    { name: 'hono', rooms: ['server', 'host', 'highgui'] },
    { name: '@hono', rooms: ['server', 'host', 'highgui'] },
    { name: 'node:http', rooms: ['publish', 'server', 'host', 'highgui', 'cli'] },
    { name: 'node:dgram', rooms: ['transport', 'cli'] },
    { name: 'node:worker_threads', rooms: ['track', 'host', 'highgui', 'cli'] },
    { name: 'commander', rooms: ['cli'] },
    { name: 'ws', rooms: ['server'] },
  ],
  maxLines: 350,
}

const root = fileURLToPath(new URL('../../src', import.meta.url))
const sources = readSources(root)

describe('the house', () => {
  it('is built as planned', () => {
    expect(sources.size).toBeGreaterThan(10)
    expect(violations(sources, HOUSE)).toEqual([])
  })

  // esbuild parses the language properly but forgets type imports; the check above reads text. Whatever
  // esbuild sees, the text has to have shown.
  it('has no import that the reading of the text missed', { timeout: 30_000 }, async () => {
    const entries = [...sources.keys()].filter((path) => !path.endsWith('.d.ts'))
    const { metafile } = await build({
      absWorkingDir: root,
      entryPoints: entries,
      bundle: true,
      packages: 'external',
      write: false,
      outdir: 'out',
      platform: 'node',
      format: 'esm',
      metafile: true,
      logLevel: 'silent',
    })
    const read = new Set(
      [...sources].flatMap(([path, text]) => importsOf(path, text).map((e) => `${path} ${e.to}`)),
    )
    const missed = Object.entries(metafile.inputs).flatMap(([path, { imports }]) =>
      imports.map((i) => `${path} ${i.path}`).filter((edge) => !read.has(edge)),
    )
    expect(missed).toEqual([])
  })
})

describe('the check', () => {
  const house: House = {
    rooms: ['common', 'image', 'encode', 'engine', 'server'],
    apart: { viewer: ['common/protocol.ts'] },
    doors: [{ from: 'server', to: 'engine', only: ['engine/api.ts'] }],
    packages: [{ name: 'native', rooms: ['encode'] }],
    maxLines: 5,
  }
  const base = {
    'index.ts': "export * from './server/a.js'",
    'common/protocol.ts': 'export {}',
    'common/other.ts': 'export {}',
    'image/a.ts': "import { x } from '../common/protocol.js'",
    'encode/a.ts': "import 'native/lib'",
    'engine/api.ts': "import type { A } from '../encode/a.js'",
    'engine/a.ts': 'export {}',
    'server/a.ts': "export { y } from '../engine/api.js'",
    'viewer/a.ts': "import { x } from '../common/protocol.js'",
  }
  const check = (change: Record<string, string>) =>
    violations(new Map(Object.entries({ ...base, ...change })), house)

  it('is content with a house in order', () => {
    expect(check({})).toEqual([])
  })

  it.each([
    ['a room to the right', 'image/a.ts', "import { a } from '../encode/a.js'", 'lies to the right'],
    ['types from the right', 'image/a.ts', "import type { A } from '../encode/a.js'", 'the types of'],
    ['a re-export from the right', 'image/a.ts', "export * from '../encode/a.js'", 'lies to the right'],
    ['a dynamic import', 'image/a.ts', "const a = await import('../encode/a.js')", 'lies to the right'],
    ['a worker file', 'image/a.ts', "new Worker(new URL('../encode/a.js', import.meta.url))", 'to the right'],
    [
      'many lines of names',
      'image/a.ts',
      "import {\n  a,\n  type B,\n} from '../encode/a.js'",
      'to the right',
    ],
    ['a default and names', 'image/a.ts', "import a, { b } from '../encode/a.js'", 'lies to the right'],
    ['the entry', 'server/a.ts', "import { a } from '../index.js'", "nothing imports the package's entry"],
    ['a closed door', 'server/a.ts', "import { a } from '../engine/a.js'", 'only through engine/api.ts'],
    [
      'the viewer looking around',
      'viewer/a.ts',
      "import { a } from '../common/other.js'",
      'imports only itself',
    ],
    [
      'a look into the viewer',
      'server/a.ts',
      "import { a } from '../viewer/a.js'",
      'not for the other rooms',
    ],
    ['a package of another room', 'image/a.ts', "import { a } from 'native'", 'belongs to encode/'],
    ['a file that is not there', 'image/a.ts', "import { a } from './b.js'", 'does not exist'],
    ['a room nobody planned', 'attic/a.ts', 'export {}', 'not in the plan'],
    ['a long file', 'image/a.ts', '\n\n\n\n\n\n', 'more than 5'],
  ])('sees %s', (_, path, text, complaint) => {
    const found = check({ [path]: text })
    expect(found.join('\n')).toContain(path)
    expect(found.join('\n')).toContain(complaint)
  })

  it('sees a circle, once', () => {
    const found = check({
      'image/a.ts': "import { b } from './b.js'",
      'image/b.ts': "import type { c } from './c.js'",
      'image/c.ts': "import { a } from './a.js'",
    })
    expect(found).toEqual(['image/a.ts → image/b.ts → image/c.ts → image/a.ts: a circle'])
  })

  it('is not taken in by comments and strings', () => {
    expect(
      check({
        'image/a.ts':
          "// import { a } from '../encode/a.js'\n/* export * from '../encode/a.js' */ const s = `import '../encode/a.js'`",
      }),
    ).toEqual([])
  })
})
