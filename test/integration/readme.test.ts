// Every piece of code in README.md and docs/*.md is run here, or in pack.test.ts.
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { build } from 'esbuild'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, launchChromium, type Page } from '../support/browser.js'
import { ROOT } from '../support/child.js'
import { PageServer } from '../support/docs/page-server.js'
import { Program } from '../support/docs/program.js'
import {
  CONFIGURATIONS,
  IN_PYTHON,
  PROSE,
  parseSnippets,
  readPages,
  readSnippets,
  SHELL,
  type Snippet,
  snippetOf,
  WITH_FOREIGN_PACKAGES,
  writeSnippets,
} from '../support/docs/snippets.js'
import { typeCheck } from '../support/docs/type-check.js'
import { tracksWithImages, watchTrack } from '../support/docs/watch.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../support/headless-receiver/index.js'
import { HttpTestCamera } from '../support/http-camera.js'
import { NO_PYTHON, python } from '../support/python.js'
import { RtspTestCamera } from '../support/rtsp-camera.js'
import { freeTcpPort } from '../support/tcp-port.js'
import { testVideo } from '../support/video-file.js'
import { until } from '../support/wait.js'

const FIRST_SNIPPET = 'app.mjs'
/** Programs that show a track: the snippet's title, and the track. */
const SERVERS = {
  [FIRST_SNIPPET]: 'gradient',
  'main.mjs': 'noise',
  'hono.mjs': 'blue',
  'http.mjs': 'gray',
  'imshow.mjs': 'ramp',
  'paint.mjs': 'paint',
  'boxes.mjs': 'boxes',
  'objects.mjs': 'objects',
}
/** Programs that are looked at one by one below. */
const OTHER_PROGRAMS = [
  'renderer.mjs',
  'signaling.mjs',
  'queue.mjs',
  'input.mjs',
  'images.mjs',
  'tensor.mjs',
  'ingest.mjs',
  'access.mjs',
  'errors.mjs',
]
const IN_A_PAGE = [
  'browser: signaling',
  'browser: element',
  'browser: objects',
  'browser: captures',
  'browser: class',
]
/** Programs at the beginning of a pipe on the command line. */
const IN_A_PIPE = ['render.mjs']
const PAGES = ['view.html']
const RUN = [
  ...Object.keys(SERVERS),
  ...Object.keys(WITH_FOREIGN_PACKAGES),
  ...OTHER_PROGRAMS,
  ...IN_A_PIPE,
  ...IN_A_PAGE,
]
/** Where snippets in a page expect the server; replaced by where it is. */
const ADDRESS = 'http://127.0.0.1:8080/'
/** The command line as built. */
const PIXELCAST = `'${process.execPath}' '${join(ROOT, 'dist/cli/main.js')}'`

// Below the repository's root, where `import 'pixelcast'` means the package as built.
const folder = join(ROOT, '.cache/test', `docs-${randomUUID()}`)
const snippets = await readSnippets()
const ofNode = snippets.filter(({ title }) => /^[\w-]+\.mjs$/.test(title))
const ofPython = snippets.filter(({ language }) => language === 'python')
const ofPages = snippets.filter(({ title }) => title.startsWith('browser: '))
const shellLines = snippets
  .filter(({ language }) => SHELL.includes(language))
  .flatMap(({ file, code }) => code.split('\n').map((line) => [file, line.trim()] as const))
  .filter(([, line]) => line !== '' && !line.startsWith('#'))

let receiver: HeadlessReceiver
let browser: Browser
const programs = new Set<Program>()
function run(title: string): Program {
  const program = Program.node(folder, title)
  programs.add(program)
  return program
}

/** Of one pixel of a track's snapshot. */
async function colourAt(url: string | URL, track: string): Promise<number[]> {
  const response = await fetch(new URL(`tracks/${track}/snapshot.png`, url))
  const pixel = sharp(await response.arrayBuffer()).extract({ left: 80, top: 60, width: 1, height: 1 })
  return [...(await pixel.removeAlpha().raw().toBuffer())]
}

beforeAll(async () => {
  await writeSnippets(folder, [...ofNode, ...ofPython])
  receiver = await startHeadlessReceiver()
  browser = await launchChromium()
})
afterAll(async () => {
  for (const program of programs) await program.kill()
  await browser?.close()
  await receiver?.kill()
  await rm(folder, { recursive: true, force: true })
})

