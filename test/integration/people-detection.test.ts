import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { launchChromium } from '../support/browser.js'
import { ROOT } from '../support/child.js'
import { startHeadlessReceiver } from '../support/headless-receiver/index.js'
import type { RgbaImage } from '../support/images.js'
import { waitForPicture } from '../support/viewer-page.js'
import { until } from '../support/wait.js'

const VIDEO = process.env.PIXELCAST_TEST_VIDEO ?? resolve(ROOT, '../shared/data/vtest.avi')
const children = new Set<ChildProcess>()

/** The detector has some hundred ms of work for a frame, several times that on a busy machine. */
const PATIENCE = 90_000

afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
})

function start(...args: string[]) {
  const main = join(ROOT, 'examples/people-detection/main.mjs')
  const child = spawn(process.execPath, [main, ...args, '--port', '0'], { stdio: ['ignore', 'pipe', 'pipe'] })
  children.add(child)
  const run = { child, out: '', error: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => {
    run.out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    run.error += text
  })
  const exited = new Promise<number | null>((done) => child.on('close', (code) => done(code)))
  const url = () =>
    until('the address', () => {
      if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${run.error}`)
      return /Watch at (\S+)/.exec(run.out)?.[1]
    })
  /** The most people that were found in one frame. */
  const most = () => Math.max(0, ...[...run.out.matchAll(/^(\d+) people/gm)].map((match) => Number(match[1])))
  return Object.assign(run, { exited, url, most })
}

/** Share of the pixels that have the colour of the boxes, give or take what encoding does to thin lines. */
function boxShare({ data }: RgbaImage): number {
  let boxes = 0
  for (let i = 0; i < data.length; i += 4)
    if (data[i]! < 110 && data[i + 1]! > 190 && data[i + 2]! > 110 && data[i + 2]! < 200) boxes++
  return boxes / (data.length / 4)
}

describe.skipIf(!existsSync(VIDEO))('the example of people detection', () => {
  it(
    'plays the video in time, with boxes around people, in a browser',
    async () => {
      const example = start(VIDEO)
      const url = await example.url()
      const browser = await launchChromium()
      try {
        const page = await browser.open(new URL('view/people', url).href)
        await waitForPicture(page, 'a picture with boxes', (image) => boxShare(image) > 0.0015)
        const pushed = async () => {
          const reply = (await (await fetch(new URL('tracks', url))).json()) as {
            tracks: { pushed: number }[]
          }
          return reply.tracks[0]!.pushed
        }
        await until('4 people in a frame', () => example.most() >= 4, PATIENCE)
        expect(example.most()).toBeLessThanOrEqual(12)
        // Every frame of the video is shown, although only some were looked at.
        const detections = example.out.split('\n').length
        expect(await pushed()).toBeGreaterThan(detections)
        await page.close()
        example.child.kill('SIGINT')
        expect(await example.exited, example.error).toBe(0)
      } finally {
        await browser.close()
      }
    },
    2 * PATIENCE,
  )

  it(
    'with --sync the worker pushes the frames that it looked at',
    async () => {
      const example = start(VIDEO, '--sync')
      const url = await example.url()
      const receiver = await startHeadlessReceiver()
      try {
        await receiver.call('open', { url: new URL('whep/people', url).href, count: 1, codec: 'h264' })
        await until(
          'frames',
          async () => (await receiver.call('stats')).every(({ frames }) => frames > 5),
          PATIENCE,
        )
        await until('4 people in a frame', () => example.most() >= 4, PATIENCE)
        example.child.kill('SIGINT')
        expect(await example.exited, example.error).toBe(0)
      } finally {
        await receiver.kill()
      }
    },
    2 * PATIENCE,
  )

  it('says when there is no such video', async () => {
    const example = start('/nowhere/video.mp4')
    expect(await example.exited).toBe(1)
    expect(example.error).toContain('/nowhere/video.mp4: no such file')
  })
})
