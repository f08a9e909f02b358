import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkAccessOptions } from '../../../../src/host/access-options.js'
import { Access } from '../../../../src/server/access/access.js'
import { type AppOptions, createApp } from '../../../../src/server/app.js'
import { FakeEngine } from '../fake-engine.js'

const TOKEN = 'for-all-tracks'
const CAM = 'for-cam-alone'
let viewerDirectory: string

beforeAll(() => {
  viewerDirectory = mkdtempSync(join(tmpdir(), 'pixelcast-access-'))
  mkdirSync(join(viewerDirectory, 'pages'))
  for (const name of ['index', 'view'])
    writeFileSync(
      join(viewerDirectory, 'pages', `${name}.html`),
      `<html lang="en"><h1>pixelcast</h1>${name}</html>`,
    )
})
afterAll(() => rmSync(viewerDirectory, { recursive: true }))

function setUp(options: AppOptions = {}, isOpen = false) {
  const tokens = [
    { token: TOKEN, rights: ['control', 'publish'] as const },
    { token: CAM, tracks: ['cam'] },
  ]
  const access = new Access(
    checkAccessOptions({ access: isOpen ? undefined : { tokens }, isPublic: false, ingestToken: undefined }),
  )
  const engine = new FakeEngine('cam', 'dog')
  const app = createApp(engine, { viewerDirectory, title: 'My cameras', ...options, access })
  /** As a program does. */
  const ask = (path: string, token?: string, init: RequestInit & { headers?: Record<string, string> } = {}) =>
    app.request(`http://h:8080${path}`, {
      redirect: 'manual',
      ...init,
      headers: { host: 'h:8080', ...(token && { authorization: `Bearer ${token}` }), ...init.headers },
    })
  return { ask, engine, access }
}

const cookieOf = (response: Response) => response.headers.get('set-cookie')?.split(';')[0] ?? ''

describe('what is behind a token', () => {
  it.each([
    ['GET', '/tracks'],
    ['GET', '/tracks/cam/snapshot.png'],
    ['HEAD', '/tracks/cam/snapshot.jpg'],
    ['GET', '/whep/cam'],
    ['POST', '/whep/cam'],
    ['GET', '/'],
    ['GET', '/view/cam'],
    ['GET', '/access'],
    ['POST', '/access'],
    ['POST', '/access/tickets'],
  ])('%s %s', async (method, path) => {
    const { ask, engine } = setUp()
    const init = { method, ...(method === 'POST' && path.startsWith('/whep') && { body: 'v=0' }) }
    const type = { 'content-type': 'application/sdp' }
    for (const [token, status] of [
      [undefined, 401],
      ['another-token', 401],
    ] as const) {
      const answer = await ask(path, token, { ...init, headers: type })
      expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
        status,
        expect.stringMatching(/^Bearer realm="pixelcast"/),
      ])
    }
    expect(engine.offers).toEqual([])
    expect((await ask(path, TOKEN, { ...init, headers: type })).status).toBeLessThan(300)
  })

  it('is not health, assets, a preflight, or a session, whose address is a secret', async () => {
    const { ask, engine } = setUp({ cors: '*' })
    engine.sessions.add('secret')
    writeFileSync(join(viewerDirectory, 'a.js'), '')
    expect((await ask('/healthz')).status).toBe(200)
    expect((await ask('/whep/sessions/secret')).status).toBe(204)
    expect((await ask('/whep/cam', undefined, { method: 'OPTIONS' })).status).toBe(204)
  })

  it('is for a track what the token says, and whether there is such a track is not told', async () => {
    const { ask } = setUp()
    const { tracks } = (await (await ask('/tracks', CAM)).json()) as { tracks: { name: string }[] }
    expect(tracks.map(({ name }) => name)).toEqual(['cam'])
    for (const path of [
      '/whep/dog',
      '/whep/no-such',
      '/tracks/dog/snapshot.png',
      '/tracks/no-such/snapshot.png',
    ])
      expect((await ask(path, CAM)).status, path).toBe(403)
    expect((await ask('/whep/no-such', TOKEN)).status).toBe(404)
  })

  it('is who controls', async () => {
    const { ask, engine } = setUp()
    for (const token of [TOKEN, CAM])
      await ask('/whep/cam', token, {
        method: 'POST',
        body: 'v=0',
        headers: { 'content-type': 'application/sdp' },
      })
    expect(engine.offers.map(({ options }) => options?.control)).toEqual([undefined, false])
    // Counted by token, of which the engine sees nothing.
    expect(new Set(engine.offers.map(({ options }) => options?.holder)).size).toBe(2)
    expect(JSON.stringify(engine.offers)).not.toMatch(new RegExp(`${TOKEN}|${CAM}`))
  })

  it('is not counted by what nobody knows, where everybody may watch', async () => {
    const { ask, engine } = setUp({}, true)
    const headers = { 'content-type': 'application/sdp' }
    expect((await ask('/whep/cam', 'made-up-one', { method: 'POST', body: 'v=0', headers })).status).toBe(201)
    expect(engine.offers.map(({ options }) => options?.holder)).toEqual([undefined])
  })
})