describe('the documentation', () => {
  it('has no code that no test runs', () => {
    expect(withoutTest(snippets)).toEqual([])
    // Nor tests of code that is not there any more.
    for (const title of [...RUN, ...PAGES]) snippetOf(snippets, title)
  })

  it('begins with the snippet that the packed package is tried with', () => {
    const code = snippets.filter(({ file, language }) => file === 'README.md' && language === 'js')
    expect(code[0]?.title).toBe(FIRST_SNIPPET)
  })

  it('has links that lead somewhere', async () => {
    const pages = await readPages()
    const broken: string[] = []
    for (const [file, text] of pages) {
      for (const [, target = ''] of withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^[a-z]+:/.test(target)) continue
        const [path = '', anchor] = target.split('#')
        const linked = path === '' ? file : join(dirname(file), path)
        const there = existsSync(join(ROOT, linked))
        if (!there || (anchor && !anchorsOf(pages.get(linked) ?? '').includes(anchor)))
          broken.push(`${file}: ${target}`)
      }
    }
    expect(broken).toEqual([])
  })

  it('type-checks as TypeScript', async () => {
    const own = ofNode.filter(({ title }) => !(title in WITH_FOREIGN_PACKAGES))
    expect(await typeCheck(join(folder, 'types'), own)).toBe('')
    expect(await typeCheck(join(folder, 'types-page'), ofPages, { browser: true })).toBe('')
  })
})

describe('programs', () => {
  it.each(Object.entries(SERVERS))('%s shows the track %s', async (title, track) => {
    const program = run(title)
    await watchTrack(receiver, await program.url(), track)
    await program.kill()
  })

  it('queue.mjs tells of who comes and goes', async () => {
    const program = run('queue.mjs')
    await watchTrack(receiver, await program.url(), 'steps')
    await program.printed(/viewer-1 connects\n[\s\S]*viewer-1 watches\n[\s\S]*viewer-1 left: /)
    await program.kill()
  })

  it('input.mjs is painted on, as bright as its control says, and cleared', async () => {
    const program = run('input.mjs')
    const url = await program.url()
    const request = { url: new URL('whep/paint', url).href, count: 1, codec: 'h264', channel: true } as const
    const [viewer = -1] = await receiver.call('open', request)
    const say = (...messages: object[]) =>
      receiver.call('say', { viewer, messages: messages.map((message) => JSON.stringify(message)) })
    await say(
      { t: 'control', name: 'brightness', value: 250 },
      { t: 'pointer', type: 'move', kind: 'mouse', id: 1, x: 80.9, y: 60.1, button: -1, buttons: 1, mods: 0 },
    )
    await until('a painted pixel', async () => (await colourAt(url, 'paint'))[0] === 250)
    await say({ t: 'key', type: 'down', key: 'c', code: 'KeyC', repeat: false, mods: 0 })
    await program.printed(/viewer-1 clears the picture/)
    await until('a clear picture', async () => (await colourAt(url, 'paint'))[0] === 0)
    await receiver.call('close', { viewers: [viewer], how: 'both' })
    await program.kill()
  })

  it('images.mjs shows what was drawn', async () => {
    const program = run('images.mjs')
    const url = await program.url()
    const sizes = await until('three tracks', async () => {
      const tracks = await tracksWithImages(url)
      return tracks.size === 3 && [...tracks.values()].map(({ name, width, height }) => [name, width, height])
    })
    expect(sizes).toEqual([
      ['canvas', 320, 240],
      ['png', 320, 240],
      ['sharp', 160, 120],
    ])
    expect(await colourAt(url, 'canvas')).toEqual([255, 165, 0]) // CSS orange
    expect(await colourAt(url, 'png')).toEqual([255, 165, 0])
    expect(new Set(await colourAt(url, 'sharp')).size).toBe(1)
    await program.kill()
  })

  it('tensor.mjs shows the colour of its planes', async () => {
    const program = run('tensor.mjs')
    const url = await program.url()
    const { width, height } = await until('an image', async () => (await tracksWithImages(url)).get('output'))
    expect([width, height]).toEqual([320, 240])
    expect(await colourAt(url, 'output')).toEqual([255, 128, 0])
    await program.kill()
  })

  it('lets in who has a token, a ticket, or the application’s word', async () => {
    const program = run('access.mjs')
    const url = (await program.url()).split('#')[0] ?? ''
    const guest = (await program.printed(/http:\/\/\S+\?ticket=\S+/)).trim()
    const status = async (token?: string) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
      return (await fetch(new URL('whep/door', url), { headers })).status
    }
    expect([await status(), await status('for-the-team-wall'), await status('for-the-night-shift')]).toEqual([
      401, 204, 204,
    ])
    expect([await status('of-a-guest'), await status('of-somebody-else')]).toEqual([204, 403])
    expect((await fetch(guest, { redirect: 'manual' })).status).toBe(303)
  })

  it('ingest.mjs takes images, and tells of new tracks', async () => {
    const program = run('ingest.mjs')
    const url = await program.url()
    await makeFiles()
    const body = new Uint8Array(await readFile(join(folder, 'photo.jpg')))
    for (const name of ['camera', 'door']) {
      const image = new URL(`tracks/${name}/image`, url)
      expect((await fetch(image, { method: 'PUT', body })).status).toBe(204)
    }
    await program.printed(/door is new/)
    expect(program.output).not.toContain('camera is new')
    const stream = await fetch(new URL('tracks/door/stream', url), {
      method: 'POST',
      body: body.slice(0, -9),
    })
    expect(stream.status).toBe(400)
    const parts = new FormData()
    parts.append('x', new Blob(['no image']))
    await fetch(new URL('tracks/door/stream', url), { method: 'POST', body: parts })
    await program.printed(/door: image\.data: expected JPEG/)
    await watchTrack(receiver, url, 'door')
    await program.kill()
  })

  it('errors.mjs prints what it says', async () => {
    const program = run('errors.mjs')
    expect(await program.exited).toBe(0)
    const promised = /console\.log\(.*\/\/ (.*)/.exec(snippetOf(snippets, 'errors.mjs').code)?.[1]
    expect(program.output.trim()).toBe(promised)
  })
})

