// The package as a user gets it: packed, and installed into an empty project.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PackedProject } from '../support/docs/packed-project.js'
import { Program } from '../support/docs/program.js'
import {
  readSnippets,
  type Snippet,
  snippetOf,
  WITH_FOREIGN_PACKAGES,
  writeSnippets,
} from '../support/docs/snippets.js'
import { typeCheck } from '../support/docs/type-check.js'
import { watchTrack } from '../support/docs/watch.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../support/headless-receiver/index.js'

const execute = promisify(execFile)
/** Half of it is source maps, a third the pictures of docs/. */
const MAX_BYTES = 2.5 * 1024 * 1024
/** Where code of the project's own lies that users have no use for. */
const NOT_FOR_USERS = /^(src|test|scripts|examples|bench|\.|node_modules)|\.test\.|\.tsbuildinfo$|\.tgz$/
const KINDS = /(^LICENSE|^package\.json|\.(js|js\.map|d\.ts|html|css|svg|md|png))$/
const NEEDED = [
  'LICENSE',
  'README.md',
  'docs/api.md',
  'docs/images/demo.png',
  'dist/index.js',
  'dist/index.d.ts',
  'dist/cli/main.js',
  'dist/highgui/index.d.ts',
  'dist/highgui/index.js',
  'dist/host/worker.js',
  'dist/viewer/index.d.ts',
  'dist/viewer/pixelcast-view.js',
  'dist/viewer/pages/index.html',
  'dist/viewer/pages/index-page.js',
  'dist/viewer/pages/view.html',
  'dist/viewer/pages/view-page.js',
  'dist/viewer/pages/page.css',
]

let project: PackedProject
let receiver: HeadlessReceiver
let snippets: Snippet[]
let first: Snippet
const programs = new Set<Program>()
async function run(title: string): Promise<{ program: Program; url: string }> {
  const program = Program.node(project.folder, title)
  programs.add(program)
  return { program, url: await program.url() }
}

beforeAll(async () => {
  snippets = await readSnippets()
  const found = snippets.find(({ file, language }) => file === 'README.md' && language === 'js')
  if (!found) throw new Error('README.md has no snippet')
  first = found
  project = await PackedProject.create()
  receiver = await startHeadlessReceiver()
}, 120_000)
afterAll(async () => {
  for (const program of programs) await program.kill()
  await receiver?.kill()
  await project?.remove()
})

describe('the package', () => {
  it('holds what a user needs, and nothing else', () => {
    expect(project.files).toEqual(expect.arrayContaining(NEEDED))
    expect(project.files.filter((path) => NOT_FOR_USERS.test(path) || !KINDS.test(path))).toEqual([])
    expect(project.tarballSize).toBeLessThan(MAX_BYTES)
  })

  it("runs the README's first snippet from plain JavaScript, with its worker and its viewer", async () => {
    await writeSnippets(project.folder, [first])
    const { program, url } = await run(first.title)
    await watchTrack(receiver, url, 'gradient')
    for (const [path, type] of [
      ['', 'text/html'],
      ['assets/pixelcast-view.js', 'text/javascript'],
      ['assets/pages/view-page.js', 'text/javascript'],
      ['assets/pages/page.css', 'text/css'],
    ] as const) {
      const response = await fetch(new URL(path, url))
      expect([path, response.status, response.headers.get('content-type')?.split(';')[0]]).toEqual([
        path,
        200,
        type,
      ])
      expect((await response.text()).length).toBeGreaterThan(100)
    }
    await program.kill()
  })

  it("type-checks the README's first snippet, strictly, its own declarations included", async () => {
    expect(await typeCheck(join(project.folder, 'types'), [first], { libraries: true })).toBe('')
  })

  it('type-checks what runs in a page, its own declarations included', async () => {
    const ofPages = snippets.filter(({ title }) => title.startsWith('browser: '))
    expect(ofPages.length).toBeGreaterThan(0)
    const complaints = await typeCheck(join(project.folder, 'types-page'), ofPages, {
      browser: true,
      libraries: true,
    })
    expect(complaints).toBe('')
  })

  it('sees a mistake of types', async () => {
    const code = first.code.replace("format: 'rgb24'", "format: 'rgb'")
    const complaints = await typeCheck(join(project.folder, 'types-wrong'), [{ ...first, code }])
    expect(complaints).toContain('is not assignable to type')
  })

  it('can be imported by each of its names, the viewer in Node too', async () => {
    const { stdout } = await execute(
      process.execPath,
      [
        '--input-type=module',
        '--eval',
        `import { createServer } from 'pixelcast'
         import { HighGui, imshow } from 'pixelcast/highgui'
         import { Viewer } from 'pixelcast/viewer'
         import manifest from 'pixelcast/package.json' with { type: 'json' }
         console.log(typeof createServer, typeof HighGui, typeof imshow, typeof Viewer, manifest.name)`,
      ],
      { cwd: project.folder },
    )
    expect(stdout.trim()).toBe('function function function function pixelcast')
  })

  it('has its command', async () => {
    const { stdout } = await execute('npx', ['--no-install', 'pixelcast', '--help'], { cwd: project.folder })
    expect(stdout).toMatch(/Usage: pixelcast [\s\S]*demo[\s\S]*serve/)
  })
})

describe('in other web servers', () => {
  beforeAll(async () => {
    await project.install('express', '@types/express', 'fastify')
    await writeSnippets(project.folder, foreign())
  }, 120_000)

  it.each(Object.entries(WITH_FOREIGN_PACKAGES))('%s shows its track', async (title, { track, path }) => {
    const { program, url } = await run(title)
    expect(new URL(url).pathname).toBe(`/${path}`)
    await watchTrack(receiver, url, track)
    await program.kill()
  })

  it('type-checks', async () => {
    expect(await typeCheck(join(project.folder, 'types-foreign'), foreign())).toBe('')
  })
})

function foreign(): Snippet[] {
  return Object.keys(WITH_FOREIGN_PACKAGES).map((title) => snippetOf(snippets, title))
}
