import { describe, expect, it } from 'vitest'
import { SignalingError } from '../../../src/common/errors.js'
import { digestOf } from '../../../src/common/token.js'
import { Access } from '../../../src/server/access/access.js'
import { createApp } from '../../../src/server/app.js'
import { FakeEngine } from './fake-engine.js'

const SDP = 'application/sdp'
const TRICKLE = 'application/trickle-ice-sdpfrag'

function setUp(...names: string[]) {
  const engine = new FakeEngine('cam', ...names)
  const app = createApp(engine)
  const post = (path: string, body: string | Uint8Array<ArrayBuffer> = 'v=0\r\n', type: string = SDP) =>
    app.request(path, { method: 'POST', body, headers: { 'content-type': type } })
  return { engine, app, post }
}

async function detail(response: Response): Promise<string> {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const body = (await response.json()) as { detail: string; status: number; error: string; title: string }
  expect(body.status).toBe(response.status)
  expect(body.error).toBe(body.detail)
  expect(body.title).not.toBe('')
  return body.detail
}

describe('the WHEP endpoint', () => {
  it('answers an offer with 201, a session and an entity tag', async () => {
    const { engine, post } = setUp()
    const response = await post('/whep/cam', 'v=0\r\noffer')
    expect(response.status).toBe(201)
    expect(response.headers.get('content-type')).toBe(SDP)
    expect(response.headers.get('etag')).toMatch(/^"[\w-]{22}"$/)
    expect(await response.text()).toBe('v=0\r\n')
    expect(engine.offers).toEqual([{ track: 'cam', offer: 'v=0\r\noffer', options: {} }])
  })

  it.each([
    ['Bearer abc.-_~+/9==', true],
    ['bearer  abc.-_~+/9== ', true],
    ['Bearer other', false],
    ['Basic YTpi', false],
    ['Bearer', false],
    ['Bearer abc.-_~+/9== b', false],
    ['Bearer "abc.-_~+/9=="', false],
  ])(
    'lets who shows %j control by the token of the track, and serves anybody',
    async (authorization, control) => {
      const engine = new FakeEngine('cam', 'other')
      const access = new Access()
      access.setTrackToken('cam', digestOf('abc.-_~+/9=='))
      const app = createApp(engine, { access })
      const headers = { 'content-type': SDP, authorization }
      for (const name of ['cam', 'other'])
        expect((await app.request(`/whep/${name}`, { method: 'POST', body: 'v=0', headers })).status).toBe(
          201,
        )
      expect(engine.offers.map(({ options }) => options?.control)).toEqual([control, undefined])
    },
  )

  it('names the session relative to its own URL, under any prefix', async () => {
    const { post } = setUp()
    const location = (await post('/whep/cam')).headers.get('location') ?? ''
    expect(new URL(location, 'http://h/whep/cam').pathname).toBe('/whep/sessions/secret-1')
    expect(new URL(location, 'http://h/a/b/whep/cam').pathname).toBe('/a/b/whep/sessions/secret-1')
  })

  it.each(['a b', 'a/b', 'ümläut 名', '100%', 'a%2Fb', 'sessions', '..'])(
    'finds the track %j',
    async (name) => {
      const { engine, post } = setUp(name)
      const path = name === '..' ? '/whep/%2e%2e%00' : `/whep/${encodeURIComponent(name)}`
      const response = await post(path)
      if (name === '..') expect(response.status).toBe(404)
      else expect(engine.offers[0]?.track).toBe(name)
    },
  )

  it('refuses a malformed escape with 400', async () => {
    const { post } = setUp()
    for (const path of ['/whep/%', '/whep/%ff', '/whep/a%2', '/whep/%zz']) {
      const response = await post(path)
      expect(response.status, path).toBe(400)
      expect(await detail(response)).toContain('percent-encoding')
    }
  })

  it('takes a content type with parameters and in capitals, and nothing else', async () => {
    const { post } = setUp()
    expect((await post('/whep/cam', 'v=0', 'Application/SDP; charset=utf-8')).status).toBe(201)
    for (const type of ['text/plain', 'application/json', 'application/sdpx', TRICKLE]) {
      const response = await post('/whep/cam', 'v=0', type)
      expect(response.status).toBe(415)
      expect(await detail(response)).toContain(SDP)
    }
  })

  it('limits the body to 128 KiB, whether or not it says how long it is', async () => {
    const { app, post } = setUp()
    expect((await post('/whep/cam', 'x'.repeat(128 * 1024))).status).toBe(201)
    expect((await post('/whep/cam', 'x'.repeat(128 * 1024 + 1))).status).toBe(413)
    let sent = 0
    const endless = new ReadableStream({
      pull(controller) {
        sent += 1024
        controller.enqueue(new Uint8Array(1024))
      },
    })
    const init = { method: 'POST', body: endless, duplex: 'half', headers: { 'content-type': SDP } }
    expect((await app.request('/whep/cam', init as RequestInit)).status).toBe(413)
    expect(sent).toBeLessThan(200 * 1024)
  })

  it('refuses a body that is not UTF-8, and one that breaks off', async () => {
    const { app, post } = setUp()
    expect((await post('/whep/cam', new Uint8Array([0x76, 0xff]))).status).toBe(400)
    const broken = new ReadableStream({ start: (controller) => controller.error(new Error('gone')) })
    const init = { method: 'POST', body: broken, duplex: 'half', headers: { 'content-type': SDP } }
    expect((await app.request('/whep/cam', init as RequestInit)).status).toBe(400)
  })

  it('lets a viewer only watch, whatever the rule for control, and knows no other wish', async () => {
    const { engine, post } = setUp()
    expect((await post('/whep/cam?control=off')).status).toBe(201)
    expect((await post('/whep/cam')).status).toBe(201)
    expect(engine.offers.map(({ options }) => options?.control)).toEqual([false, undefined])
    const response = await post('/whep/cam?control=on')
    expect(response.status).toBe(400)
    expect(await detail(response)).toBe('control: expected off, or nothing, got "on"')
  })

  it('passes the wish for a codec on, and names what it knows', async () => {
    const { engine, post } = setUp()
    expect((await post('/whep/cam?codec=vp8')).status).toBe(201)
    expect((await post('/whep/cam?codec=H264')).status).toBe(201)
    expect(engine.offers.map(({ options }) => options?.codecs)).toEqual([['vp8'], ['h264']])
    const response = await post('/whep/cam?codec=av1')
    expect(response.status).toBe(400)
    expect(await detail(response)).toBe('codec: expected h264 or vp8, got "av1"')
  })

  it('passes the status and headers of a refusal on', async () => {
    const { engine, post } = setUp()
    expect((await post('/whep/nothing')).status).toBe(404)
    engine.failure = new SignalingError(503, 'full', { 'Retry-After': '5' })
    const response = await post('/whep/cam')
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await detail(response)).toBe('full')
  })

  it('answers OPTIONS, GET and HEAD, and 405 with Allow to the rest', async () => {
    const { app } = setUp()
    const options = await app.request('/whep/cam', { method: 'OPTIONS' })
    expect(options.status).toBe(204)
    expect(options.headers.get('accept-post')).toBe(SDP)
    expect(options.headers.has('access-control-allow-origin')).toBe(false)
    expect((await app.request('/whep/cam')).status).toBe(204)
    expect((await app.request('/whep/cam', { method: 'HEAD' })).status).toBe(204)
    expect((await app.request('/whep/nothing')).status).toBe(404)
    for (const method of ['PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
      const response = await app.request('/whep/cam', { method })
      expect(response.status, method).toBe(405)
      expect(response.headers.get('allow')).toBe('GET, POST, HEAD, OPTIONS')
    }
  })
})