describe('pages', () => {
  it('signaling of their own', async () => {
    const program = run('signaling.mjs')
    const url = await program.url()
    const pages = await PageServer.open('<!doctype html><video autoplay muted></video>')
    const page = await browser.open(pages.url)
    await runInPage(page, 'browser: signaling', url)
    await plays(page, "document.querySelector('video')", 1)
    await page.close()
    await pages.close()
    await program.printed(/viewer-\d+ left: /)
    expect((await fetch(url, { method: 'POST', body: 'no offer' })).status).toBe(400)
    await program.kill()
  })

  it.each([
    ['browser: element', "document.querySelector('pixelcast-view').video", FIRST_SNIPPET],
    ['browser: captures', "document.querySelector('pixelcast-view').video", FIRST_SNIPPET],
    ['browser: objects', "document.querySelector('pixelcast-view').video", 'boxes.mjs'],
    ['browser: class', "document.querySelector('video')", FIRST_SNIPPET],
  ])('%s', async (title, video, server) => {
    const program = run(server)
    const pages = await PageServer.open('<!doctype html><body>', await program.url())
    const page = await browser.open(pages.url)
    await runInPage(page, title)
    await plays(page, video, 5)
    await until('a word on the console', () =>
      page.log.some((line) => /^log: (live|\d|undefined)/.test(line)),
    )
    await page.close()
    await program.kill()
  })

  it.each(PAGES)('%s', async (title) => {
    const program = run(FIRST_SNIPPET)
    const pages = await PageServer.open(snippetOf(snippets, title).code, await program.url())
    const page = await browser.open(pages.url)
    await plays(page, "document.querySelector('pixelcast-view').video", 5)
    await page.close()
    await pages.close()
    await program.kill()
  })
})

