import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AppOptions, createApp } from '../../../src/server/app.js'
import { FakeEngine } from './fake-engine.js'

let root: string
let viewerDirectory: string

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'pixelcast-server-'))
  const viewer = join(root, 'viewer')
  viewerDirectory = viewer
  mkdirSync(join(viewer, 'pages'), { recursive: true })
  writeFileSync(join(root, 'secret.js'), 'secret')
  writeFileSync(join(viewer, 'pixelcast-view.js'), 'export {}')
  writeFileSync(join(viewer, 'notes.txt'), 'not for serving')
  writeFileSync(
    join(viewer, 'pages', 'index.html'),
    '<title>pixelcast</title><h1 id="a">pixelcast</h1><h1>two</h1>',
  )
  writeFileSync(join(viewer, 'pages', 'view.html'), '<title>view</title>')
})
afterAll(() => rmSync(root, { recursive: true }))

function setUp(options: AppOptions = {}) {
  const engine = new FakeEngine('cam', 'a b/ü')
  return { engine, app: createApp(engine, { viewerDirectory, ...options }) }
}

describe('tracks, snapshots and health', () => {
  it('lists the tracks', async () => {
    const { app } = setUp()
    const response = await app.request('/tracks')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    const { tracks } = (await response.json()) as { tracks: { name: string }[] }
    expect(tracks.map(({ name }) => name)).toEqual(['cam', 'a b/ü'])
  })

  it('gives the last image', async () => {
    const { app, engine } = setUp()
    for (const [path, type] of [
      ['/tracks/cam/snapshot.png', 'image/png'],
      [`/tracks/${encodeURIComponent('a b/ü')}/snapshot.jpg?v=3`, 'image/jpeg'],
    ] as const) {
      const response = await app.request(path)
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe(type)
      expect(response.headers.get('content-length')).toBe('3')
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(engine.image)
    }
    const head = await app.request('/tracks/cam/snapshot.png', { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect((await app.request('/tracks/cam/snapshot.gif')).status).toBe(404)
    expect((await app.request('/tracks/dog/snapshot.png')).status).toBe(404)
    engine.image = undefined
    const none = await app.request('/tracks/cam/snapshot.png')
    expect(none.status).toBe(404)
    expect(await none.text()).toContain('no image yet')
  })

  it('says how it is', async () => {
    const { app } = setUp()
    const health = (await (await app.request('/healthz')).json()) as Record<string, unknown>
    expect(health).toEqual({ status: 'ok', tracks: 2, viewers: 4, uptime: expect.any(Number) })
  })

  it('answers 404 and 405 as problems', async () => {
    const { app } = setUp()
    const missing = await app.request('/no/such')
    expect(missing.status).toBe(404)
    expect(missing.headers.get('content-type')).toBe('application/problem+json')
    const posted = await app.request('/tracks', { method: 'POST' })
    expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
  })

  it('answers in plain text to someone who opened the address in a browser', async () => {
    const { app } = setUp()
    const response = await app.request('/no/such', { headers: { accept: 'text/html,*/*;q=0.8' } })
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    expect(await response.text()).toBe('404 Not Found\n\nthere is nothing at /no/such\n')
  })

  it('answers 500 to the unexpected, reports it, and shows none of it', async () => {
    const reported: unknown[] = []
    const { app, engine } = setUp({ onError: (error) => reported.push(error) })
    engine.failure = new Error('inner secret')
    const response = await app.request('/tracks')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret')
    expect(reported).toEqual([engine.failure])
    engine.failure = undefined
    expect((await app.request('/tracks')).status).toBe(200)
  })
})

describe('pages and assets', () => {
  it('serves the pages with a policy that allows nothing from elsewhere', async () => {
    const { app } = setUp()
    for (const path of ['/', '/view/cam', '/view/not%20there', '/view/a%20b%2F%C3%BC']) {
      const response = await app.request(path)
      expect(response.status, path).toBe(200)
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(response.headers.get('referrer-policy')).toBe('no-referrer')
    }
    expect((await app.request('/view/%ff')).status).toBe(400)
  })

  it('sets the title, as text', async () => {
    const { app } = setUp({ title: 'A <b> & $1' })
    expect(await (await app.request('/')).text()).toBe(
      '<title>A &lt;b&gt; &amp; $1</title><h1 id="a">A &lt;b&gt; &amp; $1</h1><h1>two</h1>',
    )
    expect(await (await app.request('/view/cam')).text()).toBe('<title>view</title>')
  })

  it('serves assets that the browser may keep and has to ask about', async () => {
    const { app } = setUp()
    const response = await app.request('/assets/pixelcast-view.js')
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(response.headers.get('cache-control')).toBe('no-cache')
    const etag = response.headers.get('etag') ?? ''
    const known = { headers: { 'if-none-match': `"x", W/${etag}` } }
    const again = await app.request('/assets/pixelcast-view.js', known)
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
    const changed = { headers: { 'if-none-match': '"x"' } }
    expect((await app.request('/assets/pixelcast-view.js', changed)).status).toBe(200)
  })

  it.each([
    '/assets/../secret.js',
    '/assets/..%2fsecret.js',
    '/assets/%2e%2e/secret.js',
    '/assets/%2e%2e%2fsecret.js',
    '/assets/pages/../../secret.js',
    '/assets/..\\secret.js',
    '/assets//etc/passwd',
    '/assets/pixelcast-view.js%00',
    '/assets/notes.txt',
    '/assets/pages',
    '/assets/',
    '/assets/__proto__',
  ])('does not serve %s', async (path) => {
    const { app } = setUp()
    const response = await app.request(path)
    expect(response.status).toBe(404)
    expect(await response.text()).not.toBe('secret')
  })

  it('answers 404 when the viewer was not built', async () => {
    const { app } = setUp({ viewerDirectory: '/nowhere/viewer' })
    expect((await app.request('/')).status).toBe(404)
  })
})

describe('other origins', () => {
  const preflight = (origin: string) => ({
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    },
  })

  it('get nothing by default', async () => {
    const { app } = setUp()
    const response = await app.request('/whep/cam', preflight('https://a.example'))
    expect(response.headers.has('access-control-allow-origin')).toBe(false)
    expect((await app.request('/tracks')).headers.get('cross-origin-resource-policy')).toBe('same-site')
  })

  it('may use WHEP when listed', async () => {
    const { app } = setUp({ cors: ['https://a.example'] })
    const response = await app.request('/whep/cam', preflight('https://a.example'))
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-origin')).toBe('https://a.example')
    expect(response.headers.get('access-control-allow-methods')).toContain('PATCH')
    expect(response.headers.get('access-control-allow-headers')).toContain('If-Match')
    expect(response.headers.get('accept-post')).toBe('application/sdp')
    const other = await app.request('/whep/cam', preflight('https://b.example'))
    expect(other.headers.has('access-control-allow-origin')).toBe(false)
    const question = await app.request('/whep/cam', { method: 'OPTIONS' })
    expect(question.headers.get('allow')).toContain('POST')
  })

  it('see Location, Link and ETag, also on errors', async () => {
    const { app } = setUp({ cors: '*' })
    const post = (type: string) =>
      app.request('/whep/cam', {
        method: 'POST',
        body: 'v=0',
        headers: { origin: 'https://a.example', 'content-type': type },
      })
    for (const response of [await post('application/sdp'), await post('text/plain')]) {
      expect(response.headers.get('access-control-allow-origin')).toBe('*')
      expect(response.headers.get('access-control-expose-headers')).toMatch(/Location.*Link.*ETag/)
      expect(response.headers.get('cross-origin-resource-policy')).toBe('cross-origin')
    }
  })
})

describe('the Host header', () => {
  const ask = async (options: AppOptions, host: string) => {
    const { app } = setUp(options)
    return app.request('/tracks', { headers: { host } })
  }

  it.each([
    '127.0.0.1',
    '127.0.0.1:8080',
    'localhost:8080',
    'LOCALHOST.',
    'cam.localhost',
    '[::1]:8080',
    '192.0.2.7:80',
  ])('on loopback may be %s', async (host) => {
    for (const bound of ['127.0.0.1', 'localhost', '::1'])
      expect((await ask({ host: bound }, host)).status).toBe(200)
  })

  it.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '',
    'evil.example#localhost',
  ])('on loopback may not be %j', async (host) => {
    const response = await ask({ host: '127.0.0.1' }, host)
    expect(response.status).toBe(403)
    expect(await response.text()).toContain('allowedHosts')
  })

  it('may be a name that was allowed', async () => {
    const options = { host: '127.0.0.1', allowedHosts: ['Cam.example'] }
    expect((await ask(options, 'cam.example:443')).status).toBe(200)
    expect((await ask(options, 'x.cam.example')).status).toBe(403)
    expect((await ask({ host: '127.0.0.1', allowedHosts: ['*'] }, 'any.example')).status).toBe(200)
  })

  it('may be anything when the server is there for others', async () => {
    expect((await ask({ host: '0.0.0.0' }, 'cam.example')).status).toBe(200)
    expect((await ask({}, 'cam.example')).status).toBe(200)
  })
})
