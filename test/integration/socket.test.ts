import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { SOCKET_PROTOCOL } from '../../src/common/socket-protocol.js'
import { Reel, readCode } from '../support/images.js'
import {
  createServer,
  type ImageTrack,
  LOCAL,
  type PixelcastServer,
  type RemoteViewer,
  urlOf,
  whepUrl,
} from '../support/pixelcast.js'
import { SocketClient, type SocketClientOptions } from '../support/socket-client.js'
import { TcpTunnel } from '../support/tcp-tunnel.js'
import { VideoDecoder } from '../support/video-decoder.js'
import { every, until } from '../support/wait.js'

const SIZE = { width: 640, height: 360 }

describe('over a WebSocket', () => {
  let server: PixelcastServer
  let track: ImageTrack
  const viewers: RemoteViewer[] = []
  const clients: SocketClient[] = []
  let stop = () => {}

  beforeAll(async () => {
    // Whatever else the machine does: nobody is refused for encoders that are busy with a track of 720p.
    server = await createServer({ ...LOCAL, limits: { encodeLoad: 1 } })
    track = server.addTrack('numbers', { control: 'anyone' })
    track.on('viewer', (viewer) => viewers.push(viewer))
  })
  afterEach(async () => {
    stop()
    for (const client of clients.splice(0)) client.webSocket.terminate()
    await until('no viewer', () => track.stats.viewers === 0)
  })
  afterAll(() => server?.close())

  const open = async (options?: SocketClientOptions, port?: number): Promise<SocketClient> => {
    const url = whepUrl(server, track.name)
    if (port !== undefined) url.port = String(port)
    const client = await SocketClient.open(url, options)
    clients.push(client)
    return client
  }
  const produce = () => {
    const reel = new Reel(SIZE.width, SIZE.height)
    stop = every(30, (index) => track.addImage(reel.image(index + 1), { metadata: { number: index + 1 } }))
  }
  const pushOne = (number: number) => {
    track.addImage(new Reel(SIZE.width, SIZE.height, 1).image(number), { metadata: { number } })
  }

  /** Numbers in the pictures, and what was said of them, frame by frame; each has to decode. */
  const look = async (client: SocketClient, codec: 'h264' | 'vp8') => {
    const decoder = await VideoDecoder.open(codec)
    const offset = client.told('hello')?.rtpOffset as number
    const seen: { shown: number | undefined; told: unknown }[] = []
    for (const frame of [...client.frames]) {
      const picture = await decoder.decode(frame.data)
      expect(picture, `frame ${frame.number}`).toBeDefined()
      const at = ({ time }: { readonly [field: string]: unknown }) =>
        ((time as number) + offset) % 2 ** 32 === frame.rtpTime
      const note = client.texts.find((text) => (text.t === 'meta' || text.t === 'again') && at(text))
      const of =
        note?.t === 'again' ? client.texts.find(({ t, time }) => t === 'meta' && time === note.of) : note
      seen.push({
        shown: picture && picture.width >= SIZE.width ? readCode(picture) : undefined,
        told: (of?.data as { number: number } | undefined)?.number,
      })
    }
    decoder.close()
    return seen
  }

  it.each(['h264', 'vp8'] as const)(
    'frames of %s decode, and metadata are those of their frames',
    async (codec) => {
      produce()
      const client = await open({ codecs: [codec] })
      await until('frames', () => client.frames.length >= 30)
      stop()
      expect(client.frames[0]).toMatchObject({ number: 0, keyframe: true, codec, scale: 1 })
      expect(client.frames.map(({ number }) => number)).toEqual(client.frames.map((_, index) => index))
      const seen = await look(client, codec)
      expect(seen.every(({ shown }) => shown !== undefined)).toBe(true)
      expect(seen.map(({ told }) => told)).toEqual(seen.map(({ shown }) => shown))
      expect(new Set(seen.map(({ shown }) => shown)).size).toBeGreaterThan(20)
      expect(client.texts[0]).toMatchObject({ t: 'hello', v: 1, track: 'numbers', control: true })
      expect(client.told('image')).toMatchObject(SIZE)
      expect(await viewers.at(-1)?.stats()).toMatchObject({ transport: 'websocket', codec, framesDropped: 0 })
    },
  )

  it('who comes late sees the last image at once', async () => {
    pushOne(4_711)
    await until('it was taken', () => track.stats.queued === 0)
    const client = await open({ codecs: ['h264'] })
    await until('a frame', () => client.frames.length > 0)
    expect((await look(client, 'h264'))[0]).toEqual({ shown: 4_711, told: 4_711 })
  })

  it('two share one encoder with a viewer of the same codec', async () => {
    produce()
    const [a, b] = [await open(), await open()]
    await until('frames for both', () => a.frames.length > 10 && b.frames.length > 10)
    expect(track.stats.encoders).toBe(1)
    const last = a.frames.at(-1)!
    await until('the same for the other', () => b.frames.some(({ data }) => data.equals(last.data)))
  })

  it('a keyframe comes when it is asked for', async () => {
    produce()
    const client = await open()
    await until('frames', () => client.frames.length > 10)
    expect(client.frames.filter(({ keyframe }) => keyframe)).toHaveLength(1)
    client.send({ t: 'keyframe' })
    await until('another', () => client.frames.filter(({ keyframe }) => keyframe).length === 2)
  })

  it('input arrives, controls are told, and clocks compared', async () => {
    pushOne(1)
    const keys: string[] = []
    const listen = ({ key }: { key: string }) => keys.push(key)
    track.on('key', listen)
    track.addControl({ name: 'gain', max: 10 })
    const client = await open()
    client.send({ t: 'key', type: 'down', key: 'a', code: 'KeyA', repeat: false, mods: 0 })
    client.send({ t: 'ping', id: 1, at: 5 })
    await until('the key', () => keys.length === 1)
    await until('the controls', () => client.told('controls'))
    expect(await until('the clock', () => client.told('pong'))).toMatchObject({ id: 1, at: 5 })
    const watching = await open({ query: '?control=off' })
    expect(await until('a greeting', () => watching.told('hello'))).toMatchObject({ control: false })
    track.removeControl('gain')
    track.off('key', listen)
  })

  it('who reads nothing hurts nobody, and little waits for it', async () => {
    produce()
    const fast = await open()
    const idle = await open({ acknowledges: false })
    const viewer = viewers.at(-1)!
    await until('frames', () => idle.frames.length > 3)
    idle.webSocket.pause()
    const [count, { pushed }] = [fast.frames.length, track.stats]
    await until('a hundred frames', () => fast.frames.length > count + 100, 30_000)
    const stats = await viewer.stats()
    expect(stats!.bytesSent).toBeLessThan(400_000)
    // Of those that there were, whatever the machine had time for.
    expect((fast.frames.length - count) / (track.stats.pushed - pushed)).toBeGreaterThan(2 / 3)
    // When it reads again, it goes on with a keyframe.
    const known = idle.frames.length
    idle.acknowledges = true
    idle.webSocket.resume()
    for (const { number } of idle.frames) idle.send({ t: 'got', frame: number })
    await until('new frames', () => idle.frames.length > known + 10)
    const seen = await look(idle, 'h264')
    expect(seen.length).toBeGreaterThan(known)
  })

  it('a slow tunnel with a bottomless buffer gets its own rung, and pictures of now', async () => {
    const tunnel = await TcpTunnel.start(server.port!, 400_000)
    const reel = new Reel(1280, 720)
    stop = every(30, (index) => track.addImage(reel.image(index + 1)))
    const fast = await open()
    const slow = await open(undefined, tunnel.port)
    const viewer = viewers.at(-1)!
    await until('an encoder for each', () => track.stats.encoders === 2)
    const count = fast.frames.length
    let most = 0
    const settled = performance.now() + 2_000
    await until(
      'hundred frames more',
      () => {
        if (performance.now() > settled) most = Math.max(most, tunnel.waiting)
        return fast.frames.length > count + 130
      },
      30_000,
    )
    const stats = await viewer.stats()
    expect(stats!.scale).toBeGreaterThan(1)
    expect(stats!.estimate).toBeLessThan(800_000)
    // A second of the line, where without a bound there would be all that was sent.
    expect(most).toBeLessThan(400_000 / 8)
    expect(slow.frames.length).toBeGreaterThan(10)
    await slow.close()
    await tunnel.close()
    await until('one encoder', () => track.stats.encoders === 1)
  })

  it('a session ends with its WebSocket, and the WebSocket with its session', async () => {
    const client = await open()
    expect(track.stats.viewers).toBe(1)
    expect((await fetch(client.session)).status).toBe(204)
    const patch = {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': '*' },
    }
    expect((await fetch(client.session, { ...patch, body: 'a=end-of-candidates' })).status).toBe(409)
    await client.close()
    await until('it is gone', () => track.stats.viewers === 0)
    expect((await fetch(client.session)).status).toBe(404)

    const other = await open()
    expect((await fetch(other.session, { method: 'DELETE' })).status).toBe(200)
    await until('the end', () => other.ended)
    const third = await open()
    viewers.at(-1)?.close()
    expect(await until('goodbye', () => third.told('bye'))).toMatchObject({ retry: false })
  })

  it('two hundred that come and go leave nothing behind', async () => {
    produce()
    const stays = await open()
    await until('frames', () => stays.frames.length > 0)
    const files = () => readdirSync('/proc/self/fd').length
    const comeAndGo = async () => {
      const batch = await Promise.all(Array.from({ length: 20 }, () => open()))
      for (const [index, client] of batch.entries()) {
        if (index % 3 === 0) client.webSocket.terminate()
        else if (index % 3 === 1) client.webSocket.close()
        else await fetch(client.session, { method: 'DELETE' })
      }
      await until('only one is left', () => track.stats.viewers === 1)
      await until('all sockets are closed', () => batch.every(({ ended }) => ended))
    }
    // Connections of fetch() are kept for the next ones.
    await comeAndGo()
    const before = files()
    for (let round = 0; round < 9; round++) await comeAndGo()
    await until('no file is left', () => files() <= before + 2)
    const count = stays.frames.length
    await until('frames for who stayed', () => stays.frames.length > count + 10)
  })

  it('nothing but the server itself speaks for pages of others', async () => {
    const session = await SocketClient.begin(whepUrl(server, track.name))
    expect(urlOf(server)).toContain(session.host)
    expect((await fetch(`${session.href}/socket`)).status).toBe(426)
    expect((await fetch(session, { method: 'DELETE' })).status).toBe(200)
  })
})

