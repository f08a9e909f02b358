import { describe, expect, it } from 'vitest'
import { checkAccessOptions } from '../../../../src/host/access-options.js'
import { Access } from '../../../../src/server/access/access.js'
import { createApp, createIngestApp } from '../../../../src/server/app.js'
import { checkSender, checkTaken, type Way } from '../../../../src/server/ingest/guard.js'
import { FakeEngine } from '../fake-engine.js'
import { ingestAccess, SETTINGS, setUp } from './support.js'

const TOKEN = 'a-token.of~16+/=='
const ask = (headers: Record<string, string>, way: Way) => {
  try {
    checkSender(new Headers(headers), way)
    return 'taken'
  } catch (error) {
    return error as { status: number; message: string; headers: Record<string, string> }
  }
}

describe('a sender without a token', () => {
  it('may send to loopback, as a program of this machine does', () => {
    expect(
      ask({ 'user-agent': 'curl/7.88.1', accept: '*/*', 'content-type': 'multipart/form-data' }, 'loopback'),
    ).toBe('taken')
  })

  it.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    // also of the server's own origin: with DNS rebinding that is anybody's
    [{ origin: 'http://127.0.0.1:8080' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-origin' }],
  ])('is refused when it is a page: %j', (headers) => {
    expect(ask(headers, 'loopback')).toMatchObject({
      status: 403,
      message: expect.stringMatching(/^Origin: expected none, got .*only with a token/),
    })
  })

  it('is refused from elsewhere, and told what to do', () => {
    expect(ask({}, 'anywhere')).toMatchObject({
      status: 403,
      message: expect.stringMatching(/--ingest-token TOKEN; then send Authorization: Bearer TOKEN$/),
    })
  })

  it.each(['x-forwarded-for', 'forwarded', 'via'])('is refused behind a proxy: %s', (name) => {
    expect(ask({ [name]: 'x' }, 'loopback')).toMatchObject({ status: 403 })
  })

  it('may send through an own web server, whatever is in front of that; a page may not', () => {
    expect(ask({ 'x-forwarded-for': '192.0.2.1' }, 'own-server')).toBe('taken')
    expect(ask({ origin: 'https://evil.example' }, 'own-server')).toMatchObject({ status: 403 })
  })

  it('is refused when nobody asked for images', () => {
    expect(() => checkTaken(undefined)).toThrow(/ingest: true.*serve --ingest/)
  })
})

describe('a sender with a token', () => {
  const image = new Uint8Array(4 * 4)
  const path = 'cam/image?width=4&height=4&format=gray8'

  it.each([`Bearer ${TOKEN}`, `bearer ${TOKEN}`, `BEARER  ${TOKEN} `])(
    'may send from anywhere: %j',
    async (authorization) => {
      const { send } = setUp({}, '192.0.2.7', TOKEN)
      const headers = { authorization, origin: 'https://a.example', via: 'x' }
      expect((await send('PUT', path, image, headers)).status).toBe(204)
    },
  )

  it.each([
    [undefined, 'Bearer realm="pixelcast"'],
    ['', 'Bearer realm="pixelcast", error="invalid_token"'],
    ['Bearer', 'Bearer realm="pixelcast", error="invalid_token"'],
    [`Bearer ${TOKEN}x`, 'Bearer realm="pixelcast", error="invalid_token"'],
    [`Bearer ${TOKEN.slice(0, -1)}`, 'Bearer realm="pixelcast", error="invalid_token"'],
    [`Bearer ${TOKEN.toUpperCase()}`, 'Bearer realm="pixelcast", error="invalid_token"'],
    [`Basic ${TOKEN}`, 'Bearer realm="pixelcast", error="invalid_token"'],
    [TOKEN, 'Bearer realm="pixelcast", error="invalid_token"'],
  ])('has to show it, also on loopback: %j', async (authorization, challenge) => {
    const { send, tracks } = setUp({}, '127.0.0.1', TOKEN)
    const answer = await send('PUT', path, image, authorization === undefined ? {} : { authorization })
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([401, challenge])
    expect(JSON.stringify(answer.json)).not.toContain(TOKEN)
    expect(tracks.take('cam')).toBeUndefined()
  })
})