describe('the command line', () => {
  it.skipIf(!isOnPath('curl')).each(shellLines.filter(([, line]) => isCurl(line)))(
    '%s: %s',
    async (_, line) => {
      await makeFiles()
      const program = Program.shell(folder, `${PIXELCAST} serve --ingest --port 0 --media-host 127.0.0.1`)
      programs.add(program)
      const url = await program.url()
      const curl = Program.pipeline(folder, line.replaceAll(ADDRESS, url).replace('curl ', 'curl -fsS '))
      expect(await curl.exited, curl.output).toBe(0)
      expect((await tracksWithImages(url)).size).toBe(1)
      await program.kill()
    },
  )

  it.each(shellLines.filter(([, line]) => !isOurs(line) && !isCurl(line)))('%s: %s', async (_, line) => {
    const { name, scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      name: string
      scripts: Record<string, string>
    }
    for (const command of line.split('&&')) {
      const [tool, ...words] = command
        .trim()
        .replace(/^(\w+=\S+ )+/, '')
        .split(/\s+/)
      if (tool === 'npm' && words[0] === 'run') expect(Object.keys(scripts)).toContain(words[1])
      else if (tool === 'npm' && words[0] === 'install') expect(words).toEqual(['install', name])
      else if (tool === 'npm') expect(['ci', 'test', 'pack', 'publish']).toContain(words[0])
      else if (tool === 'npx') expect(existsSync(join(ROOT, 'node_modules/.bin', words[0] ?? ''))).toBe(true)
      else if (tool === 'node') expect(existsSync(join(ROOT, words[0] ?? ''))).toBe(true)
      else expect(existsSync(join(ROOT, tool ?? '')), `the command of: ${line}`).toBe(true)
    }
  })

  it.skip.each(shellLines.filter(([, line]) => isOurs(line) && !isInstalled(line)))(
    `%s: %s (its first program is not installed${NO_PYTHON})`,
    () => undefined,
  )

  it.each(shellLines.filter(([, line]) => isOurs(line) && isInstalled(line)))('%s: %s', async (_, line) => {
    await makeFiles()
    const [cameras, told] = await withCameras(line, await readFile(join(folder, 'photo.jpg')))
    try {
      const command = told.replace('npx pixelcast', PIXELCAST).replace(/^python3 /, `'${python}' `)
      const program = (/\||supervise/.test(line) ? Program.pipeline : Program.shell)(
        folder,
        `${command} --port ${await portFor(line)} --media-host 127.0.0.1`,
      )
      programs.add(program)
      if (line.includes(' doctor')) expect(await program.exited, program.output).toBe(0)
      else if (line.includes('/dev/video') && !existsSync('/dev/video0'))
        await program.printed(/\/dev\/video0: no such camera/)
      else if (line.includes(' --ingest')) {
        const photo = new Uint8Array(await readFile(join(folder, 'photo.jpg')))
        const image = new URL('tracks/photo/image', await program.url())
        expect((await fetch(image, { method: 'PUT', body: photo })).status).toBe(204)
      } else expect((await tracksWithImages(await program.url())).size).toBeGreaterThan(0)
      await program.kill()
    } finally {
      await cameras?.close()
    }
  })
})

/** What the lines show. */
async function makeFiles(): Promise<void> {
  await mkdir(join(folder, 'frames'), { recursive: true })
  await copyFile(await testVideo(), join(folder, 'video.mp4'))
  await copyFile(join(ROOT, 'docs/images/demo.png'), join(folder, 'frames/1.png'))
  const photo = sharp(join(ROOT, 'docs/images/demo.png')).resize(320, 240).jpeg({ optimiseCoding: false })
  await photo.toFile(join(folder, 'photo.jpg'))
}

/** A line that runs pixelcast, by itself or at the end of a pipe. */
function isOurs(line: string): boolean {
  return /^(.* \| )?npx pixelcast /.test(line)
}

/** A line that sends images to a server with ingest. */
function isCurl(line: string): boolean {
  return /^(.* \| )?curl /.test(line)
}

/** Whether the program at the beginning of a pipe is there. */
function isInstalled(line: string): boolean {
  const [command = ''] = line.split(' ')
  if (!line.includes('|')) return true
  if (command === 'python3') return python !== undefined
  return isOnPath(command)
}

function isOnPath(command: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((entry) => existsSync(join(entry, command)))
}

