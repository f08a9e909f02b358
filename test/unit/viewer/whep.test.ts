import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { postOffer, sessionExists, WhepError } from '../../../src/viewer/whep.js'

let server: Server
let endpoint: string
let seen: IncomingMessage[]
let reply: { status: number; headers?: Record<string, string>; body?: string }

beforeEach(async () => {
  seen = []
  reply = { status: 201, headers: { Location: '../sessions/abc' }, body: 'v=0\r\n' }
  server = createServer((request, response) => {
    seen.push(request)
    response.writeHead(reply.status, reply.headers).end(reply.body)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cams/whep/front`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const signal = new AbortController().signal

async function refused(): Promise<WhepError> {
  const error = await postOffer(endpoint, 'v=0', { signal }).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(WhepError)
  return error as WhepError
}

describe('postOffer', () => {
  it('sends the offer with its token and resolves the address of the session', async () => {
    const answer = await postOffer(endpoint, 'v=0', { token: 'secret', signal })
    expect(answer).toEqual({
      sdp: 'v=0\r\n',
      iceServers: [],
      session: new URL('../sessions/abc', endpoint).href,
    })
    expect(seen[0]?.headers).toMatchObject({
      'content-type': 'application/sdp',
      authorization: 'Bearer secret',
    })
  })

  it('does without a session address', async () => {
    reply = { status: 201, body: 'v=0\r\n' }
    expect((await postOffer(endpoint, 'v=0', { signal })).session).toBeUndefined()
  })

  it.each([
    [401, true],
    [403, true],
    [406, true],
    [409, false],
    [429, false],
    [500, false],
    [503, false],
  ])('status %i is final: %s', async (status, fatal) => {
    reply = { status }
    expect(await refused()).toMatchObject({ kind: 'refused', fatal })
  })

  it('takes a track that is not there for one that will be', async () => {
    reply = { status: 404, body: '{"error":"there is no track \\"front\\""}' }
    expect(await refused()).toMatchObject({ kind: 'absent', fatal: false })
  })

  it('waits as long as the server says, a minute at most', async () => {
    reply = { status: 503, headers: { 'Retry-After': '7' } }
    expect((await refused()).retryAfter).toBe(7_000)
    reply = { status: 503, headers: { 'Retry-After': '86400' } }
    expect((await refused()).retryAfter).toBe(60_000)
    reply = { status: 503, headers: { 'Retry-After': 'Wed, 21 Oct 2026 07:28:00 GMT' } }
    expect((await refused()).retryAfter).toBeUndefined()
  })

  it('passes on what the server says, and nothing of an HTML page', async () => {
    reply = { status: 406, body: '{"error":"no common codec"}' }
    expect((await refused()).message).toBe('no common codec')
    reply = { status: 406, body: 'no common codec\n' }
    expect((await refused()).message).toBe('no common codec')
    reply = { status: 502, body: '<html><h1>Bad gateway</h1></html>' }
    expect((await refused()).message).toBe('The server answered 502')
    reply = { status: 200, body: '<!doctype html>' }
    expect((await refused()).message).toMatch(/not a session description/)
  })

  it('tells a server that is not there from one that refuses', async () => {
    server.close()
    server.closeAllConnections()
    expect(await refused()).toMatchObject({ kind: 'absent', fatal: false })
  })
})

describe('sessionExists', () => {
  it('is false only when the server says so, or nobody answers', async () => {
    const session = new URL('../sessions/abc', endpoint).href
    for (const [status, exists] of [
      [200, true],
      [405, true],
      [404, false],
      [410, false],
    ] as const) {
      reply = { status }
      expect(await sessionExists(session, endpoint, undefined, signal)).toBe(exists)
    }
    server.close()
    server.closeAllConnections()
    expect(await sessionExists(session, endpoint, undefined, signal)).toBe(false)
  })

  it('keeps the token from another host', async () => {
    const port = Number(new URL(endpoint).port)
    reply = { status: 200 }
    await sessionExists(`http://127.0.0.1:${port}/s`, 'http://elsewhere.test/whep/a', 'secret', signal)
    expect(seen[0]?.headers.authorization).toBeUndefined()
    await sessionExists(`http://127.0.0.1:${port}/s`, endpoint, 'secret', signal)
    expect(seen[1]?.headers.authorization).toBe('Bearer secret')
  })
})
