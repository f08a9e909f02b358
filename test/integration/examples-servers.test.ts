// The examples with pages of their own: pixelcast as a part of another web server, and without its HTTP at all.
import { once } from 'node:events'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Browser, launchChromium, type Page } from '../support/browser.js'
import { Example } from '../support/example.js'
import type { RgbaImage } from '../support/images.js'
import { viewerPagePixels } from '../support/viewer-page.js'
import { until } from '../support/wait.js'

let browser: Browser
const examples = new Set<Example>()

beforeAll(async () => {
  browser = await launchChromium()
})
afterEach(async () => {
  for (const example of examples) await example.kill()
  examples.clear()
})
afterAll(() => browser?.close())

function start(name: string, env: Record<string, string>): Example {
  const example = new Example(name, [], env)
  examples.add(example)
  return example
}

/** Share of pixels in which two pictures differ. */
function difference(a: RgbaImage, b: RgbaImage): number {
  let count = 0
  for (let i = 0; i < a.data.length; i += 4) if (Math.abs(a.data[i]! - b.data[i]!) > 12) count++
  return count / (a.data.length / 4)
}

/** Two pictures of a video that is shown, the one after the other, with the robot somewhere else. */
async function expectMoving(page: Page, video: string, size: readonly [number, number]): Promise<void> {
  const first = await until(`a picture of ${video}`, () => viewerPagePixels(page, video))
  expect([first.width, first.height]).toEqual(size)
  await until(`movement in ${video}`, async () => {
    const now = await viewerPagePixels(page, video)
    return now && difference(first, now) > 0.003
  })
}

/** The status with which a request of the page is answered. */
const ask = (page: Page, path: string, method = 'GET') =>
  page.evaluate<number>(`(({ path, method }) => fetch(path, { method }).then(({ status }) => status))`, {
    path,
    method,
  })
const text = (page: Page, id: string) => page.evaluate<string>(`document.getElementById('${id}').textContent`)
const path = (page: Page) => page.evaluate<string>('location.pathname + location.hash')

const openSocket = (page: Page, path: string) =>
  page.evaluate<string>(
    `((path) => new Promise((done) => {
      const socket = new WebSocket(new URL(path, location.href.replace('http', 'ws')))
      socket.onopen = () => done('open')
      socket.onerror = () => done('refused')
    }))`,
    path,
  )

async function signIn(page: Page, password: string): Promise<void> {
  await until('the form', () => page.evaluate<boolean>("document.readyState === 'complete'"))
  await page.evaluate(
    `(password) => {
      document.getElementById('password').value = password
      setTimeout(() => document.querySelector('form').requestSubmit())
    }`,
    password,
  )
}

describe.each(['express', 'fastify', 'hono'])('in %s', (name) => {
  it('pixelcast is behind the sign-in of the app, and the rest of the app does not notice', async () => {
    const example = start(name, { PASSWORD: 'open sesame' })
    const page = await browser.open(await example.url())
    expect(await path(page)).toBe('/sign-in')
    for (const [route, method] of [
      ['/live/', 'GET'],
      ['/live/tracks', 'GET'],
      ['/live/tracks/map/snapshot.png', 'GET'],
      ['/live/whep/camera', 'POST'],
      ['/api/robot', 'POST'],
    ] as const)
      expect({ route, status: await ask(page, route, method) }).toEqual({ route, status: 401 })

    expect(await openSocket(page, '/telemetry')).toBe('refused')

    await signIn(page, 'open barley')
    await until('a refusal', async () => (await path(page)) === '/sign-in#wrong')
    await signIn(page, 'open sesame')
    await until("the app's page", async () => (await path(page)) === '/')
    const view = (track: string) => `document.querySelector('[src$="/${track}"]').video`
    await expectMoving(page, view('camera'), [640, 400])
    await expectMoving(page, view('map'), [640, 390])
    expect(await ask(page, '/live/tracks/map/snapshot.png')).toBe(200)

    // a JSON body and a WebSocket of the app's own
    await until('telemetry', async () => /^[\d.]+ m\/s$/.test(await text(page, 'speed')))
    await page.evaluate("document.getElementById('pause').click()")
    await until('the robot stands', async () => (await text(page, 'speed')) === '0.00 m/s')
    expect(await text(page, 'state')).toBe('Paused')
    expect(page.log.filter((line) => line.startsWith('uncaught'))).toEqual([])

    expect(await example.stop(), example.stderr).toBe(0)
    await page.close()
  })
})

describe('own-signaling', () => {
  it('shows two tracks over one WebSocket, and comes back after a restart', async () => {
    const first = start('own-signaling', {})
    const { port, href } = new URL(await first.url())
    const page = await browser.open(href)
    const video = (index: number) => `document.querySelectorAll('video')[${index}]`
    const expectBoth = async () => {
      await until('both', async () => (await text(page, 'state')) === 'Live')
      // they are in the order in which they connected
      const captions = await page.evaluate<string[]>(
        "[...document.querySelectorAll('figcaption')].map((caption) => caption.textContent)",
      )
      expect(captions.toSorted()).toEqual(['camera', 'map'])
      await expectMoving(page, video(captions.indexOf('camera')), [640, 400])
      await expectMoving(page, video(captions.indexOf('map')), [640, 390])
    }
    await expectBoth()

    // what others may send disturbs nobody
    const socketUrl = new URL('/signaling', href.replace('http', 'ws'))
    for (const message of [
      'no JSON',
      'null',
      '{"type":"offer","track":"camera","sdp":5}',
      'x'.repeat(100_000),
    ])
      await new Promise<void>((done) => {
        const socket = new WebSocket(socketUrl)
        socket.on('open', () => socket.send(message))
        // the first message has the tracks, the second says what was wrong with the offer
        socket.on('message', (text) => String(text).includes('refused') && socket.close())
        socket.on('close', () => done())
      })
    for (const origin of ['null', 'http://elsewhere.test'])
      await expect(once(new WebSocket(socketUrl, { origin }), 'open')).rejects.toThrow('403')
    await expectBoth()

    for (const track of ['camera', 'map']) await first.says(new RegExp(`viewer-\\d \\(${track}\\) watches`))
    expect(await first.stop(), first.stderr).toBe(0)
    expect(first.stdout.match(/^viewer-\d \(\w+\) left: /gm)).toHaveLength(2)

    await until('the loss', async () => (await text(page, 'state')).startsWith('Connection lost'))
    const second = start('own-signaling', { PORT: port })
    await expectBoth()
    await page.close()
    for (const track of ['camera', 'map']) await second.says(new RegExp(`viewer-\\d \\(${track}\\) left`))
  })
})
