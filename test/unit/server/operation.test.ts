import { afterEach, describe, expect, it } from 'vitest'
import { type AppOptions, createApp, createMetricsApp } from '../../../src/server/app.js'
import { type AnsweredRequest, routeClass } from '../../../src/server/observe.js'
import { FakeEngine } from './fake-engine.js'

const TOKEN = 'metrics-token-1'
const page = { contentType: 'text/plain', render: async () => 'pixelcast_tracks 1\n' }
const engine = new FakeEngine('cam')
afterEach(() => {
  engine.state = { status: 'ready' }
})

function ask(path: string, options: AppOptions, headers: Record<string, string> = {}, forwarded = false) {
  const request = new Request(`http://127.0.0.1:8080${path}`, { headers })
  return Promise.resolve(createApp(engine, options).fetch(request, { forwarded }))
}

describe('GET /metrics', () => {
  const local = { host: '127.0.0.1', metrics: { page, token: undefined } }
  const open = { host: '0.0.0.0', metrics: { page, token: undefined } }
  const guarded = { host: '0.0.0.0', metrics: { page, token: TOKEN } }

  it.each<[string, number, AppOptions, Record<string, string>]>([
    ['is not there unless asked for', 404, { host: '127.0.0.1' }, {}],
    ['is open for programs of this machine', 200, local, {}],
    ['and for who opens it by hand', 200, local, { 'sec-fetch-site': 'none' }],
    ['not for pages of other sites', 403, local, { 'sec-fetch-site': 'cross-site' }],
    ['not for other origins', 403, local, { origin: 'https://evil.example' }],
    ['not for a name that was made to point here', 403, local, { host: 'evil.example' }],
    ['not through a proxy', 403, local, { 'x-forwarded-for': '203.0.113.1' }],
    ['not for other machines', 403, open, {}],
    ['wants the token', 401, guarded, {}],
    ['the right one', 401, guarded, { authorization: 'Bearer metrics-token-2' }],
    ['and takes it from anywhere', 200, guarded, { authorization: `Bearer ${TOKEN}`, via: '1.1 proxy' }],
  ])('%s', async (_, status, options, headers) => {
    const response = await ask('/metrics', options, headers)
    expect(response.status).toBe(status)
    expect((await response.text()).includes('pixelcast_tracks 1')).toBe(status === 200)
  })

  it('leaves it to an own web server who may ask, unless there is a token', async () => {
    expect((await ask('/metrics', { metrics: { page, token: undefined } }, {}, true)).status).toBe(200)
    expect((await ask('/metrics', { metrics: { page, token: TOKEN } }, {}, true)).status).toBe(401)
  })

  it('has a port of its own for whoever reaches it', async () => {
    const app = createMetricsApp(page, { host: '0.0.0.0', token: undefined })
    expect((await app.request('http://metrics.example/metrics')).status).toBe(200)
    expect((await app.request('http://metrics.example/tracks')).status).toBe(404)
  })
})

describe('GET /readyz', () => {
  it('is 200 while new sessions are taken, else 503 with the reason', async () => {
    const ready = await ask('/readyz', {})
    expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready' }])
    for (const status of ['draining', 'full', 'overloaded', 'closing'] as const) {
      engine.state = { status, detail: 'why' }
      const response = await ask('/readyz', {})
      expect([response.status, await response.json()]).toEqual([503, { status, detail: 'why' }])
    }
    expect((await ask('/healthz', {})).status).toBe(200)
  })
})

describe('what is told of requests', () => {
  it('is their class of route, never their path', async () => {
    const seen: AnsweredRequest[] = []
    const observer = { onRequest: (request: AnsweredRequest) => seen.push(request), wantsDetail: true }
    for (const path of ['/', '/view/x', '/tracks', '/whep/sessions/s3cret', '/nothing?token=s3cret'])
      await (await ask(path, { observer })).text()
    expect(seen.map(({ route, status }) => `${route} ${status}`)).toEqual([
      expect.stringMatching(/^page/),
      expect.stringMatching(/^page/),
      'tracks 200',
      'session 404',
      'other 404',
    ])
    expect(seen[3]?.detail).toContain('no such session')
  })

  it.each([
    ['/tracks/a/snapshot.png', 'snapshot'],
    ['/tracks/a/image', 'image'],
    ['/tracks/a/stream', 'stream'],
    ['/whep/a', 'whep'],
    ['/readyz', 'health'],
    ['/assets/x.js', 'asset'],
    ['/a/b/c', 'other'],
  ])('%s is of the class %s', (path, route) => expect(routeClass(path)).toBe(route))
})
