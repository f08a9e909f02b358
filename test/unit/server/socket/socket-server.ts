import { afterEach, expect } from 'vitest'
import { SOCKET_PROTOCOL } from '../../../../src/common/socket-protocol.js'
import { createApp } from '../../../../src/server/app.js'
import { type Listening, listen } from '../../../../src/server/listen.js'
import { createUpgrade, type UpgradeOptions } from '../../../../src/server/socket/upgrade.js'
import { FakeEngine } from '../fake-engine.js'

/** Closed after each test. */
export const open: Listening[] = []
afterEach(async () => {
  for (const listening of open.splice(0)) await listening.close()
})

/** A server whose sessions go over WebSockets. */
export async function start(options: UpgradeOptions = {}) {
  const engine = new FakeEngine('cam')
  const guarded = { host: '127.0.0.1', ...options }
  const app = createApp(engine, { host: '127.0.0.1', sockets: true })
  const listening = await listen(app, { host: '127.0.0.1', port: 0, upgrade: createUpgrade(engine, guarded) })
  open.push(listening)
  const url = `http://127.0.0.1:${listening.port}`
  const begin = (body: unknown = { transport: 'websocket', codecs: ['h264', 'vp8'] }, query = '') =>
    fetch(`${url}/whep/cam${query}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  /** The address of a new session's WebSocket. */
  const session = async () => {
    const response = await begin()
    expect(response.status).toBe(201)
    const address = new URL(`${response.headers.get('location')}/socket`, `${url}/whep/cam`)
    return {
      id: address.pathname.split('/')[3]!,
      path: address.pathname,
      socketUrl: address.href.replace('http', 'ws'),
    }
  }
  return { engine, port: listening.port, url, begin, session }
}

const KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
/** Headers of a request for a WebSocket. */
export const HANDSHAKE: Readonly<Record<string, string>> = {
  Host: '127.0.0.1',
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': KEY,
  'Sec-WebSocket-Protocol': SOCKET_PROTOCOL,
}

/** Such a request, with headers changed, added or left out (undefined). */
export function request(
  path: string,
  change: Record<string, string | undefined> = {},
  method = 'GET',
): string {
  const headers = Object.entries({ ...HANDSHAKE, ...change }).filter(([, value]) => value !== undefined)
  return `${method} ${path} HTTP/1.1\r\n${headers.map(([name, value]) => `${name}: ${value}`).join('\r\n')}\r\n\r\n`
}
