// `pixelcast serve` with sources that come and go: cameras, a folder that is written to.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { CliProcess } from '../support/cli-process.js'
import { watchTrack } from '../support/docs/watch.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../support/headless-receiver/index.js'
import { HttpTestCamera } from '../support/http-camera.js'
import { RtspTestCamera } from '../support/rtsp-camera.js'
import { until } from '../support/wait.js'
import { RED_YUV, y4m } from '../unit/cli/files.js'

const LOCAL = ['--port', '0', '--media-host', '127.0.0.1']
let receiver: HeadlessReceiver
let folder = ''
let images: Buffer[] = []
const started = new Set<CliProcess>()
const cameras = new Set<{ close(): Promise<void> }>()

beforeAll(async () => {
  receiver = await startHeadlessReceiver()
  folder = await mkdtemp(join(tmpdir(), 'pixelcast-live-'))
  images = await Promise.all(
    ['#ff0000', '#fe0000'].map((background) =>
      sharp({ create: { width: 320, height: 240, channels: 3, background } })
        .jpeg({ optimiseCoding: false })
        .toBuffer(),
    ),
  )
})
afterEach(async () => {
  for (const cli of started) await cli.kill()
  for (const camera of cameras) await camera.close()
  started.clear()
  cameras.clear()
})
afterAll(async () => {
  await receiver?.kill()
  await rm(folder, { recursive: true, force: true })
})

function start(...args: string[]): CliProcess {
  const cli = CliProcess.start('serve', ...LOCAL, ...args)
  started.add(cli)
  return cli
}

async function pushed(url: string): Promise<number> {
  const { tracks } = (await (await fetch(new URL('tracks', url))).json()) as { tracks: { pushed: number }[] }
  return tracks[0]?.pushed ?? 0
}

async function moreThan(url: string, count: number): Promise<void> {
  const before = await pushed(url)
  await until(`${count} more images`, async () => (await pushed(url)) > before + count)
}

/** The red in the middle of the last image; undefined without one. */
async function colourOf(url: string, track: string): Promise<number | undefined> {
  const response = await fetch(new URL(`tracks/${track}/snapshot.png`, url))
  if (response.status !== 200) return undefined
  const pixel = sharp(await response.arrayBuffer()).extract({ left: 99, top: 99, width: 1, height: 1 })
  return (await pixel.removeAlpha().raw().toBuffer())[0]
}

function near(value: number | undefined, wanted: number): boolean {
  return value !== undefined && Math.abs(value - wanted) <= 1
}

async function showsRed(url: string, track: string): Promise<void> {
  await until('a red picture', async () => {
    const response = await fetch(new URL(`tracks/${track}/snapshot.png`, url))
    if (response.status !== 200) return false
    const pixel = sharp(await response.arrayBuffer()).extract({ left: 9, top: 9, width: 1, height: 1 })
    const [r = 0, g = 9, b = 9] = await pixel.removeAlpha().raw().toBuffer()
    return r > 250 && g < 5 && b < 5
  })
}

