import { connect, type Socket } from 'node:net'
import { SOCKET_PROTOCOL } from '../../../src/common/socket-protocol.js'
import { SocketClient } from '../../support/socket-client.js'
import { pause } from '../../support/wait.js'
import { Chance } from '../chance.js'
import { mutateBytes } from '../mutate.js'
import { socketBytes } from '../socket-bytes.js'
import type { Lab } from './lab.js'
import type { Take } from './socket.js'

/** A connection on which nothing more comes is not waited for … */
const QUIET_MS = 60
/** … nor an answer, where the server may wait for the rest of a request. */
const MOST_MS = 500
/** Sessions that are never claimed; those before them end by themselves. */
const MOST_UNCLAIMED = 50
/** Connections that stay half open; those before them are dropped. */
const MOST_IDLE = 20

/** What is done with one input, which is bytes of frames. */
const WAYS = [
  /** A good handshake, and then the bytes. */
  'after-the-upgrade',
  /** In one piece with the handshake: the server has them before it has a session for them. */
  'with-the-upgrade',
  /** Before any handshake. */
  'before-the-upgrade',
  /** The handshake itself is spoilt. */
  'spoilt-upgrade',
  /** Two handshakes for one session: the second must not be taken. */
  'twice',
  /** For a session that there is not, or that goes over WebRTC, or whose id is a number, a path, … */
  'foreign',
  /** Begins a session, and never comes. */
  'unclaimed',
  /** Comes, and then neither says nor reads anything. */
  'half-open',
] as const

const FOREIGN = [
  'x',
  '0',
  '..',
  '%00',
  '%ff',
  '%2e%2e',
  'AAAAAAAAAAAAAAAAAAAAAA',
  'a'.repeat(3_000),
  '__proto__',
]

/** Connections of their own, with everything but a good WebSocket on them. */
export class Intruder {
  readonly #unclaimed: URL[] = []
  readonly #idle: Socket[] = []

  constructor(
    private readonly lab: Lab,
    private readonly seed: number,
  ) {}

  async work(take: Take): Promise<void> {
    while (this.lab.wantsMore) {
      const { start, count } = take(1)
      if (count === 0) return
      const chance = new Chance(this.seed, start)
      const bytes = socketBytes(chance)
      this.lab.keep([bytes])
      const way = chance.pick(WAYS)
      const answer = await this.#go(way, bytes, chance)
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
      // 501 and 505 say that something is not done here.
      if (status === 500 || (status > 501 && status !== 505) || (status === 101 && way === 'foreign'))
        this.lab.fail(start, `${way}: answered ${status}`, [bytes])
      if (status === 101) this.lab.accepted++
      await this.lab.check(start)
    }
  }

  /** Ends what would end by itself after a while. */
  async leave(): Promise<void> {
    for (const socket of this.#idle.splice(0)) socket.destroy()
    for (const session of this.#unclaimed.splice(0))
      await fetch(session, { method: 'DELETE', headers: { Connection: 'close' } })
  }

  /** @returns what the server answered, if anything */
  async #go(way: (typeof WAYS)[number], bytes: Uint8Array, chance: Chance): Promise<string> {
    if (way === 'before-the-upgrade') return this.#send([bytes], chance)
    if (way === 'foreign') return this.#send([handshake(chance.pick(FOREIGN)), bytes], chance)
    const session = await SocketClient.begin(new URL(this.lab.whep))
    const id = session.pathname.split('/').at(-1)!
    switch (way) {
      case 'unclaimed':
        this.#unclaimed.push(session)
        if (this.#unclaimed.length > MOST_UNCLAIMED) this.#unclaimed.shift()
        return ''
      case 'half-open':
        return this.#stay(handshake(id), bytes)
      case 'with-the-upgrade':
        return this.#send([Buffer.concat([handshake(id), bytes])], chance)
      case 'spoilt-upgrade':
        this.#unclaimed.push(session)
        return this.#send([mutateBytes(handshake(id), chance), bytes], chance)
      case 'twice': {
        const answers = [this.#send([handshake(id), bytes], chance), this.#send([handshake(id)], chance)]
        const [first = '', second = ''] = await Promise.all(answers)
        if (isYes(first) && isYes(second)) this.lab.fail(0, 'one session took two WebSockets', [bytes])
        return first
      }
      default:
        return this.#send([handshake(id), bytes], chance)
    }
  }

  /** Writes the parts, the second one when the first was answered, and gives what came back. */
  #send([first, second]: readonly [Uint8Array, Uint8Array?], chance: Chance): Promise<string> {
    const socket = this.#connect()
    let answer = ''
    return new Promise((resolve) => {
      const leave = () => (chance.oneIn(2) ? socket.destroy() : socket.resetAndDestroy())
      let timer = setTimeout(leave, MOST_MS)
      socket.once('data', (data: Buffer) => {
        answer = data.toString('latin1')
        if (second) socket.write(second)
        clearTimeout(timer)
        // What follows are frames of the picture, which do not end by themselves.
        timer = setTimeout(leave, QUIET_MS)
        socket.resume()
      })
      socket.on('close', () => {
        clearTimeout(timer)
        resolve(answer)
      })
      socket.write(first)
    })
  }

  /** Is there, says half a frame, reads nothing, and stays. */
  async #stay(first: Uint8Array, bytes: Uint8Array): Promise<string> {
    const socket = this.#connect()
    socket.pause()
    socket.write(first)
    await pause(QUIET_MS / 2)
    socket.write(bytes.subarray(0, bytes.length >> 1))
    this.#idle.push(socket)
    if (this.#idle.length > MOST_IDLE) this.#idle.shift()?.destroy()
    return ''
  }

  #connect(): Socket {
    const { hostname, port } = new URL(this.lab.url)
    return connect(Number(port), hostname).on('error', () => {})
  }
}

function handshake(id: string): Buffer {
  const lines = [
    `GET /whep/sessions/${id}/socket HTTP/1.1`,
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Sec-WebSocket-Protocol: ${SOCKET_PROTOCOL}`,
    '',
    '',
  ]
  return Buffer.from(lines.join('\r\n'))
}

function isYes(answer: string): boolean {
  return answer.startsWith('HTTP/1.1 101')
}