describe('a page', () => {
  it('is the same without access, marked, not kept, and without the title', async () => {
    const { ask } = setUp()
    const first = await ask('/', TOKEN)
    expect(await first.text()).toContain('<h1>My cameras</h1>')
    const etag = first.headers.get('etag') ?? ''
    const closed = await ask('/', undefined, { headers: { 'if-none-match': etag } })
    expect([closed.status, closed.headers.get('cache-control'), closed.headers.get('etag')]).toEqual([
      401,
      'no-store',
      null,
    ])
    expect(await closed.text()).toBe('<html data-access="401" lang="en"><h1>pixelcast</h1>index</html>')
    const refused = await ask('/view/dog', CAM)
    expect([refused.status, await refused.text()]).toEqual([
      403,
      expect.stringContaining('data-access="403"'),
    ])
    for (const page of [first, closed, refused]) {
      expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'self'")
      expect(page.headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(page.headers.get('permissions-policy')).toContain('camera=()')
      expect(page.headers.get('referrer-policy')).toBe('no-referrer')
    }
  })

  it('is as ever where nothing is asked for', async () => {
    const { ask } = setUp({}, true)
    const page = await ask('/view/cam')
    expect([page.status, await page.text()]).toEqual([200, '<html lang="en"><h1>pixelcast</h1>view</html>'])
    expect(page.headers.get('cross-origin-resource-policy')).toBe('same-site')
    expect((await setUp().ask('/view/cam', TOKEN)).headers.get('cross-origin-resource-policy')).toBe(
      'same-origin',
    )
  })
})

describe('/access', () => {
  it('gives a cookie for a token, which counts until it is given back', async () => {
    const { ask } = setUp()
    const answer = await ask('/access', CAM, { method: 'POST' })
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([204, 'no-store'])
    expect(answer.headers.get('set-cookie')).toMatch(
      /^pixelcast-8080=[\w-]{43}; Max-Age=2592000; HttpOnly; SameSite=Strict$/,
    )
    const cookie = cookieOf(answer)
    expect((await ask('/access', undefined, { headers: { cookie } })).status).toBe(204)
    expect((await ask('/access?track=cam', undefined, { headers: { cookie } })).status).toBe(204)
    expect((await ask('/access?track=dog', undefined, { headers: { cookie } })).status).toBe(403)
    const gone = await ask('/access', undefined, { method: 'DELETE', headers: { cookie } })
    expect(gone.headers.get('set-cookie')).toContain('Max-Age=0')
    expect((await ask('/access', undefined, { headers: { cookie } })).status).toBe(401)
  })

  it.each(['POST', 'DELETE'])('%s is not for pages of another origin', async (method) => {
    const { ask } = setUp({ cors: '*' })
    for (const headers of [{ origin: 'http://h:8081' }, { 'sec-fetch-site': 'same-site' }]) {
      const answer = await ask('/access', TOKEN, { method, headers })
      expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null])
    }
  })

  it('does not let pages of allowed origins use a cookie', async () => {
    const { ask } = setUp({ cors: ['http://h:8081'] })
    const cookie = cookieOf(await ask('/access', TOKEN, { method: 'POST' }))
    const headers = { cookie, origin: 'http://h:8081', 'sec-fetch-site': 'same-site' }
    const answer = await ask('/tracks', undefined, { headers })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://h:8081')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
    expect((await ask('/tracks', TOKEN, { headers: { origin: 'http://h:8081' } })).status).toBe(200)
  })
})

