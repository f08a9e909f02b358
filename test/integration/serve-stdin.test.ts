// `pixelcast serve -` as a user starts it, behind a pipe.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../support/child.js'
import { CliProcess } from '../support/cli-process.js'
import { watchTrack } from '../support/docs/watch.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../support/headless-receiver/index.js'
import { Reel } from '../support/images.js'
import { convert, type RawFormat } from '../support/raw-formats.js'
import { until } from '../support/wait.js'
import { RED_YUV, y4m } from '../unit/cli/files.js'

const LOCAL = ['--port', '0', '--media-host', '127.0.0.1']
const [WIDTH, HEIGHT] = [322, 241]
const reel = new Reel(WIDTH, HEIGHT)
let receiver: HeadlessReceiver
let folder = ''
const started = new Set<CliProcess>()

beforeAll(async () => {
  receiver = await startHeadlessReceiver()
  folder = await mkdtemp(join(tmpdir(), 'pixelcast-stdin-'))
})
afterEach(async () => {
  for (const cli of started) await cli.kill()
  started.clear()
})
afterAll(async () => {
  await receiver?.kill()
  await rm(folder, { recursive: true, force: true })
})

function start(stdin: Parameters<typeof CliProcess.startWith>[0], ...args: string[]): CliProcess {
  const cli = CliProcess.startWith(stdin, 'serve', '-', ...LOCAL, ...args)
  started.add(cli)
  return cli
}

function pushed(url: string): Promise<number> {
  return fetch(new URL('tracks', url))
    .then((response) => response.json() as Promise<{ tracks: { pushed: number }[] }>)
    .then(({ tracks }) => tracks[0]?.pushed ?? 0)
}