describe('over a WebSocket of an own web server', () => {
  it('it works when that passes them on', async () => {
    const server = await createServer({ ...LOCAL, listen: false, upgrades: true })
    const track = server.addTrack('own', { control: 'anyone' })
    const http = createHttpServer(server.nodeHandler)
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    const endpoint = new URL(`http://127.0.0.1:${(http.address() as AddressInfo).port}/whep/own`)
    const others: unknown[] = []
    http.on('upgrade', (request, socket, head) => {
      if (server.handleUpgrade(request, socket, head)) return
      others.push(request.url)
      socket.destroy()
    })
    const reel = new Reel(SIZE.width, SIZE.height)
    const stop = every(30, (index) => track.addImage(reel.image(index + 1)))
    const client = await SocketClient.open(endpoint)
    await until('frames', () => client.frames.length > 20)
    const decoder = await VideoDecoder.open('h264')
    for (const { data } of client.frames) expect(readCode((await decoder.decode(data))!)).toBeDefined()
    decoder.close()
    const keys: string[] = []
    track.on('key', ({ key }) => keys.push(key))
    client.send({ t: 'key', type: 'down', key: 'a', code: 'KeyA', repeat: false, mods: 0 })
    await until('the key', () => keys.length === 1)

    const taken = new WebSocket(`${client.session.href.replace('http', 'ws')}/socket`, SOCKET_PROTOCOL)
    taken.on('error', () => {})
    const [, response] = await once(taken, 'unexpected-response')
    expect(response.statusCode).toBe(409)
    const other = new WebSocket(endpoint.href.replace('http', 'ws'))
    await once(other, 'error')
    expect(others).toEqual(['/whep/own'])

    client.webSocket.terminate()
    await until('it is gone', () => track.stats.viewers === 0)
    const last = await SocketClient.open(endpoint)
    await until('frames', () => last.frames.length > 0)
    stop()
    await server.close()
    expect(await until('the end', () => last.ended)).toMatchObject({ code: 1001 })
    expect(last.told('bye')).toMatchObject({ retry: true })
    http.close()
  })

  it('it is not offered when nobody says so', async () => {
    const server = await createServer({ ...LOCAL, listen: false })
    server.addTrack('own')
    const body = JSON.stringify({ transport: 'websocket', codecs: ['vp8'] })
    const headers = { 'Content-Type': 'application/json' }
    const request = new Request('http://localhost/whep/own', { method: 'POST', headers, body })
    expect((await server.fetch(request)).status).toBe(415)
    await server.close()
  })
})
