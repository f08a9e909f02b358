import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../support/wait.js'
import { bmp, RED_YUV, y4m } from '../unit/cli/files.js'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

let folder = ''
const path = (name: string) => join(folder, name)
const children = new Set<ChildProcess>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixelcast-cli-'))
  await mkdir(path('slides'))
  await mkdir(path('bare'))
  for (const n of [1, 2, 10])
    await sharp({ create: { width: 32, height: 24, channels: 3, background: { r: n * 20, g: 0, b: 0 } } })
      .png()
      .toFile(path(`slides/s${n}.png`))
  await writeFile(path('slides/s3.png'), 'no PNG')
  await writeFile(path('text.txt'), 'some text')
  await writeFile(path('empty.jpg'), '')
  await writeFile(path('blue.bmp'), bmp(32, 24, [0, 0, 250]))
  await writeFile(path('red.y4m'), y4m({ width: 64, height: 48, fps: 25, frames: 5, colour: RED_YUV }))
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** The command as a user starts it. */
function start(...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  const run = { child, out: '', error: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => {
    run.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    run.error += text
  })
  const exited = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)))
  const url = () =>
    until('the address on stdout', () => {
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${run.error}`)
      return /Watch at (http:\/\/127\.0\.0\.1:\d+\/)\n/.exec(run.out)?.[1]
    })
  return Object.assign(run, { exited, url })
}

async function json(address: URL): Promise<unknown> {
  const response = await fetch(address)
  expect(response.status).toBe(200)
  return response.json()
}

/** The colour in the middle of a track's last image. */
async function colour(url: string, track: string): Promise<number[]> {
  const response = await fetch(new URL(`tracks/${track}/snapshot.png`, url))
  if (response.status !== 200) return []
  const image = sharp(await response.arrayBuffer()).removeAlpha()
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  const at = (Math.floor(info.height / 2) * info.width + Math.floor(info.width / 2)) * 3
  return [...data.subarray(at, at + 3)]
}

const near = (a: number[], b: number[]) =>
  a.length === 3 && a.every((value, i) => Math.abs(value - b[i]!) <= 4)

describe('pixelcast serve', () => {
  it('shows several inputs as tracks and ends on Ctrl-C', async () => {
    const cli = start(
      'serve',
      path('red.y4m'),
      path('blue.bmp'),
      path('slides'),
      '--fps',
      '20',
      '--port',
      '0',
    )
    const url = await cli.url()
    expect((await fetch(url)).headers.get('content-type')).toContain('text/html')
    expect(await json(new URL('tracks', url))).toMatchObject({
      tracks: [{ name: 'red' }, { name: 'blue' }, { name: 'slides' }],
    })
    expect(cli.out).toContain(`${url}view/slides  (4 images, 20 a second)`)
    await until('a red picture', async () => near(await colour(url, 'red'), [254, 0, 0]))
    await until('a blue picture', async () => near(await colour(url, 'blue'), [0, 0, 250]))
    await until('the last slide', async () => near(await colour(url, 'slides'), [200, 0, 0]))
    await until('the end', () => cli.error.includes('slides: the end; its last image stays'))
    expect(cli.error).toMatch(/warning: .*s3\.png: .*left out/)
    // the server is still there
    expect((await fetch(new URL('healthz', url))).status).toBe(200)
    cli.child.kill('SIGINT')
    expect(await cli.exited).toBe(0)
  })

  it('plays on and on with --loop, under the given names, and ends on SIGTERM', async () => {
    const red = path('red.y4m')
    const cli = start('serve', red, red, '--loop', '--name', 'a b', '--name', 'second', '--port', '0')
    const url = await cli.url()
    expect(cli.out).toContain(`${url}view/a%20b`)
    const pushed = async () =>
      ((await json(new URL('tracks', url))) as { tracks: { pushed: number }[] }).tracks[1]!.pushed
    await until('more than one pass', async () => (await pushed()) > 12)
    cli.child.kill('SIGTERM')
    expect(await cli.exited).toBe(0)
  })

  it('goes on with what can be shown', async () => {
    const cli = start('serve', path('nowhere.mp4'), path('blue.bmp'), '--port', '0')
    await cli.url()
    expect(cli.error).toMatch(/warning: .*nowhere\.mp4: no such file or directory; left out/)
  })

  it.each([
    ['nowhere.png', /nowhere\.png: no such file or directory\n$/],
    ['text.txt', /text\.txt: not an image or a video that can be read.*\n$/],
    ['empty.jpg', /empty\.jpg: is empty\n$/],
    ['bare', /bare: no images in this folder\n$/],
    ['no*.png', /no\*\.png: no file matches this pattern\n$/],
  ])('fails clearly for %s, before a port is opened', async (name, message) => {
    const cli = start('serve', path(name), '--port', '0')
    expect(await cli.exited).toBe(1)
    expect(cli.out).toBe('')
    expect(cli.error).toMatch(/^pixelcast: /)
    expect(cli.error).toMatch(message)
    expect(cli.error.trimEnd().split('\n')).toHaveLength(1)
  })

  it.skipIf(process.getuid?.() === 0)('fails clearly for a file that may not be read', async () => {
    await writeFile(path('secret.png'), 'x')
    await chmod(path('secret.png'), 0)
    const cli = start('serve', path('secret.png'), '--port', '0')
    expect(await cli.exited).toBe(1)
    expect(cli.error).toMatch(/secret\.png: permission denied\n$/)
  })

  it('names every input when none can be shown', async () => {
    const cli = start('serve', path('one.png'), path('two.png'), '--port', '0')
    expect(await cli.exited).toBe(1)
    expect(cli.error).toMatch(/one\.png: .*\n.*two\.png: .*\n.*none of the inputs can be shown\n$/)
  })
})

describe('pixelcast demo', () => {
  it('shows the scene and what is found in it', async () => {
    const cli = start('demo', '--size', '320x180', '--fps', '15', '--port', '0')
    const url = await cli.url()
    await until('pictures', async () => {
      const { tracks } = (await json(new URL('tracks', url))) as {
        tracks: { pushed: number; width: number }[]
      }
      return tracks.length === 2 && tracks.every(({ pushed, width }) => pushed > 5 && width === 320)
    })
    cli.child.kill('SIGINT')
    expect(await cli.exited).toBe(0)
  })

  it('says which address is taken, and how to choose another', async () => {
    const taken = await new Promise<Server>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => resolve(server))
    })
    try {
      const address = taken.address()
      const port = typeof address === 'object' ? String(address?.port) : ''
      const cli = start('demo', '--port', port)
      expect(await cli.exited).toBe(1)
      expect(cli.error).toContain(`port ${port} on 127.0.0.1 is taken`)
      expect(cli.error).toContain('--port')
      expect(cli.error.trimEnd().split('\n')).toHaveLength(1)
    } finally {
      taken.close()
    }
  })

  it('refuses what it does not understand with exit code 2', async () => {
    const cli = start('demo', '--sise', '1x1')
    expect(await cli.exited).toBe(2)
    expect(cli.error).toContain('Did you mean --size?')
  })
})
