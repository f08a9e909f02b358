import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { ListenError } from '../../../src/common/errors.js'
import { createApp } from '../../../src/server/app.js'
import { type Listening, listen } from '../../../src/server/listen.js'
import { FakeEngine } from './fake-engine.js'

const open: Listening[] = []
afterEach(async () => {
  for (const listening of open.splice(0)) await listening.close()
})

async function start(port = 0): Promise<Listening & { url: string; engine: FakeEngine }> {
  const engine = new FakeEngine('cam')
  const listening = await listen(createApp(engine, { host: '127.0.0.1' }), { host: '127.0.0.1', port })
  open.push(listening)
  return { ...listening, url: `http://127.0.0.1:${listening.port}`, engine }
}

/** Sends bytes as they are; what came back when the other side hung up. */
async function sendRaw(port: number, bytes: string | Buffer, wait = 3_000): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  socket.write(bytes)
  await Promise.race([once(socket, 'close'), sleep(wait)])
  socket.destroy()
  return received
}

describe('listen', () => {
  it('takes a free port and answers', async () => {
    const { url } = await start()
    const response = await fetch(`${url}/healthz`)
    expect(response.status).toBe(200)
    await response.text()
  })

  it.each(['127.0.0.0.1', 'a b', '[::1', 'x:99999'])(
    'answers the Host %s with 400, not with a fault of its own',
    async (host) => {
      const { port } = await start()
      const answer = await sendRaw(
        port,
        `GET /healthz HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      )
      expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    },
  )

  it('says what to do about a taken port', async () => {
    const { port } = await start()
    const error = await start(port).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ListenError)
    expect(String(error)).toContain(`port ${port} on 127.0.0.1 is taken`)
  })

  it('says what to do about an address of another machine, or none', async () => {
    const app = createApp(new FakeEngine())
    await expect(listen(app, { host: '192.0.2.77', port: 0 })).rejects.toThrow('this machine has no address')
    await expect(listen(app, { host: 'no.such.invalid', port: 0 })).rejects.toThrow(ListenError)
  })

  it('closes at once, with connections that are kept alive or half sent', async () => {
    const { port, url, close } = await start()
    await (await fetch(`${url}/healthz`)).text()
    const idle = connect(port, '127.0.0.1')
    idle.on('error', () => {})
    idle.write('POST /whep/cam HTTP/1.1\r\nHost: localhost\r\n')
    await once(idle, 'connect')
    await sleep(50)
    const gone = once(idle, 'close')
    await Promise.all([close(), close(), gone])
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  })

  it('leaves the global Request and Response alone', async () => {
    const { Request: before, Response: after } = globalThis
    const { url } = await start()
    await (await fetch(`${url}/healthz`)).text()
    expect(globalThis.Request).toBe(before)
    expect(globalThis.Response).toBe(after)
  })
})

describe('over a socket', () => {
  it.each([
    ['nonsense', 'hello\r\n\r\n', /^HTTP\/1\.1 400/],
    ['binary', Buffer.from([0, 255, 1, 254, 13, 10, 13, 10]), /^HTTP\/1\.1 400/],
    ['a bad version', 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n', /^HTTP\/1\.1 400/],
    ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400/],
    [
      'an unusable Host',
      'GET /healthz HTTP/1.1\r\nHost: a b[\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 400/,
    ],
    ['HTTP/1.0 without Host', 'GET /healthz HTTP/1.0\r\n\r\n', /^HTTP\/1\.1 200/],
    [
      'a foreign Host',
      'GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 403/,
    ],
    [
      'an absolute URL that says something else than Host',
      'GET http://localhost/healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 403/,
    ],
    ['endless headers', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(100_000)}`, /^HTTP\/1\.1 431/],
    [
      'two lengths',
      'POST /whep/cam HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
      /^HTTP\/1\.1 400/,
    ],
    [
      'a length and chunks',
      'POST /whep/cam HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      /^HTTP\/1\.1 400/,
    ],
    [
      'a bad chunk',
      'POST /whep/cam HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      /^HTTP\/1\.1 400/,
    ],
    ['CONNECT', 'CONNECT evil.example:80 HTTP/1.1\r\nHost: localhost\r\n\r\n', /^$|^HTTP\/1\.1 4/],
    ['TRACE', 'TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 4/],
    [
      'a path that climbs',
      'GET /assets/../../package.json HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 404/,
    ],
    [
      'a path with backslashes',
      'GET /assets\\..\\x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
      /^HTTP\/1\.1 400/,
    ],
  ])('survives %s', async (_, bytes, expected) => {
    const { port, url } = await start()
    expect(await sendRaw(port, bytes)).toMatch(expected)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  it('answers 413 to a long body, also one in chunks without end', async () => {
    const { port, url, engine } = await start()
    const headers = { 'content-type': 'application/sdp' }
    const long = await fetch(`${url}/whep/cam`, { method: 'POST', headers, body: 'x'.repeat(200 * 1024) })
    expect(long.status).toBe(413)
    await long.text()

    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    const answer = once(socket, 'data')
    const closed = new Promise((resolve) => socket.on('close', () => resolve('closed')))
    socket.write(
      'POST /whep/cam HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nTransfer-Encoding: chunked\r\n\r\n',
    )
    const timer = setInterval(() => socket.write(`8000\r\n${'x'.repeat(0x8000)}\r\n`), 1)
    const [head] = await answer
    expect(String(head)).toMatch(/^HTTP\/1\.1 413/)
    // And then it does not read on for ever.
    expect(await Promise.race([closed, sleep(5_000, 'still open')])).toBe('closed')
    clearInterval(timer)
    expect(engine.offers).toHaveLength(0)
  })

  it('forgets a client that leaves in the middle of its body', async () => {
    const { port, url, engine } = await start()
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(
      'POST /whep/cam HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sdp\r\nContent-Length: 100\r\n\r\nv=0',
    )
    await sleep(50)
    socket.destroy()
    await sleep(50)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    expect(engine.offers).toHaveLength(0)
  })
})
