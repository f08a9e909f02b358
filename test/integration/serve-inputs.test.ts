// Every kind of file and address that `pixelcast serve` shows, as a track that is watched.
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCamera } from '../../dist/cli/input/camera/camera-process.js'
import { ImageTrack } from '../../dist/index.js'
import { CliProcess } from '../support/cli-process.js'
import { tracksWithImages, watchTrack } from '../support/docs/watch.js'
import { writeMp4 } from '../support/h264.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../support/headless-receiver/index.js'
import { differenceFrom, fields, oddFiles, oddImages, pngBomb, reference } from '../support/odd-images.js'
import { until } from '../support/wait.js'
import { bmp, RED_YUV, y4m } from '../unit/cli/files.js'

const LOCAL = ['--port', '0', '--media-host', '127.0.0.1']
let receiver: HeadlessReceiver
let folder = ''
let web: Server
const path = (name: string) => join(folder, name)

beforeAll(async () => {
  receiver = await startHeadlessReceiver()
  folder = await mkdtemp(join(tmpdir(), 'pixelcast-inputs-'))
  await mkdir(path('slides'))
  for (const n of [1, 2, 10])
    await fields()
      .png()
      .toFile(path(`slides/${n}.png`))
  await fields().withMetadata({ orientation: 6 }).jpeg().toFile(path('photo.jpg'))
  await writeFile(path('clip.y4m'), y4m({ width: 64, height: 48, fps: 25, frames: 5, colour: RED_YUV }))
  await writeMp4(path('plain.mp4'), { frames: 50, colour: RED_YUV })
  await writeMp4(path('fields.mp4'), { frames: 50, colour: RED_YUV, interlaced: true })
  web = createServer(async ({ url = '', headers }, response) => {
    const file = path(basename(url))
    const { size } = await stat(file)
    const [start = 0, end = size - 1] = (headers.range?.match(/\d+/g) ?? []).map(Number)
    const type = file.endsWith('.jpg') ? 'image/jpeg' : 'video/mp4'
    const about = { 'content-type': type, 'content-length': end + 1 - start, 'accept-ranges': 'bytes' }
    response.writeHead(headers.range ? 206 : 200, {
      ...about,
      ...(headers.range && { 'content-range': `bytes ${start}-${end}/${size}` }),
    })
    createReadStream(file, { start, end })
      .on('error', () => undefined)
      .pipe(response)
  })
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await receiver?.kill()
  web?.closeAllConnections()
  web?.close()
  await rm(folder, { recursive: true, force: true })
})

async function snapshot(url: string, track: string): Promise<Buffer> {
  const response = await fetch(new URL(`tracks/${track}/snapshot.png`, url))
  expect(response.status).toBe(200)
  return Buffer.from(await response.arrayBuffer())
}

/** What was wrong; that the machine is busy is not. */
function warningsOf(cli: CliProcess): string[] {
  return cli.stderr.split('\n').filter((line) => line.startsWith('warning') && !line.includes(' ms behind'))
}

async function middleOf(file: Buffer): Promise<number[]> {
  const { width = 0, height = 0 } = await sharp(file).metadata()
  const area = { left: width - 9, top: height - 9, width: 1, height: 1 }
  return [...(await sharp(file).removeAlpha().extract(area).raw().toBuffer())]
}