describe('a page of another origin, where the application decides by what comes along', () => {
  const image = new Uint8Array(4 * 4)
  const path = '/tracks/cam/image?width=4&height=4&format=gray8'
  const settings = checkAccessOptions({
    access: { authorize: () => true },
    isPublic: false,
    ingestToken: undefined,
  })
  const setUpAsked = () => {
    const asked: (string | undefined)[] = []
    const access = new Access(settings, async ({ request, tracks }) => {
      asked.push(request.token)
      return tracks.map(() => true)
    })
    const app = createIngestApp({ ingest: { settings: SETTINGS, gate: setUp().tracks } }, access)
    const put = (headers: Record<string, string>) =>
      app.request(`http://h:8080${path}`, {
        method: 'PUT',
        body: image,
        headers: { host: 'h:8080', 'content-length': `${image.length}`, ...headers },
      })
    return { asked, put }
  }

  it.each<Record<string, string>>([
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example', authorization: 'Basic YTpi' },
  ])('is refused before it is asked: %j', async (headers) => {
    const { asked, put } = setUpAsked()
    const answer = await put(headers)
    expect([answer.status, asked]).toEqual([403, []])
    expect(await answer.text()).toContain('Origin: expected none')
  })

  it('is asked about with a token; as programs and own pages are without', async () => {
    const { asked, put } = setUpAsked()
    for (const headers of [
      { origin: 'https://a.example', authorization: 'Bearer of-a-page' },
      {},
      { origin: 'http://h:8080' },
      { 'sec-fetch-site': 'same-origin' },
    ] as Record<string, string>[]) {
      const answer = await put(headers)
      expect([answer.status, await answer.text()], JSON.stringify(headers)).toEqual([204, ''])
    }
    expect(asked).toEqual(['of-a-page', undefined, undefined, undefined])
  })
})

describe('over the app', () => {
  const image = new Uint8Array(4 * 4)
  const path = 'cam/image?width=4&height=4&format=gray8'

  it('nothing is taken unless it was asked for', async () => {
    const app = createApp(new FakeEngine('cam'), { host: '127.0.0.1' })
    for (const [method, name] of [
      ['PUT', 'image'],
      ['POST', 'stream'],
    ] as const) {
      const response = await app.request(`/tracks/cam/${name}`, {
        method,
        body: image,
        headers: { host: 'localhost' },
      })
      expect(response.status).toBe(403)
      expect(await response.text()).toContain('createServer({ ingest: true })')
    }
  })

  it('a foreign name in Host is refused on loopback', async () => {
    const { send, tracks } = setUp()
    expect((await send('PUT', path, image, { host: 'evil.example' })).status).toBe(403)
    expect(tracks.take('cam')).toBeUndefined()
    expect((await send('PUT', path, image)).status).toBe(204)
  })

  it('elsewhere than on loopback a token is needed', async () => {
    for (const host of ['0.0.0.0', '::', '192.0.2.7', 'cam.example']) {
      const { send } = setUp({}, host)
      expect((await send('PUT', path, image)).status, host).toBe(403)
      const open = setUp({}, host, TOKEN)
      expect((await open.send('PUT', path, image)).status).toBe(401)
      expect((await open.send('PUT', path, image, { authorization: `Bearer ${TOKEN}` })).status).toBe(204)
    }
  })

  it('pages of an allowed origin may PUT only when there is a token to show', async () => {
    for (const token of [undefined, TOKEN]) {
      const app = createApp(new FakeEngine('cam'), {
        cors: '*',
        ingest: { settings: SETTINGS, gate: setUp().tracks },
        access: ingestAccess(token),
      })
      const response = await app.request('/tracks/cam/image', {
        method: 'OPTIONS',
        headers: { origin: 'https://a.example', 'access-control-request-method': 'PUT' },
      })
      const methods = response.headers.get('access-control-allow-methods')?.split(',') ?? []
      expect(methods.includes('PUT')).toBe(token !== undefined)
    }
  })
})