describe('a ticket', () => {
  const make = async (ask: ReturnType<typeof setUp>['ask'], wish: unknown, token?: string) => {
    const answer = await ask('/access/tickets', token, { method: 'POST', body: JSON.stringify(wish) })
    return { status: answer.status, location: answer.headers.get('location'), body: await answer.json() }
  }

  it('is made by who has the right, and opens the page once', async () => {
    const { ask } = setUp()
    const { status, location, body } = await make(ask, { track: 'cam', lifetime: 60 }, TOKEN)
    const { ticket, url, expires } = body as { ticket: string; url: string; expires: string }
    expect([status, location]).toEqual([201, url])
    expect(url).toBe(`../view/cam?ticket=${ticket}`)
    expect(Date.parse(expires) - Date.now()).toBeGreaterThan(0)
    const page = `/view/cam?stats=&ticket=${ticket}`
    // Looking ahead does not use it up.
    expect((await ask(page, undefined, { method: 'HEAD' })).status).toBe(401)
    const detour = await ask(page)
    const to = detour.headers.get('location') ?? ''
    expect([detour.status, to]).toEqual([303, `../access?ticket=${ticket}&to=view%2Fcam%3Fstats%3D`])
    expect((await ask(to.slice(2), undefined, { method: 'HEAD' })).status).toBe(401)
    expect((await ask(to.slice(2), undefined, { headers: { 'sec-purpose': 'prefetch' } })).status).toBe(503)
    const back = await ask(to.slice(2))
    expect([back.status, back.headers.get('location')]).toEqual([303, './view/cam?stats='])
    for (const answer of [detour, back]) {
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
    }
    const cookie = cookieOf(back)
    expect(cookie).toMatch(/^pixelcast-8080-[0-9a-f]{8}=/)
    expect((await ask('/view/cam', undefined, { headers: { cookie } })).status).toBe(200)
    expect((await ask('/whep/dog', undefined, { headers: { cookie } })).status).toBe(403)
    expect((await ask(page)).status).toBe(401)
    const used = await ask(to.slice(2))
    expect([used.status, await used.text()]).toEqual([
      401,
      expect.stringContaining('used before, or has expired'),
    ])
  })

  it('counts also in a browser that was given many: the newest do, and all of them end', async () => {
    const { ask, access } = setUp()
    const cookies: string[] = []
    for (let i = 0; i < 30; i++) {
      const track = i === 29 ? 'dog' : 'cam'
      const { ticket } = access.tickets.create({ track, rights: ['view'], lifetime: 60 })
      cookies.push(cookieOf(await ask(`/access?ticket=${ticket}&to=view/${track}`)))
    }
    // Those of other servers and those that have ended do not take up the room either.
    const noise = Array.from({ length: 30 }, (_, i) => `pixelcast-${i}=elsewhere; pixelcast-8080-${i}=dead`)
    const headers = { cookie: [...cookies, ...noise].join('; ') }
    expect((await ask('/access?track=dog', undefined, { headers })).status).toBe(204)
    const { ticket } = access.tickets.create({ track: 'dog', rights: ['view'], lifetime: 60 })
    const next = await ask(`/access?ticket=${ticket}&to=`, undefined, { headers })
    const set = next.headers.getSetCookie()
    expect(set.length).toBe(21)
    expect(set.slice(0, -1).every((one) => /^pixelcast-8080-\d+=; Max-Age=0/.test(one))).toBe(true)
    expect(set.at(-1)).toMatch(/^pixelcast-8080-[0-9a-f]{8}=[\w-]{43}; Max-Age=/)
    // Good ones that are too many to count are taken away too, the oldest: of 30 and this one 20 are left.
    const more = access.tickets.create({ track: 'dog', rights: ['view'], lifetime: 60 }).ticket
    const full = await ask(`/access?ticket=${more}&to=`, undefined, {
      headers: { cookie: cookies.join('; ') },
    })
    const gone = full.headers.getSetCookie().slice(0, -1)
    expect(gone.map((one) => one.split('=')[0]).sort()).toEqual(
      cookies
        .slice(0, 11)
        .map((one) => one.split('=')[0])
        .sort(),
    )
    await ask('/access', undefined, { method: 'DELETE', headers })
    for (const cookie of cookies)
      expect((await ask('/access', undefined, { headers: { cookie } })).status).toBe(401)
  })

  it('leads to a page of this server, and nowhere else', async () => {
    const { ask, access } = setUp()
    const { ticket } = access.tickets.create({ track: undefined, rights: ['view'], lifetime: 60 })
    for (const to of [
      '//evil.example',
      'https://evil.example',
      '../x',
      'view/../../x',
      'access',
      '/',
      'view/a\\b',
    ])
      expect((await ask(`/access?ticket=${ticket}&to=${encodeURIComponent(to)}`)).status, to).toBe(400)
    expect((await ask(`/access?ticket=${ticket}`)).headers.get('location')).toBe('./')
  })

  it('is not made by who has not the right, nor of a bad wish', async () => {
    const { ask } = setUp()
    expect((await make(ask, {})).status).toBe(401)
    expect((await make(ask, { track: 'dog' }, CAM)).status).toBe(403)
    expect((await make(ask, { rights: ['control'] }, CAM)).status).toBe(403)
    expect((await make(ask, { track: 'cam', rights: ['control'] }, CAM)).status).toBe(403)
    expect((await make(ask, undefined, CAM)).status).toBe(201)
    for (const [wish, message] of [
      [{ lifetime: 86_401 }, 'lifetime: expected whole seconds from 1 to 86400, got 86401'],
      [{ rights: [] }, 'rights: expected a list of view, control, publish'],
      [{ rights: ['see'] }, 'rights: expected a list'],
      [{ track: '' }, 'track name: expected'],
      [{ tracks: ['a'] }, 'tracks: expected one of the options track, rights, lifetime'],
      [[], 'options: expected an object'],
    ] as const)
      expect(await make(ask, wish, TOKEN)).toMatchObject({
        status: 400,
        body: { detail: expect.stringContaining(message) },
      })
    const broken = await ask('/access/tickets', TOKEN, { method: 'POST', body: '{' })
    expect([broken.status, await broken.text()]).toEqual([400, expect.stringContaining('expected JSON')])
    expect((await ask('/access/tickets', TOKEN, { method: 'POST', body: ' '.repeat(5000) })).status).toBe(413)
  })

  it('of a page with a cookie is made by its own pages alone', async () => {
    const { ask } = setUp()
    const cookie = cookieOf(await ask('/access', TOKEN, { method: 'POST' }))
    const post = (headers: Record<string, string>) =>
      ask('/access/tickets', undefined, { method: 'POST', headers: { cookie, ...headers } })
    expect((await post({ origin: 'http://h:8080' })).status).toBe(201)
    expect((await post({ origin: 'http://h:8081' })).status).toBe(401)
    expect((await post({})).status).toBe(401)
  })
})
