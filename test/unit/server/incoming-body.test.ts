import { createServer, type RequestListener } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createApp } from '../../../src/server/app.js'
import { IncomingBody } from '../../../src/server/incoming-body.js'
import { listen } from '../../../src/server/listen.js'
import { until } from '../../support/wait.js'
import { FakeEngine } from './fake-engine.js'
import { ingestAccess, SETTINGS, Tracks } from './ingest/support.js'

const closers: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function serve(handler: RequestListener): Promise<number> {
  const server = createServer({ requestTimeout: 0 }, handler)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

/** A client that says what it is told to, and keeps what comes back. */
function client(port: number) {
  const socket = connect(port, '127.0.0.1')
  const seen = { text: '', closed: false }
  socket.on('data', (chunk) => {
    seen.text += chunk
  })
  socket.on('error', () => {})
  socket.on('close', () => {
    seen.closed = true
  })
  closers.push(() => socket.destroy())
  return { seen, write: (text: string | Uint8Array) => socket.write(text) }
}

const POST = 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n12345'

describe('the time for a body', () => {
  it('ends with 408 and the connection', async () => {
    const port = await serve((incoming, outgoing) => void new IncomingBody(incoming, outgoing, 50))
    const { seen, write } = client(port)
    write(POST)
    await until('the end', () => seen.closed)
    expect(seen.text).toBe('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n')
  })

  it('ends the connection without a word when the answer has begun', async () => {
    const port = await serve((incoming, outgoing) => {
      new IncomingBody(incoming, outgoing, 50)
      outgoing.end('early')
    })
    const { seen, write } = client(port)
    write(POST)
    await until('the end', () => seen.closed)
    expect(seen.text).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*early/)
    expect(seen.text).not.toContain('408')
  })

  it('does not matter to who has sent it, has none, or is given more', async () => {
    const port = await serve((incoming, outgoing) => {
      const time = new IncomingBody(incoming, outgoing, 50)
      if (incoming.url === '/long') time.takeTime()
      incoming.resume().on('end', () => setTimeout(() => outgoing.end('fine'), 100))
    })
    const texts = [
      'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
      `${POST}67890`,
      POST.replace('/ ', '/long ').replace('12345', ''),
    ]
    const clients = texts.map((text) => {
      const one = client(port)
      one.write(text)
      return one
    })
    setTimeout(() => clients[2]!.write('1234567890'), 150)
    await until('three answers', () =>
      clients.every(({ seen }) => seen.text.endsWith('fine\r\n0\r\n\r\n') || seen.text.endsWith('fine')),
    )
  })
})

describe('Expect: 100-continue', () => {
  const tracks = new Tracks('cam')
  const start = async () => {
    const app = createApp(new FakeEngine('cam'), {
      host: '127.0.0.1',
      ingest: { settings: SETTINGS, gate: tracks },
      access: ingestAccess('long-enough'),
    })
    const listening = await listen(app, { host: '127.0.0.1', port: 0 })
    closers.push(() => listening.close())
    return listening.port
  }
  const head = (path: string, ...more: string[]) =>
    `${path} HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 16\r\n${more.join('\r\n')}\r\n\r\n`
  const PUT = 'PUT /tracks/cam/image?width=4&height=4&format=gray8'

  it('is granted when the headers are good, and the image is taken', async () => {
    const { seen, write } = client(await start())
    write(head(PUT, 'Authorization: Bearer long-enough'))
    await until('leave to send', () => seen.text === 'HTTP/1.1 100 Continue\r\n\r\n')
    write(new Uint8Array(16).fill(7))
    await until('the answer', () => seen.text.includes('HTTP/1.1 204'))
    expect(tracks.take('cam')?.data).toEqual(Buffer.alloc(16, 7))
  })

  it('is not when the sender may not send', async () => {
    const { seen, write } = client(await start())
    write(head(PUT, 'Authorization: Bearer something'))
    await until('the answer', () => seen.text.includes('HTTP/1.1 401'))
    expect(seen.text).not.toContain('100 Continue')
  })

  it('is granted for offers', async () => {
    const { seen, write } = client(await start())
    write(head('POST /whep/cam', 'Content-Type: application/sdp'))
    await until('leave to send', () => seen.text === 'HTTP/1.1 100 Continue\r\n\r\n')
    write('v=0\r\nthe offer\r\n')
    await until('the answer', () => seen.text.includes('HTTP/1.1 201'))
  })
})