/** The last image of the track, RGB. */
async function lastImage(url: string): Promise<{ data: Buffer; width: number; height: number }> {
  const response = await fetch(new URL('tracks/stdin/snapshot.png', url))
  const image = sharp(await response.arrayBuffer()).removeAlpha()
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** The mean difference of two RGB images, per channel. */
function difference(a: Uint8Array, b: Uint8Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += Math.abs(a[i]! - b[i]!)
  return sum / a.length
}

describe('raw frames on stdin', () => {
  it.each<[RawFormat, number]>([
    ['bgr24', 0],
    ['rgba', 0],
    ['gray8', 40],
    ['nv12', 3],
  ])('are shown as they are: %s', async (format, most) => {
    const cli = start('pipe', '--size', `${WIDTH}x${HEIGHT}`, '--format', format)
    const url = await cli.url()
    for (let i = 0; i < 5; i++) cli.stdin.write(convert(reel.image(i), format).data)
    await until('all of them', async () => (await pushed(url)) === 5)
    await watchTrack(receiver, url, 'stdin')
    const { data, width, height } = await lastImage(url)
    expect([width, height]).toEqual([WIDTH, HEIGHT])
    expect(difference(data, convert(reel.image(4), 'rgb24').data)).toBeLessThanOrEqual(most)
    cli.stdin.end(new Uint8Array(100))
    await cli.says(/stdin: the end after 5 images and 100 bytes of an incomplete one, discarded; its last/)
    // the server stays
    expect((await lastImage(url)).width).toBe(WIDTH)
    expect(await cli.stop()).toBe(0)
  })

  it('of 1920×1080 at 60 a second are all read and all pushed, while somebody watches', async () => {
    const frames = 240
    const producer = spawn(process.execPath, ['-e', PRODUCER, String(frames), '60', '1920x1080'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const cli = start(producer.stdout, '--size', '1920x1080', '--format', 'bgr24', '--exit')
    const url = await cli.url()
    await receiver.call('open', { url: new URL('whep/stdin', url).href, count: 1, codec: 'h264' })
    await cli.says(new RegExp(`the end after ${frames} images\n`))
    expect(await cli.exited).toBe(0)
    await receiver.call('close', { how: 'close' })
  })

  it('end with a clear word when whoever writes them is killed', async () => {
    const producer = spawn(process.execPath, ['-e', PRODUCER, '1e9', '200', '640x480'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const cli = start(producer.stdout, '--size', '640x480', '--format', 'bgr24', '--exit')
    const url = await cli.url()
    await until('some frames', async () => (await pushed(url)) > 20)
    producer.kill('SIGKILL')
    expect(await cli.exited).toBe(0)
    expect(cli.stderr).toMatch(
      /stdin: the end after \d+ images( and \d+ bytes of an incomplete one, discarded)?\n/,
    )
  })
})

describe('streams that say what they are', () => {
  it('Y4M', async () => {
    const cli = start('pipe')
    const url = await cli.url()
    cli.stdin.write(y4m({ width: 64, height: 48, fps: 25, frames: 30, colour: RED_YUV }))
    await cli.says(/stdin: Y4M, 64×48, 25 fps\n/)
    await until('all of them', async () => (await pushed(url)) === 30)
    await watchTrack(receiver, url, 'stdin')
    const { data } = await lastImage(url)
    expect([data[0]! > 250, data[1]! < 5, data[2]! < 5]).toEqual([true, true, true])
    cli.stdin.end()
    await cli.says(/stdin: the end after 30 images; its last image stays\n/)
    expect(await cli.stop()).toBe(0)
  })

  it('JPEG, PNG and WebP, one after the other', async () => {
    const cli = start('pipe', '--exit')
    const url = await cli.url()
    const image = (i: number) => {
      const { data } = convert(reel.image(i), 'rgb24')
      return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
    }
    for (let i = 0; i < 10; i++) cli.stdin.write(await image(i).jpeg().toBuffer())
    cli.stdin.write(await image(10).webp().toBuffer())
    cli.stdin.write(await image(11).png().toBuffer())
    await cli.says(/stdin: JPEG images\n/)
    await until('all of them', async () => (await pushed(url)) === 12)
    await watchTrack(receiver, url, 'stdin')
    expect(difference((await lastImage(url)).data, convert(reel.image(11), 'rgb24').data)).toBe(0)
    cli.stdin.end((await image(0).png().toBuffer()).subarray(0, 1000))
    expect(await cli.exited).toBe(0)
    expect(cli.stderr).toMatch(/the end after 12 images and 1000 bytes of an incomplete one, discarded\n/)
  })

  it('a JPEG that does not decode takes nothing away from those who come later', async () => {
    const cli = start('pipe')
    const url = await cli.url()
    const { data } = convert(reel.image(3), 'rgb24')
    const raw = { width: WIDTH, height: HEIGHT, channels: 3 } as const
    const good = await sharp(data, { raw }).jpeg({ quality: 95 }).toBuffer()
    const broken = Buffer.concat([good.subarray(0, good.length / 2), Buffer.from([0xff, 0xd9])])
    for (const image of [good, broken]) {
      const before = await pushed(url)
      cli.stdin.write(image)
      await until('it is pushed', async () => (await pushed(url)) > before)
    }
    const shown = await lastImage(url)
    expect([shown.width, shown.height]).toEqual([WIDTH, HEIGHT])
    expect(difference(shown.data, data)).toBeLessThan(6)
    await cli.says(/warning: stdin: .*expected a complete JPEG image.*do not decode/)
    cli.stdin.write(broken)
    await until('it is pushed', async () => (await pushed(url)) === 3)
    await watchTrack(receiver, url, 'stdin')
    expect(await cli.stop()).toBe(0)
  })

  it('Y4M from a file plays at its own rate', async () => {
    const path = join(folder, 'red.y4m')
    await writeFile(path, y4m({ width: 64, height: 48, fps: 10, frames: 5, colour: RED_YUV }))
    const file = await open(path)
    const slow = start(file.fd, '--exit')
    const before = performance.now()
    expect(await slow.exited, slow.stderr).toBe(0)
    await file.close()
    // never faster than it was recorded
    expect(performance.now() - before).toBeGreaterThan(500)
    expect(slow.stderr).toContain('the end after 5 images')
  })
})

describe('stdin that nothing can be made of', () => {
  it.each([
    ['nothing', '', [], /stdin is empty: nothing was written to it\n$/],
    [
      'text',
      'a text that is no image',
      [],
      /neither Y4M nor JPEG, PNG or WebP \(it begins with 61 20 74 65\).*--size/,
    ],
    [
      'half a frame',
      'abc',
      ['--size', '4x4', '--format', 'gray8'],
      /ended after 3 bytes without a whole image\n$/,
    ],
    ['a bad header', 'YUV4MPEG2 W9999 H2\n'.padEnd(30), [], /W from 2 to 8192 pixels, got W9999\n$/],
    [
      'Y4M as raw',
      'YUV4MPEG2 W4 H4\n',
      ['--size', '4x4', '--format', 'gray8'],
      /leave out --size and --format\n$/,
    ],
  ])('%s', async (_, text, args, message) => {
    const cli = start('pipe', ...args)
    cli.stdin.on('error', () => undefined)
    cli.stdin.end(text)
    expect(await cli.exited).toBe(1)
    expect(cli.stderr).toMatch(message)
    expect(cli.stderr).toMatch(/^pixelcast: stdin|\npixelcast: /)
    expect(cli.stderr).not.toMatch(/\n\s+at /)
  })

  it.skipIf(!existsSync('/usr/bin/script'))('a terminal', async () => {
    const command = `'${process.execPath}' '${join(ROOT, 'dist/cli/main.js')}' serve - --port 0`
    const run = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'inherit'] })
    let output = ''
    run.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    const [code] = await once(run, 'exit')
    expect([code, output]).toEqual([
      1,
      expect.stringContaining('pixelcast: stdin is a terminal: expected images'),
    ])
  })
})

/** Writes so many frames of so many a second, catching up when it was late: `node -e … FRAMES FPS WxH`. */
const PRODUCER = `
const [frames, fps] = process.argv.slice(1, 3).map(Number)
const [width, height] = process.argv[3].split('x').map(Number)
const frame = Buffer.alloc(width * height * 3, 90)
const start = performance.now()
let count = 0
const next = () => {
  if (count === frames) return process.stdout.end()
  frame.fill(count & 255, 0, width * 3)
  count++
  process.stdout.write(frame, () =>
    setTimeout(next, Math.max(0, start + (count * 1000) / fps - performance.now())))
}
next()
`