describe('the resource of a session', () => {
  async function open() {
    const { engine, app, post } = setUp()
    const response = await post('/whep/cam')
    const url = new URL(response.headers.get('location') ?? '', 'http://localhost/whep/cam').pathname
    const etag = response.headers.get('etag') ?? ''
    const patch = (headers: Record<string, string>, body = 'a=end-of-candidates\r\n') =>
      app.request(url, { method: 'PATCH', body, headers: { 'content-type': TRICKLE, ...headers } })
    return { engine, app, url, etag, patch }
  }

  it('ends with DELETE, once', async () => {
    const { engine, app, url } = await open()
    expect((await app.request(url, { method: 'HEAD' })).status).toBe(204)
    expect((await app.request(url, { method: 'DELETE' })).status).toBe(200)
    expect(engine.sessions.size).toBe(0)
    expect((await app.request(url, { method: 'DELETE' })).status).toBe(404)
    expect((await app.request(url, { method: 'HEAD' })).status).toBe(404)
  })

  it('takes candidates for the entity tag that it gave', async () => {
    const { engine, etag, patch } = await open()
    expect((await patch({ 'if-match': etag })).status).toBe(204)
    expect((await patch({ 'if-match': `"other", ${etag}` })).status).toBe(204)
    expect((await patch({ 'if-match': '*' })).status).toBe(204)
    expect(engine.fragments).toHaveLength(3)
  })

  it('wants If-Match (428), and the right one (412)', async () => {
    const { engine, etag, patch } = await open()
    expect((await patch({})).status).toBe(428)
    expect((await patch({ 'if-match': '"other"' })).status).toBe(412)
    expect((await patch({ 'if-match': `W/${etag}` })).status).toBe(412)
    expect(engine.fragments).toHaveLength(0)
  })

  it('says what it cannot do', async () => {
    const { app, url, patch, etag } = await open()
    expect((await patch({ 'content-type': 'application/json' })).status).toBe(415)
    expect((await patch({ 'if-match': etag }, 'restart')).status).toBe(422)
    expect((await patch({ 'if-match': etag }, 'x'.repeat(200_000))).status).toBe(413)
    expect((await app.request(url, { method: 'POST' })).status).toBe(405)
    expect((await app.request('/whep/sessions/%ff', { method: 'DELETE' })).status).toBe(400)
    expect((await app.request('/whep/sessions/guess', { method: 'PATCH' })).status).toBe(404)
    const options = await app.request(url, { method: 'OPTIONS' })
    expect(options.status).toBe(204)
    expect(options.headers.get('accept-patch')).toBe(TRICKLE)
  })
})
