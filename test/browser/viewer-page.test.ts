import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, launchForPages } from '../support/browser.js'
import { Child } from '../support/child.js'
import { measure, patchCentres, patches, Reel, readCode } from '../support/images.js'
import { PAGE_TEST } from '../support/own-network.js'
import { createServer, type ImageTrack, type PixelcastServer, urlOf } from '../support/pixelcast.js'
import type { ServerProcessApi } from '../support/server-process.js'
import { viewerPageState, waitForPicture } from '../support/viewer-page.js'
import { every, until } from '../support/wait.js'

describe(`the viewer page in ${PAGE_TEST.browser}`, () => {
  let browser: Browser
  let server: PixelcastServer
  let track: ImageTrack

  beforeAll(async () => {
    browser = await launchForPages()
    server = await createServer({ port: 0, ...PAGE_TEST.server })
    track = server.addTrack('a track/with ümläut')
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
  })

  const viewUrl = () => new URL(`view/${encodeURIComponent(track.name)}`, urlOf(server)).href

  it('shows a picture with the right colours', async () => {
    track.addImage(patches(640, 480))
    const page = await browser.open(viewUrl())
    await waitForPicture(page, 'the patches within 3/255', (image) =>
      patchCentres(640, 480).every((area) => measure(image, area).worstFrom(area.colour) <= 3),
    )
    expect((await viewerPageState(page)).state).toBe('live')
    await page.close()
  })

  it('shows it over WebRTC where a page of plain HTTP is no secure context: on another machine', async () => {
    const { name, server: options } = PAGE_TEST.elsewhere
    const other = await createServer({ port: 0, ...PAGE_TEST.server, ...options })
    other.addTrack('still').addImage(patches(640, 480))
    const page = await browser.open(`http://${name}:${other.port}/view/still`)
    expect(await page.evaluate('[isSecureContext, typeof VideoDecoder]')).toEqual([false, 'undefined'])
    await waitForPicture(page, 'the patches within 3/255', (image) =>
      patchCentres(640, 480).every((area) => measure(image, area).worstFrom(area.colour) <= 3),
    )
    const transport = "document.querySelector('pixelcast-view').viewer.transport"
    expect(await page.evaluate(transport)).toBe('webrtc')
    await page.close()
    await other.close()
  })

  it('says resolution, frame rate, bitrate and latency', async () => {
    const reel = new Reel(641, 479)
    const stop = every(30, (index) => track.addImage(reel.image(index)))
    const page = await browser.open(viewUrl())
    const { texts } = await until('all four figures', async () => {
      const state = await viewerPageState(page)
      const { size, fps, bitrate, latency } = state.texts
      return [size, fps, bitrate, latency].every((text) => /\d/.test(text)) && state
    })
    stop()
    // The size of the image, not of what the codec made of it.
    expect(texts.size.replace(/\s/g, '')).toMatch(/^641[×x]479$/)
    expect(texts.fps).toMatch(/[1-9]/)
    expect(texts.bitrate).toMatch(/[1-9].*bit\/s/i)
    expect(texts.latency).toMatch(/\d.*ms/)
    expect(page.log.filter((line) => /^(uncaught|error)/.test(line))).toEqual([])
    await page.close()
  })

  it('lists the track on the index page, with a link that leads to it', async () => {
    const page = await browser.open(urlOf(server))
    const href = await until('the link', () =>
      page.evaluate<string | false>(`document.querySelector('a[href*="view/"]')?.href ?? false`),
    )
    expect(href).toBe(viewUrl())
    // What moves is live, and nobody counts that as watching.
    const reel = new Reel(320, 240)
    const stop = every(20, (index) => track.addImage(reel.image(index)))
    await until('a live card', () =>
      page.evaluate<boolean>(`document.querySelector('.card pixelcast-view[data-picture]') !== null`),
    )
    await until('its viewers', async () => {
      const unwatched = `document.querySelector('.card .watching').hidden`
      return track.stats.viewers === 1 && (await page.evaluate<boolean>(unwatched))
    })
    stop()
    await page.close()
  })
})

describe(`the viewer page in ${PAGE_TEST.browser}, when the server restarts`, () => {
  it('comes back by itself', async () => {
    const start = () => Child.start<ServerProcessApi>('test/support/server-process.ts')
    const browser = await launchForPages()
    let server = await start()
    try {
      const url = await server.call('open', { port: 0, track: 'numbers' })
      const port = Number(new URL(url).port)
      await server.call('pushStill', { width: 640, height: 480, number: 1 })
      const page = await browser.open(new URL('view/numbers', url).href)
      await waitForPicture(page, 'image 1', (image) => readCode(image) === 1)

      await server.kill('SIGKILL') // As in a crash: nobody says goodbye.
      await until('the page to notice', async () => (await viewerPageState(page)).state !== 'live', 30_000)

      server = await start()
      await server.call('open', { port, track: 'numbers' })
      await server.call('pushStill', { width: 640, height: 480, number: 2 })
      await waitForPicture(page, 'image 2', (image) => readCode(image) === 2, 30_000)
      expect((await viewerPageState(page)).state).toBe('live')

      // And once more, this time in good order.
      await server.call('close')
      await server.kill()
      await until('the page to notice', async () => (await viewerPageState(page)).state !== 'live', 30_000)
      server = await start()
      await server.call('open', { port, track: 'numbers' })
      await server.call('pushStill', { width: 640, height: 480, number: 3 })
      await waitForPicture(page, 'image 3', (image) => readCode(image) === 3, 30_000)
      await page.close()
    } finally {
      await browser.close()
      await server.kill()
    }
  }, 120_000)
})
