import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createApp } from '../../../src/server/app.js'
import {
  runSerialized,
  type SerializedRequest,
  serializeRequest,
  toNodeHandler,
  toResponse,
} from '../../../src/server/forward.js'
import { FakeEngine } from './fake-engine.js'

const SDP = { 'content-type': 'application/sdp' }

function setUp() {
  const engine = new FakeEngine('cam')
  const app = createApp(engine, { host: '127.0.0.1' })
  /** The whole way: to plain data, through structured clone, and back. */
  const fetchThrough = async (request: Request): Promise<Response> => {
    const serialized = await serializeRequest(request)
    if (serialized instanceof Response) return serialized
    return toResponse(structuredClone(await runSerialized(app, structuredClone(serialized))))
  }
  return { engine, app, fetchThrough }
}

describe('a request across threads', () => {
  it('arrives with its body, and so does the response', async () => {
    const { engine, fetchThrough } = setUp()
    const response = await fetchThrough(
      new Request('http://any.example/whep/cam?codec=vp8', { method: 'POST', headers: SDP, body: 'v=0 ü' }),
    )
    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe('../whep/sessions/secret-1')
    expect(await response.text()).toBe('v=0\r\n')
    expect(engine.offers[0]?.offer).toBe('v=0 ü')
  })

  it('may have any Host: that is for the server in front', async () => {
    const { fetchThrough } = setUp()
    const response = await fetchThrough(
      new Request('http://cam.example/tracks', { headers: { host: 'cam.example' } }),
    )
    expect(response.status).toBe(200)
  })

  it('keeps responses without a body without one', async () => {
    const { fetchThrough } = setUp()
    const options = await fetchThrough(new Request('http://h/whep/cam', { method: 'OPTIONS' }))
    expect([options.status, options.body]).toEqual([204, null])
    const head = await fetchThrough(new Request('http://h/tracks', { method: 'HEAD' }))
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('carries bytes', async () => {
    const { engine, fetchThrough } = setUp()
    engine.image = Uint8Array.from({ length: 256 }, (_, index) => index)
    const response = await fetchThrough(new Request('http://h/tracks/cam/snapshot.png'))
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(engine.image)
  })

  it('is refused with 413 before it travels', async () => {
    const request = new Request('http://h/whep/cam', { method: 'POST', headers: SDP, body: 'x'.repeat(11) })
    const refused = await serializeRequest(request, 10)
    expect(refused).toBeInstanceOf(Response)
    expect((refused as Response).status).toBe(413)
  })

  it('never rejects', async () => {
    const { app } = setUp()
    for (const bad of [
      { method: 'GET', url: 'not a url', headers: [] },
      { method: 'B AD', url: 'http://h/', headers: [] },
      { method: 'GET', url: 'http://h/', headers: [['b ad', 'x']] },
    ] satisfies SerializedRequest[])
      expect((await runSerialized(app, bad)).status).toBe(500)
    const used = new Request('http://h/', { method: 'POST', body: 'x' })
    await used.text()
    expect(await serializeRequest(used)).toBeInstanceOf(Response)
  })
})

describe('the handler for node:http and what is built on it', () => {
  const closers: (() => void)[] = []
  afterEach(() => {
    for (const close of closers.splice(0)) close()
  })

  async function serve(
    wrap: (
      request: IncomingMessage & Record<string, unknown>,
      response: ServerResponse,
      run: () => void,
    ) => void,
  ) {
    const { engine, fetchThrough } = setUp()
    const handler = toNodeHandler(fetchThrough)
    const server = createServer((request, response) =>
      wrap(request as IncomingMessage & Record<string, unknown>, response, () => handler(request, response)),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => {
      server.close()
      server.closeAllConnections()
    })
    return { engine, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }

  const post = (url: string, type = 'application/sdp') =>
    fetch(url, { method: 'POST', headers: { 'content-type': type }, body: 'v=0 offer' })

  /** As Express does it for `app.use('/cam', handler)`. */
  function mount(request: IncomingMessage & Record<string, unknown>, path: string): void {
    request.originalUrl = request.url
    const rest = (request.url ?? '').slice(path.length)
    request.url = rest.startsWith('/') ? rest : `/${rest}`
  }

  it('serves', async () => {
    const { engine, url } = await serve((_, __, run) => run())
    const response = await post(`${url}/whep/cam`)
    expect([response.status, await response.text()]).toEqual([201, 'v=0\r\n'])
    expect(engine.offers[0]?.offer).toBe('v=0 offer')
    expect((await fetch(`${url}/nothing`)).status).toBe(404)
  })

  it('works under a mount path', async () => {
    const { engine, url } = await serve((request, _, run) => {
      mount(request, '/deep/cam')
      run()
    })
    const response = await post(`${url}/deep/cam/whep/cam`)
    const session = new URL(response.headers.get('location') ?? '', response.url)
    expect(session.pathname).toBe('/deep/cam/whep/sessions/secret-1')
    expect((await fetch(session, { method: 'DELETE' })).status).toBe(200)
    expect(engine.sessions.size).toBe(0)
  })

  it('sends the index page to where its links work', async () => {
    const { url } = await serve((request, _, run) => {
      mount(request, '/deep/cam')
      run()
    })
    const response = await fetch(`${url}/deep/cam?x=1`, { redirect: 'manual' })
    expect(response.status).toBe(307)
    expect(new URL(response.headers.get('location') ?? '', response.url).href).toBe(`${url}/deep/cam/?x=1`)
  })

  it.each([
    ['text', (text: string) => text],
    ['bytes', (text: string) => Buffer.from(text)],
  ])('takes a body that a parser has turned into %s', async (_, parse) => {
    const { engine, url } = await serve(async (request, __, run) => {
      let text = ''
      for await (const chunk of request) text += chunk
      request.body = parse(text)
      run()
    })
    expect((await post(`${url}/whep/cam`)).status).toBe(201)
    expect(engine.offers[0]?.offer).toBe('v=0 offer')
  })

  it('says so when a parser has made something else of the body', async () => {
    const { url } = await serve(async (request, _, run) => {
      for await (const _chunk of request);
      request.body = {}
      run()
    })
    const response = await post(`${url}/whep/cam`)
    expect(response.status).toBe(500)
    expect(await response.text()).toContain('body parser')
    expect((await fetch(`${url}/tracks`)).status).toBe(200)
  })

  it('is not disturbed by a body that a parser left alone', async () => {
    const { url } = await serve((request, _, run) => {
      request.body = {}
      run()
    })
    expect((await post(`${url}/whep/cam`)).status).toBe(201)
  })

  it('answers 500 when the handler fails', async () => {
    const handler = toNodeHandler(() => Promise.reject(new Error('inner secret')))
    const server = createServer(handler)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closers.push(() => server.close())
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain('secret')
  })
})