/** Processes that a process has started. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const [, rest = ''] = readFileSync(`/proc/${name}/stat`, 'latin1').split(') ')
        return Number(rest.split(' ')[1]) === pid && !rest.startsWith('Z')
      } catch {
        return false
      }
    })
    .map(Number)
}

describe.each([
  ['http, MJPEG', (port?: number) => HttpTestCamera.open(images, port), 'MJPEG'],
  ['rtsp', (port?: number) => RtspTestCamera.open(images, port), 'video 320×240'],
] as const)('a camera by %s', (_, openCamera, description) => {
  it('is watched, lost, and back', async () => {
    let camera = await openCamera()
    cameras.add(camera)
    const { port, url: address } = camera
    const cli = start(address, '--name', 'cam')
    const url = await cli.url()
    await cli.says(new RegExp(`cam: connected, ${description}`))
    await watchTrack(receiver, url, 'cam')
    await showsRed(url, 'cam')
    await moreThan(url, 10)
    await camera.close()
    cameras.delete(camera)
    await cli.says(/warning: cam: lost: .*; trying again\n/)
    // the last image stays meanwhile
    await showsRed(url, 'cam')
    camera = await openCamera(port)
    cameras.add(camera)
    await cli.says(new RegExp(`cam: back after [\\d.]+ s, ${description}`))
    await moreThan(url, 10)
    expect(await cli.stop(), cli.stderr).toBe(0)
    expect(cli.stderr.split('\n').filter((line) => line.includes('lost:'))).toHaveLength(1)
  })

  it('that is not there yet is waited for', async () => {
    const first = await openCamera()
    const { port, url: address } = first
    await first.close()
    const cli = start(address, '--name', 'cam')
    const url = await cli.url()
    await cli.says(/warning: cam: no connection: .*refused.*; trying again\n/i)
    cameras.add(await openCamera(port))
    await cli.says(/cam: back after/)
    await moreThan(url, 3)
    expect(await cli.stop(), cli.stderr).toBe(0)
  })
})

describe('the process that reads a camera', () => {
  it('ends with the command, also when that is killed', async () => {
    const camera = await RtspTestCamera.open(images)
    cameras.add(camera)
    const cli = start(camera.url)
    await cli.says(/connected/)
    const [child = 0, ...others] = childrenOf(cli.pid)
    expect([child > 0, others]).toEqual([true, []])
    await cli.kill()
    await until('its end', () => !isRunning(child))
  })

  it('is started again when it crashes, and the command goes on', async () => {
    const camera = await RtspTestCamera.open(images)
    cameras.add(camera)
    const cli = start(camera.url, '--name', 'cam')
    const url = await cli.url()
    await cli.says(/connected/)
    await moreThan(url, 3)
    process.kill(childrenOf(cli.pid)[0]!, 'SIGSEGV')
    await cli.says(/warning: cam: lost: the process that reads it ended \(SIGSEGV\); trying again/)
    await cli.says(/cam: back/)
    await moreThan(url, 3)
    expect(await cli.stop(), cli.stderr).toBe(0)
  })
})

describe('addresses that give no video', () => {
  it.each([
    [404, {}, /it answers 404/],
    [401, { 'www-authenticate': 'Basic realm="x"' }, /it wants a user and a password/],
    [200, { 'content-type': 'text/html' }, /it answers with text\/html, not with images or video/],
  ] as const)('end the command: %i', async (status, headers, message) => {
    const { createServer } = await import('node:http')
    const server = createServer((_, response) => response.writeHead(status, headers).end('x'))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const cli = start(`http://me:secret@127.0.0.1:${port}/`)
    expect(await cli.exited).toBe(1)
    expect(cli.stderr).toMatch(message)
    expect(cli.stdout + cli.stderr).not.toContain('secret')
    server.close()
  })
})

describe('a watched folder', () => {
  it('shows what is written to it', async () => {
    const cli = start(folder, '--watch', '--name', 'run')
    const url = await cli.url()
    expect(cli.stdout).toContain('watched, 0 images so far')
    await writeFile(join(folder, '.1.jpg'), images[0]!)
    await rename(join(folder, '.1.jpg'), join(folder, '1.jpg'))
    await showsRed(url, 'run')
    await watchTrack(receiver, url, 'run')
    await writeFile(join(folder, '2.jpg'), images[1]!)
    await until('the second', async () => (await pushed(url)) === 2)
    expect(await cli.stop(), cli.stderr).toBe(0)
  })
})

describe('a training run that writes where it is watched', () => {
  /** Writes so many PNGs in pieces, each with its number as a shade of red; the last one only in part. */
  const RUN = `
    const sharp = require('sharp')
    const fs = require('node:fs/promises')
    const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
    const [folder, from, to] = [process.argv[1], Number(process.argv[2]), Number(process.argv[3])]
    const write = async () => {
      for (let step = from; step <= to; step++) {
        const noise = { type: 'gaussian', mean: 9, sigma: 9 }
        const create = { width: 640, height: 480, channels: 3, background: '#000', noise }
        const pixels = await sharp({ create }).removeAlpha().raw().toBuffer()
        for (let i = 0; i < pixels.length; i += 3) pixels[i] = 100 + step * 10
        const png = await sharp(pixels, { raw: { width: 640, height: 480, channels: 3 } }).png().toBuffer()
        const file = await fs.open(folder + '/step' + step + '.png', 'w')
        for (let part = 0; part < 4; part++) {
          if (step === to && part === 2) process.send('half')
          if (step === to && part === 2) await pause(1e6)
          await file.write(png.subarray((png.length * part) / 4, (png.length * (part + 1)) / 4))
          await pause(20)
        }
        await file.close()
      }
    }
    write()
  `
  const train = (from: number, to: number) => {
    const run = spawn(process.execPath, ['-e', RUN, path('run'), String(from), String(to)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    return { run, half: once(run, 'message') }
  }
  const path = (name: string) => join(folder, name)

  it('may write slowly, and be killed in the middle of an image', async () => {
    await mkdir(path('run'))
    const cli = start(path('run'), '--watch', '--name', 'run')
    const url = await cli.url()
    const first = train(1, 6)
    await first.half
    first.run.kill('SIGKILL')
    await until('the last whole one', async () => near(await colourOf(url, 'run'), 150))
    // what nobody goes on with is named at last, and does not take the place of the one before it
    await cli.says(/warning: run: .*step6\.png: expected a whole PNG.*truncated/)
    expect(near(await colourOf(url, 'run'), 150)).toBe(true)
    const second = train(6, 8)
    await second.half
    second.run.kill('SIGKILL')
    await until('the next run', async () => near(await colourOf(url, 'run'), 170))
    await watchTrack(receiver, url, 'run')
    // nothing but the two halves is ever spoken of
    for (const warning of cli.stderr.match(/warning:.*/g) ?? [])
      expect(warning).toMatch(/step[68]\.png: expected a whole PNG/)
    expect(await cli.stop(), cli.stderr).toBe(0)
  })
})

describe('a video', () => {
  it('plays faster and slower with --speed', async () => {
    const path = join(folder, 'red.y4m')
    await writeFile(path, y4m({ width: 64, height: 48, fps: 5, frames: 10, colour: RED_YUV }))
    const time = async (speed: string) => {
      const cli = start(path, '--speed', speed, '--exit')
      const before = performance.now()
      expect(await cli.exited, cli.stderr).toBe(0)
      expect(cli.stderr).toContain('red: the end')
      return performance.now() - before
    }
    const fast = await time('10')
    const slow = await time('0.5')
    // nine times 0.4 s lie between the first frame and the last; the other nearly none of it
    expect(slow).toBeGreaterThan(3600)
    expect(fast).toBeLessThan(slow)
  })
})

function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z')
  } catch {
    return false
  }
}
