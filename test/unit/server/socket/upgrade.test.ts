import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { SOCKET_PROTOCOL } from '../../../../src/common/socket-protocol.js'
import { createApp } from '../../../../src/server/app.js'
import { listen } from '../../../../src/server/listen.js'
import { createUpgrade } from '../../../../src/server/socket/upgrade.js'
import { until } from '../../../support/wait.js'
import { FakeEngine } from '../fake-engine.js'
import { HANDSHAKE, open, request, start } from './socket-server.js'

const detail = async (response: Response) => ((await response.json()) as { detail: string }).detail

/** Sends a request as it is; what came back until the other side hung up, or said yes. */
async function raw(port: number, bytes: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
    if (received.startsWith('HTTP/1.1 101')) socket.destroy()
  })
  socket.on('error', () => {})
  socket.write(bytes)
  await Promise.race([once(socket, 'close'), sleep(3_000)])
  socket.destroy()
  return received
}

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])

describe('a session over a WebSocket', () => {
  it('is begun by a POST of JSON', async () => {
    const { engine, begin } = await start()
    const response = await begin(undefined, '?codec=vp8&control=off')
    expect(response.status).toBe(201)
    expect(response.headers.get('location')).toBe('../whep/sessions/secret-1')
    expect(response.headers.get('etag')).toMatch(/^"[\w-]+"$/)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(engine.socketRequests).toEqual([
      {
        track: 'cam',
        accepted: ['h264', 'vp8'],
        options: { codecs: ['vp8'], control: false, address: '127.0.0.1' },
      },
    ])
  })

  it.each([
    ['no JSON', '{', 400, 'not JSON'],
    ['no object', '[1]', 400, 'expected an object'],
    ['another transport', { transport: 'pigeon', codecs: ['vp8'] }, 400, 'transport: expected'],
    ['no codecs', { transport: 'websocket' }, 400, 'codecs: expected'],
    ['an empty list', { transport: 'websocket', codecs: [] }, 400, 'codecs: expected'],
    ['codecs that are none', { transport: 'websocket', codecs: [1] }, 400, 'codecs: expected'],
    ['codecs of others', { transport: 'websocket', codecs: ['av1', 'vp9'] }, 406, 'no common video codec'],
    ['a long body', JSON.stringify({ transport: 'x'.repeat(5_000) }), 413, 'longer than 4096'],
  ])('is not begun with %s', async (_, body, status, text) => {
    const { begin, engine } = await start()
    const response = await begin(body)
    expect(response.status).toBe(status)
    expect(await detail(response)).toContain(text)
    expect(engine.socketRequests).toEqual([])
  })

  it('is offered, and its address explains itself', async () => {
    const { url, session } = await start()
    expect((await fetch(`${url}/whep/cam`)).headers.get('accept-post')).toBe(
      'application/sdp, application/json',
    )
    const { path } = await session()
    const plain = await fetch(`${url}${path}`)
    expect(plain.status).toBe(426)
    expect(plain.headers.get('upgrade')).toBe('websocket')
    expect((await fetch(`${url}/whep/sessions/none/socket`)).status).toBe(404)
    expect((await fetch(`${url}${path}`, { method: 'POST' })).status).toBe(405)
  })

  it('takes one WebSocket, and messages go both ways', async () => {
    const { engine, session } = await start()
    const { id, socketUrl } = await session()
    const client = new WebSocket(socketUrl, SOCKET_PROTOCOL)
    await once(client, 'open')
    expect(client.protocol).toBe(SOCKET_PROTOCOL)
    expect(client.extensions).toBe('')
    const pipe = await until('the pipe', () => engine.pipes.get(id))
    const heard: unknown[] = []
    pipe.listen({
      onMessage: (text, size) => heard.push([text, size]),
      onClose: (reason) => heard.push(reason),
    })
    const received: unknown[] = []
    client.on('message', (data, isBinary) => received.push(isBinary ? data : String(data)))
    pipe.sendText('hello')
    pipe.sendBytes(Buffer.from('head '), Buffer.from('body'))
    client.send('one')
    client.send(Buffer.from('two'))
    await until('both', () => received.length === 2 && heard.length === 2)
    expect(received).toEqual(['hello', Buffer.from('head body')])
    expect(heard).toEqual([
      ['one', 3],
      [undefined, 3],
    ])

    const second = new WebSocket(socketUrl, SOCKET_PROTOCOL)
    second.on('error', () => {})
    const [, response] = await once(second, 'unexpected-response')
    expect(response.statusCode).toBe(409)
    second.terminate()

    client.close()
    await until('the end', () => heard.at(-1) === 'the viewer left')
    pipe.sendText('nobody hears this')
    pipe.close('twice')
  })

  it('ends when a message is too large, or no WebSocket message at all', async () => {
    const { engine, session } = await start()
    for (const spoil of [
      (client: WebSocket) => client.send('x'.repeat(70_000)),
      (client: WebSocket & { _socket?: { write(bytes: Buffer): void } }) =>
        client._socket?.write(Buffer.from([0xff, 0xff, 0xff, 0xff])),
    ]) {
      const { id, socketUrl } = await session()
      const client = new WebSocket(socketUrl, SOCKET_PROTOCOL)
      client.on('error', () => {})
      await once(client, 'open')
      let end: string | undefined
      engine.pipes.get(id)?.listen({
        onMessage: () => {},
        onClose: (reason) => {
          end = reason
        },
      })
      spoil(client)
      await until('the end', () => end !== undefined)
    }
  })

  it('goes over TLS as well', async () => {
    const engine = new FakeEngine('cam')
    const file = (name: string) =>
      fileURLToPath(new URL(`../../../fixtures/tls/${name}.pem`, import.meta.url))
    const listening = await listen(createApp(engine, { host: '127.0.0.1', sockets: true }), {
      host: '127.0.0.1',
      port: 0,
      tls: { certFile: file('first-cert'), keyFile: file('first-key') },
      upgrade: createUpgrade(engine, { host: '127.0.0.1' }),
    })
    open.push(listening)
    const { session } = engine.connectSocket('cam', ['vp8'])
    const client = new WebSocket(
      `wss://127.0.0.1:${listening.port}/whep/sessions/${session}/socket`,
      SOCKET_PROTOCOL,
      { rejectUnauthorized: false },
    )
    await once(client, 'open')
    engine.pipes.get(session)?.sendBytes(Buffer.from('head '), Buffer.from('body'))
    const [data] = await once(client, 'message')
    expect(String(data)).toBe('head body')
    client.terminate()
  })

  it('tells the client why it is closed', async () => {
    const { engine, session } = await start()
    const { id, socketUrl } = await session()
    const client = new WebSocket(socketUrl, SOCKET_PROTOCOL)
    await once(client, 'open')
    engine.pipes.get(id)?.close('ä'.repeat(200))
    const [code, reason] = await once(client, 'close')
    expect(code).toBe(1001)
    expect(String(reason)).toMatch(/^ä+/)
  })
})

