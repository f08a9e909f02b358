import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { SOCKET_PROTOCOL } from '../../../../src/common/socket-protocol.js'
import { pause, until } from '../../../support/wait.js'
import { request, start } from './socket-server.js'

const [TEXT, PING, PONG] = [0x01, 0x09, 0x0a]
const LAST = 0x80
/** The largest flood: far more than is borne, and nothing for a server that bears it. */
const FLOOD_FRAMES = 60_000
/** At once, and then their answers are waited for: `ws` itself ends who has 60 pings unanswered. */
const BATCH = 40

/** A masked frame without a payload. */
const empty = (first: number) => Buffer.from([first, 0x80, 0, 0, 0, 0])

async function scene() {
  const { engine, port, session } = await start()
  const watch = async () => {
    const { id, path, socketUrl } = await session()
    return {
      path,
      socketUrl,
      listen: async () => {
        const pipe = await until('the pipe', () => engine.pipes.get(id))
        const heard = { messages: 0, end: undefined as string | undefined }
        pipe.listen({
          onMessage: () => heard.messages++,
          onClose: (reason) => {
            heard.end = reason
          },
        })
        return heard
      },
    }
  }
  const client = async (frames?: object) => {
    const { socketUrl, listen } = await watch()
    const webSocket = new WebSocket(socketUrl, SOCKET_PROTOCOL, frames)
    webSocket.on('error', () => {})
    await once(webSocket, 'open')
    return { webSocket, heard: await listen() }
  }
  const rawClient = async () => {
    const { path, listen } = await watch()
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    socket.write(request(path))
    await once(socket, 'data')
    socket.resume()
    return { socket, heard: await listen() }
  }
  return { client, rawClient }
}

/** @returns how many frames were written before the other end hung up */
async function flood(socket: Socket, batch: Buffer, isAnswered: boolean): Promise<number> {
  let [frames, answered] = [0, 0]
  socket.on('data', (pongs: Buffer) => {
    answered += pongs.length / 2
  })
  while (frames < FLOOD_FRAMES && !socket.destroyed) {
    await new Promise((resolve) => socket.write(batch, resolve))
    frames += BATCH
    do await new Promise(setImmediate)
    while (isAnswered && answered < frames && !socket.destroyed)
  }
  return frames
}

describe('a viewer that floods its WebSocket', () => {
  it.each([
    ['pings', [], LAST | PING],
    ['pongs', [], LAST | PONG],
    ['empty fragments', [empty(TEXT)], 0],
    ['messages of many empty fragments', [], undefined],
  ])('with %s is ended, and nobody else', async (_, before, kind) => {
    const { client, rawClient } = await scene()
    const other = await client()
    const { socket, heard } = await rawClient()
    const message = [empty(TEXT), ...Array<Buffer>(BATCH - 2).fill(empty(0)), empty(LAST)]
    const batch = kind === undefined ? message : Array<Buffer>(BATCH).fill(empty(kind))
    socket.write(Buffer.concat(before))
    const frames = await flood(socket, Buffer.concat(batch), kind === (LAST | PING))
    await until('the end', () => heard.end !== undefined, 2_000)
    expect(heard.end).toBe('the viewer sent too many control frames')
    expect(frames).toBeLessThan(FLOOD_FRAMES)
    other.webSocket.send('still here')
    other.webSocket.ping()
    await once(other.webSocket, 'pong')
    expect(other.heard).toEqual({ messages: 1, end: undefined })
    other.webSocket.terminate()
  })

  it('is not one that sends many messages, large ones, or both in parts', async () => {
    const { client } = await scene()
    const { webSocket, heard } = await client()
    const sizes = [0, 1, 125, 126, 4_096, 65_536]
    for (let round = 0; round < 30; round++) {
      for (const size of sizes) webSocket.send(Buffer.alloc(size))
      for (let part = 0; part < 16; part++) webSocket.send(Buffer.alloc(4_096), { fin: part === 15 })
      webSocket.ping()
      if (round % 10 === 0) await pause(1)
    }
    for (let index = 0; index < 20_000; index++) webSocket.send('x')
    await until('all', () => heard.messages === 30 * (sizes.length + 1) + 20_000, 5_000)
    expect(heard.end).toBeUndefined()
    webSocket.terminate()
  })
})