/** The line with the address of a camera that is there, and the camera. */
async function withCameras(
  line: string,
  image: Buffer,
): Promise<[camera: { close(): Promise<void> } | undefined, line: string]> {
  const rtsp = /rtsp:\/\/\S+/.exec(line)?.[0]
  const http = /http:\/\/\S+/.exec(line)?.[0]
  if (!rtsp && !http) return [undefined, line]
  const camera = rtsp ? await RtspTestCamera.open([image]) : await HttpTestCamera.open([image])
  return [camera, line.replace(rtsp ?? http ?? '', camera.url)]
}

describe('the reading of Markdown', () => {
  const read = (text: string) =>
    parseSnippets('a.md', text).map(({ line, language, title, code }) => [line, language, title, code])

  it.each([
    ['a block', 'Text\n\n```js\n// a.mjs\nb()\n```\n', [[3, 'js', 'a.mjs', '// a.mjs\nb()']]],
    ['a block without a title', '```ts\nb()\n```', [[1, 'ts', '', 'b()']]],
    ['a page', '```html\n<!-- a.html -->\n```', [[1, 'html', 'a.html', '<!-- a.html -->']]],
    ['a block in a list', '- a\n\n  ```sh\n  b\n  ```\n', [[3, 'sh', '', '  b']]],
    [
      'more backquotes, and tildes',
      '````md\n```js\n```\n````\n~~~ts\n~~~',
      [
        [1, 'md', '', '```js\n```'],
        [5, 'ts', '', ''],
      ],
    ],
  ])('sees %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected)
  })

  it.each([
    ['a program', '```js\n// other.mjs\nb()\n```'],
    ['code without a title', '```ts\nb()\n```'],
    ['another page', '```html\n<!-- other.html -->\n```'],
    ['another language', '```ruby\n# app.mjs\n```'],
    ['Python that is not in the examples', '```python\n# app.mjs\n```'],
  ])('sees that no test runs %s', (_, text) => {
    expect(withoutTest(parseSnippets('a.md', text))).toHaveLength(1)
  })

  it('sees that a block does not end', () => {
    expect(() => read('```js\n')).toThrow('a.md:1')
  })
})

/** A supervised program has to have the same port each time, so it cannot be any free one. */
async function portFor(line: string): Promise<number> {
  return line.includes('--supervise') ? freeTcpPort() : 0
}

/** What no test here, or of the packed package, runs. */
function withoutTest(found: readonly Snippet[]): string[] {
  const isRun = ({ language, title }: Snippet): boolean => {
    if (PROSE.includes(language) || SHELL.includes(language)) return true
    if (CONFIGURATIONS.some((name) => name === title)) return true
    if (language === 'python') return IN_PYTHON.some((name) => name === title)
    return language === 'html' ? PAGES.includes(title) : RUN.includes(title)
  }
  return found
    .filter((snippet) => !isRun(snippet))
    .map(({ file, line, language, title }) => `${file}:${line} ${language} ${title}`)
}

/** Runs a snippet as a module in the page, bundled as a user's page would be. */
async function runInPage(page: Page, title: string, server = ADDRESS): Promise<void> {
  const { code, language } = snippetOf(snippets, title)
  const { outputFiles } = await build({
    stdin: {
      contents: code.replaceAll(ADDRESS, server),
      resolveDir: ROOT,
      loader: language === 'ts' ? 'ts' : 'js',
    },
    bundle: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
  })
  const [bundle] = outputFiles
  if (!bundle) throw new Error('esbuild made nothing')
  await page.evaluate(
    `(text) => import(URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))).then(() => {})`,
    bundle.text,
  )
}

/** Waits until a video, given as an expression in the page, has shown so many frames. */
async function plays(page: Page, video: string, frames: number): Promise<void> {
  await until(`${frames} frames in ${video}`, async () => {
    const shown = await page.evaluate<number>(
      `(() => { const video = ${video}; return video && video.videoWidth ? video.getVideoPlaybackQuality().totalVideoFrames : 0 })()`,
    )
    return shown >= frames
  }).catch((error) => {
    throw new Error(`${error instanceof Error ? error.message : error}; the page: ${page.log.join('\n')}`)
  })
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^ *(`{3,}).*\n[\s\S]*?^ *\1 *$/gm, '').replace(/`[^`\n]*`/g, '')
}

/** The anchors that code hosts make of headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ +(.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  )
}