describe('several inputs of all kinds', () => {
  it('are tracks, each of them watched', async () => {
    const address = web.address()
    const at = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
    const cli = CliProcess.start(
      'serve',
      path('photo.jpg'),
      path('slides'),
      path('sli*/1*.png'),
      path('clip.y4m'),
      path('plain.mp4'),
      path('fields.mp4'),
      `${at}/plain.mp4`,
      `${at}/photo.jpg`,
      ...['photo', 'folder', 'pattern', 'clip', 'mp4', 'interlaced', 'http-video', 'http-image'].flatMap(
        (name) => ['--name', name],
      ),
      '--loop',
      ...LOCAL,
    )
    try {
      const url = await cli.url()
      const tracks = await tracksWithImages(url)
      expect(tracks.size).toBe(8)
      for (const name of tracks.keys()) await watchTrack(receiver, url, name)
      for (const name of ['photo', 'http-image']) {
        expect(tracks.get(name), name).toMatchObject({ width: 48, height: 64 })
        const wanted = await reference(await readFile(path('photo.jpg')))
        const shown = await reference(await snapshot(url, name))
        expect(differenceFrom(wanted, shown.colours), name).toBeLessThanOrEqual(3)
      }
      for (const name of ['clip', 'mp4', 'interlaced', 'http-video']) {
        const [r = 0, g = 9, b = 9] = await middleOf(await snapshot(url, name))
        expect([r > 245, g < 12, b < 12], `${name}: ${r} ${g} ${b}`).toEqual([true, true, true])
      }
      expect(cli.stdout).toMatch(/view\/pattern {2}\(2 images/)
      expect(cli.stdout).toMatch(/view\/interlaced {2}\(video 320×240, 25 fps, 0:02\)/)
      expect(warningsOf(cli)).toEqual([])
      expect(await cli.stop(), cli.stderr).toBe(0)
    } finally {
      await cli.kill()
    }
  })
})

describe('a folder of odd files', () => {
  it('is shown to its end; what cannot be is named once', async () => {
    await mkdir(path('odd'))
    const whole = await fields(3, { width: 320, height: 240 }).jpeg().toBuffer()
    const damaged: Record<string, [Buffer, RegExp]> = {
      'half.jpg': [whole.subarray(0, whole.length / 2), /expected a whole JPEG.*truncated/],
      'empty.png': [Buffer.alloc(0), /is empty/],
      'text.png': [Buffer.from('a text\n'), /no image in it can be decoded/],
      'bomb.png': [pngBomb(100_000), /cannot be decoded in this size \(width 100000\)/],
    }
    const files = new Map([...(await oddImages()), ...(await oddFiles())])
    files.set('blue.bmp', bmp(31, 23, [10, 20, 200]))
    files.set('wide.png', await fields(3, { width: 8500, height: 40 }).png().toBuffer())
    files.set('zz-last.png', await fields(3, { width: 1, height: 1 }).png().toBuffer())
    for (const [name, file] of files) await writeFile(path(`odd/${name}`), file)
    for (const [name, [file]] of Object.entries(damaged)) await writeFile(path(`odd/${name}`), file)

    const cli = CliProcess.start('serve', path('odd'), '--fps', '40', ...LOCAL)
    try {
      const url = await cli.url()
      await watchTrack(receiver, url, 'odd')
      await cli.says(/odd: the end; its last image stays/)
      const warnings = warningsOf(cli)
      expect(warnings).toHaveLength(Object.keys(damaged).length)
      for (const [name, [, reason]] of Object.entries(damaged))
        expect(warnings.find((line) => line.includes(`odd/${name}: `))).toMatch(reason)
      const { tracks } = (await (await fetch(new URL('tracks', url))).json()) as { tracks: object[] }
      expect(tracks).toMatchObject([{ width: 2, height: 2 }])
      expect(await cli.stop(), cli.stderr).toBe(0)
    } finally {
      await cli.kill()
    }
  })
})

describe('the process of a camera', () => {
  it('tries one way to open it after the other, as for /dev/video*', async () => {
    // There is no camera here: the system call of V4L2 is made on what is none, then FFmpeg's own stands in.
    const sources = [
      {
        url: '/dev/null',
        format: 'v4l2',
        options: { video_size: '320x240', input_format: 'mjpeg' },
        live: true,
      },
      { url: 'testsrc=size=320x240:rate=25', format: 'lavfi', options: {}, live: true },
    ]
    const track = new ImageTrack('camera')
    const controller = new AbortController()
    const seen: string[] = []
    let images = 0
    const events = {
      onOpen: (description: string) => void seen.push(description),
      onImage: () => void images++,
    }
    const target = { track, warn: (text: string) => void seen.push(text) }
    const order = { sources, shown: '/dev/video0', play: {} }
    const reading = readCamera(order, events, target, controller.signal)
    await until('images', () => images > 5)
    controller.abort()
    expect(await reading).toBe('over')
    expect(seen).toEqual(['video 320×240, 25 fps'])
    expect(track.stats.pushed).toBe(images)
    const alone = { ...order, sources: sources.slice(0, 1) }
    await expect(readCamera(alone, events, target, new AbortController().signal)).rejects.toThrow(
      /\(Inappropriate ioctl for device\)/,
    )
  })
})