describe('a request for an upgrade', () => {
  it.each([
    ['to a page', '/', {}, 404],
    ['to nowhere', '/whep/sessions/none/socket', {}, 404],
    ['to a session over WebRTC', '/whep/sessions/rtc/socket', {}, 409],
    ['with a bad escape', '/whep/sessions/%zz/socket', {}, 404],
    ['without the subprotocol', undefined, { 'Sec-WebSocket-Protocol': undefined }, 400],
    ['with another subprotocol', undefined, { 'Sec-WebSocket-Protocol': 'mqtt, pixelcast.2' }, 400],
    ['from another page', undefined, { Origin: 'http://evil.example' }, 403],
    ['from a page from nowhere', undefined, { Origin: 'null' }, 403],
    ['to another host', undefined, { Host: 'evil.example' }, 403],
    ['without a key', undefined, { 'Sec-WebSocket-Key': undefined }, 400],
    ['with a bad key', undefined, { 'Sec-WebSocket-Key': 'short' }, 400],
    ['of another version', undefined, { 'Sec-WebSocket-Version': '99' }, 400],
    ['as it should be', undefined, {}, 101],
    ['from its own page', undefined, { Origin: 'http://127.0.0.1' }, 101],
    ['from its own page, TLS ending before', undefined, { Origin: 'https://127.0.0.1' }, 101],
    ['through a proxy', undefined, { Origin: 'https://cam.example', 'X-Forwarded-Host': 'cam.example' }, 101],
    [
      'through another',
      undefined,
      { Origin: 'https://cam.example', Forwarded: 'for=1.2.3.4;host=cam.example' },
      101,
    ],
    ['from a page that may', undefined, { Origin: 'https://friend.example' }, 101],
  ])('%s', async (_, path, change, status) => {
    const { engine, port, session } = await start({ cors: ['https://friend.example'] })
    engine.sessions.add('rtc')
    const own = (await session()).path
    const answer = await raw(port, request(path ?? own, change))
    expect(statusOf(answer)).toBe(status)
    expect(answer).toContain(status === 101 ? `Sec-WebSocket-Protocol: ${SOCKET_PROTOCOL}` : '\r\n\r\n')
    if (status !== 101) expect(engine.awaited.size).toBe(1)
  })

  it('by another method is refused', async () => {
    const { port, session } = await start()
    expect(statusOf(await raw(port, request((await session()).path, {}, 'POST')))).toBe(405)
  })

  it('to another protocol is answered as if it were none', async () => {
    const { port, engine } = await start()
    const change = { Upgrade: 'h2c', Connection: 'close, Upgrade, HTTP2-Settings', 'HTTP2-Settings': '' }
    expect(statusOf(await raw(port, request('/healthz', change)))).toBe(200)
    const body = '{"transport":"websocket","codecs":["vp8"]}'
    const post = { ...change, 'Content-Type': 'application/json', 'Content-Length': String(body.length) }
    expect(statusOf(await raw(port, request('/whep/cam', post, 'POST') + body))).toBe(201)
    expect(engine.socketRequests).toHaveLength(1)
  })

  it('never does any harm, whatever it is', { timeout: 30_000 }, async () => {
    const { port, url, session } = await start()
    const { path } = await session()
    const text = fc
      .string({ unit: 'binary-ascii', maxLength: 40 })
      .map((value) => value.replace(/[\r\n]/g, ' '))
    const change = fc.dictionary(
      fc.constantFrom(...Object.keys(HANDSHAKE), 'Origin', 'Sec-WebSocket-Extensions'),
      text,
    )
    const tail = fc.uint8Array({ maxLength: 200 })
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(path, '/', `${path}/`, '//'),
        change,
        tail,
        async (at, headers, rest) => {
          const answer = await raw(
            port,
            Buffer.concat([Buffer.from(request(at, { Connection: 'Upgrade', ...headers })), rest]),
          )
          if (answer !== '') expect(statusOf(answer)).toBeGreaterThan(100)
        },
      ),
      { numRuns: 100 },
    )
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })
})
