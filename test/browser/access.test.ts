import { createServer as createHttpServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, launch, type Page } from '../support/browser.js'
import { flat, measure } from '../support/images.js'
import { createServer, type ImageTrack, LOCAL, type PixelcastServer, urlOf } from '../support/pixelcast.js'
import { viewerPagePixels, waitForPicture } from '../support/viewer-page.js'
import { until } from '../support/wait.js'

const VIEW = 'may-view/all+of.them'
const CONTROL = 'may-control-as-well'
const LEFT = 'only-the-left-one'
const SEND = 'may-send-to-the-left'
const RED = { r: 200, g: 0, b: 0 }

describe('access, in a browser', () => {
  let browser: Browser
  let server: PixelcastServer
  let left: ImageTrack
  let elsewhere: Server
  let other: string

  beforeAll(async () => {
    browser = await launch('chromium')
    server = await createServer({
      ...LOCAL,
      ingest: true,
      limits: { wrongTokens: 5 },
      access: {
        tokens: [
          { token: VIEW },
          { token: CONTROL, rights: ['control'] },
          { token: LEFT, tracks: ['le*'] },
          { token: SEND, rights: ['publish'], tracks: ['left'] },
        ],
      },
    })
    left = server.addTrack('left', { control: 'anyone' })
    for (const track of [left, server.addTrack('right')])
      track.addImage(flat(160, 120, [RED.r, RED.g, RED.b]))
    // Another port of the same host: another origin, but for cookies the same site.
    elsewhere = createHttpServer((_, response) => response.end('<!doctype html><title>elsewhere</title>'))
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    other = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    elsewhere?.close()
  })

  const at = (path: string) => new URL(path, urlOf(server)).href
  const link = (name: string, token: string) => at(`view/${name}#token=${encodeURIComponent(token)}`)
  const isRed = (page: Page) =>
    waitForPicture(page, 'red', (image) => {
      const area = { x: 40, y: 40, width: 40, height: 40 }
      return measure(image, area).worstFrom([RED.r, RED.g, RED.b]) <= 3
    })
  const asked = (page: Page) =>
    until('the question for a token', () =>
      page.evaluate<string | false>(`document.querySelector('.sign-in')?.innerText ?? false`),
    )
  const address = (page: Page) => page.evaluate<string>('location.href')
  const enter = async (page: Page, token: string) => {
    await page.evaluate(`document.querySelector('.sign-in input').value = ${JSON.stringify(token)}`)
    await page.keyboard.press('Enter')
  }
  const canControl = (page: Page) =>
    page.evaluate<boolean>(`document.querySelector('pixelcast-view').hasAttribute('data-docked')`)
  const names = (page: Page) =>
    page.evaluate<string[]>(`[...document.querySelectorAll('.card .name')].map((e) => e.textContent)`)

  it('asks for a token, and shows nothing before; a wrong one does not do', async () => {
    expect((await fetch(at('view/left'))).status).toBe(401)
    const page = await browser.open(at('view/left'))
    expect(await asked(page)).toContain('asks for a token')
    // The keyboard is where it has to be.
    expect(await page.evaluate('document.activeElement.id')).toBe('token')
    await enter(page, 'not-the-token')
    await until('the refusal', () =>
      page.evaluate<boolean>(
        `document.querySelector('.sign-in .message').textContent.includes('does not open')`,
      ),
    )
    expect(await viewerPagePixels(page)).toBeUndefined()
    expect(left.stats.viewers).toBe(0)
    await enter(page, VIEW)
    await isRed(page)
    expect(await page.evaluate(`document.querySelector('.sign-in')`)).toBeNull()
    expect(page.log.filter((line) => line.includes(VIEW) || line.startsWith('uncaught'))).toEqual([])
    await page.close()
  })

  it('shows the picture by a link, which is gone from the address at once; then by its cookie', async () => {
    const page = await browser.open(link('left', VIEW))
    expect(await address(page)).toBe(at('view/left'))
    await isRed(page)
    expect(await page.evaluate(`document.cookie`)).toBe('')
    await page.reload()
    await isRed(page)
    await page.goto(at(''))
    await until('both tracks', async () => (await names(page)).join() === 'left,right')
    // A link on another page: the cookie is Strict and does not come with it, but the page finds it.
    await page.goto(other)
    await page.evaluate(`location.assign(${JSON.stringify(at('view/right'))})`)
    await until('the other page', async () => (await address(page).catch(() => '')) === at('view/right'))
    await isRed(page)
    // The server has forgotten the cookie, as after a restart: the page still knows its token.
    await page.goto(link('left', VIEW))
    await isRed(page)
    await page.evaluate(`fetch('../access', { method: 'DELETE' })`)
    expect(await page.evaluate(`fetch('../tracks').then(({ status }) => status)`)).toBe(401)
    await page.evaluate(`(() => {
      const view = document.querySelector('pixelcast-view')
      const { src } = view
      view.src = ''
      view.src = src
    })()`)
    await isRed(page)
    await page.close()
  })

  it('is for the tracks of the token alone', async () => {
    const page = await browser.open(at(`#token=${LEFT}`))
    await until('its track', async () => (await names(page)).join() === 'left')
    await page.goto(at('view/right'))
    expect(await asked(page)).toContain('does not open')
    await page.close()
  })

  it('lets who has the right control, and nobody else, whatever the rule of the track', async () => {
    const viewer = await browser.open(link('left', VIEW))
    const controller = await browser.open(link('left', CONTROL))
    await Promise.all([isRed(viewer), isRed(controller)])
    await until('the right', () => canControl(controller))
    expect(await canControl(viewer)).toBe(false)
    await Promise.all([viewer.close(), controller.close()])
  })

  it('opens a page once by a ticket', async () => {
    const { ticket, url } = await server.createTicket({ track: 'left', lifetime: 60 })
    const page = await browser.open(url)
    expect(await address(page)).toBe(at('view/left'))
    await isRed(page)
    const second = await browser.open(url)
    expect(await asked(second)).toContain('used before')
    expect(await address(second)).not.toContain(ticket)
    // Nothing more than the ticket says.
    expect(await page.evaluate(`fetch('../whep/right').then(({ status }) => status)`)).toBe(403)
    await Promise.all([page.close(), second.close()])
  })

  it('is of no use to pages of other origins, although their requests carry the cookie', async () => {
    const page = await browser.open(link('left', CONTROL))
    await isRed(page)
    const viewers = left.stats.viewers
    await page.goto(other)
    await until('the viewer to leave', () => left.stats.viewers < viewers)
    const outcome = await page.evaluate(
      `async (base) => {
        const ask = (path, options) =>
          fetch(base + path, { credentials: 'include', ...options }).then((a) => a.status || a.type, () => 'failed')
        const image = new Image()
        image.src = base + 'tracks/left/snapshot.png'
        return {
          read: await ask('tracks'),
          session: await ask('whep/left', { method: 'POST', headers: { 'content-type': 'application/sdp' }, body: 'v=0' }),
          image: await image.decode().then(() => 'shown', () => 'failed'),
        }
      }`,
      urlOf(server),
    )
    expect(outcome).toEqual({ read: 'failed', session: 'failed', image: 'failed' })
    expect(left.stats.viewers).toBe(0)
    await page.close()
  })

  it('takes images from who may publish there', async () => {
    const put = async (name: string, token?: string) => {
      const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` }
      const path = at(`tracks/${name}/image?width=4&height=4&format=gray8`)
      const answer = await fetch(path, {
        method: 'PUT',
        body: new Uint8Array(16),
        ...(headers && { headers }),
      })
      return answer.status
    }
    expect([await put('left'), await put('left', 'another-token')]).toEqual([401, 401])
    expect([await put('left', CONTROL), await put('right', SEND)]).toEqual([403, 403])
    expect(await put('left', SEND)).toBe(204)
    // To send is not to watch.
    expect((await fetch(at('tracks'), { headers: { authorization: `Bearer ${SEND}` } })).status).toBe(403)
  })

  it('says so when too many wrong tokens came from there; who was let in before goes on', async () => {
    const [page, open] = [await browser.open(at('view/right')), await browser.open(link('right', VIEW))]
    await asked(page)
    await isRed(open)
    for (let i = 0; i < 5; i++)
      await fetch(at('tracks'), { headers: { authorization: `Bearer wrong-number-${i}` } })
    await enter(page, 'one-more-that-is-wrong')
    await until('the refusal', () =>
      page.evaluate<boolean>(
        `document.querySelector('.sign-in .message').textContent.includes('Too many wrong tokens')`,
      ),
    )
    await open.reload()
    await isRed(open)
    // It was right from there a moment ago.
    await enter(page, VIEW)
    await isRed(page)
    for (const one of [page, open]) await one.close()
  })
})
