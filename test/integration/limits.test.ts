import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type HeadlessReceiver, startHeadlessReceiver } from '../support/headless-receiver/index.js'
import { noise } from '../support/images.js'
import { endSession, OFFER, postOffer } from '../support/offer.js'
import {
  type AccessRequest,
  createServer,
  type ImageTrack,
  LimitError,
  type LimitOptions,
  LOCAL,
  type PixelcastServer,
  urlOf,
  whepUrl,
} from '../support/pixelcast.js'
import { every, until } from '../support/wait.js'

const servers: PixelcastServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function open(limits: LimitOptions, options: Parameters<typeof createServer>[0] = {}) {
  const server = await createServer({ ...LOCAL, limits, ...options })
  servers.push(server)
  server.addTrack('cam')
  const reached: LimitError[] = []
  server.on('error', (error) => {
    if (error instanceof LimitError) reached.push(error)
  })
  return { server, reached, url: new URL('whep/cam', server.url ?? 'http://own.test') }
}

describe('a limit of sessions is hit and held, through HTTP', () => {
  it('in all', async () => {
    const { url, reached } = await open({ sessions: 2 })
    const [first] = [await postOffer(url), await postOffer(url)]
    expect(first.status).toBe(201)
    const refused = [await postOffer(url), await postOffer(url)]
    expect(refused.map(({ status }) => status)).toEqual([503, 503])
    expect(refused[0]?.headers.get('retry-after')).toBe('5')
    expect(await refused[0]?.json()).toMatchObject({ detail: 'all places are taken' })
    await until('the report', () => reached.length > 0)
    expect(reached[0]).toMatchObject({ code: 'ERR_LIMIT', limit: 'limits.sessions', value: 2, count: 1 })
    await endSession(first)
    expect((await postOffer(url)).status).toBe(201)
    expect((await postOffer(url)).status).toBe(503)
  })

  it('with one token', async () => {
    const tokens = [{ token: 'one-token' }, { token: 'another-one' }]
    const { url } = await open({ sessionsPerToken: 1 }, { access: { tokens }, public: true })
    const show = (token: string) => postOffer(url, { headers: { authorization: `Bearer ${token}` } })
    const first = await show('one-token')
    expect([first.status, (await show('one-token')).status]).toEqual([201, 429])
    expect([(await show('another-one')).status, (await postOffer(url)).status]).toEqual([201, 201])
    // What nobody knows is no token: it takes the place of none, and has none of its own.
    expect([(await show('made-up-one')).status, (await show('made-up-one')).status]).toEqual([201, 201])
    await endSession(first)
    expect((await show('one-token')).status).toBe(201)
  })

  it('from one address, of which a proxy tells', async () => {
    const { url } = await open({ sessionsPerAddress: 1 }, { trustProxy: ['127.0.0.1'] })
    const from = (address: string) => postOffer(url, { headers: { 'x-forwarded-for': address } })
    const first = await from('203.0.113.9, 192.0.2.1')
    expect([first.status, (await from('192.0.2.1')).status]).toEqual([201, 429])
    expect([(await from('192.0.2.2')).status, (await from('2001:db8::1')).status]).toEqual([201, 201])
    expect((await from('2001:db8::2')).status).toBe(429)
    await endSession(first)
    expect((await from('192.0.2.1')).status).toBe(201)
  })

  it('from one address, behind an own web server', async () => {
    const { server } = await open({ sessionsPerAddress: 1 }, { listen: false })
    const http = createHttpServer(server.nodeHandler)
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    try {
      const own = `http://127.0.0.1:${(http.address() as AddressInfo).port}/whep/cam`
      expect([(await postOffer(own)).status, (await postOffer(own)).status]).toEqual([201, 429])
      // Of what comes without a socket nothing is known; of an own signaling what it says.
      const headers = { 'content-type': 'application/sdp' }
      const request = () => new Request(own, { method: 'POST', headers, body: OFFER })
      expect([(await server.fetch(request())).status, (await server.fetch(request())).status]).toEqual([
        201, 201,
      ])
      const [cam] = server.tracks
      await expect(cam?.connect(OFFER, { address: '127.0.0.1' })).rejects.toMatchObject({ status: 429 })
    } finally {
      http.closeAllConnections()
      await new Promise((resolve) => http.close(resolve))
    }
  })

  it('that come one after the other', async () => {
    const { url, reached } = await open({ sessionRate: 0.4 })
    const statuses: number[] = []
    for (let i = 0; i < 3; i++) {
      const answer = await postOffer(url)
      statuses.push(answer.status)
      if (answer.status === 201) await endSession(answer)
      else expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect(statuses).toEqual([201, 201, 503])
    await until('the report', () => reached.some(({ limit }) => limit === 'limits.sessionRate'))
  })

  it('that do not connect: their time is over, and they leave room', async () => {
    const { url } = await open({ sessions: 1, handshakeTime: 200 })
    const first = await postOffer(url)
    expect(first.status).toBe(201)
    const session = new URL(first.headers.get('location') ?? '', first.url)
    await until('the end of the session', async () => (await fetch(session)).status === 404)
    expect((await postOffer(url)).status).toBe(201)
  })
})

describe('a limit of the rest is hit and held', () => {
  it('of wrong tokens, from one address, of which a proxy tells', async () => {
    const seen: (string | undefined)[] = []
    const authorize = ({ address, token }: AccessRequest) => {
      seen.push(address)
      return token === 'right-of-the-app'
    }
    const access = { tokens: [{ token: 'right-of-the-list' }], authorize }
    const { url, reached } = await open(
      { wrongTokens: 3 },
      { access, trustProxy: ['127.0.0.1'], metrics: { token: 'right-for-metrics' } },
    )
    const show = async (token: string, address: string, at = url) => {
      const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': address }
      const answer = await fetch(at, { headers })
      return [answer.status, Number(answer.headers.get('retry-after'))] as const
    }
    const metrics = new URL('/metrics', url)
    const attempts = [
      await show('right-of-the-app', '2001:db8::1'),
      await show('wrong-1', '2001:db8::2'),
      await show('wrong-2', '2001:db8::3', new URL('/tracks', url)),
      await show('wrong-3', '2001:db8::4', metrics),
    ]
    expect(attempts.map(([status]) => status)).toEqual([204, 403, 403, 401])
    expect(seen).toEqual(['2001:db8::1', '2001:db8::2', '2001:db8::3'])
    for (const [token, at] of [
      ['right-of-the-list', url],
      ['right-for-metrics', metrics],
      ['wrong-4', url],
    ] as const) {
      const [status, after] = await show(token, '2001:db8::5', at)
      expect([token, status, after > 50 && after <= 60]).toEqual([token, 429, true])
    }
    // It was let in before, from there; and the others are elsewhere.
    expect((await show('right-of-the-app', '2001:db8::6'))[0]).toBe(204)
    expect((await show('right-of-the-list', '2001:db8:0:1::1'))[0]).toBe(204)
    expect((await show('right-for-metrics', '192.0.2.1', metrics))[0]).toBe(200)
    await until('the report', () => reached.length > 0)
    expect(reached[0]).toMatchObject({ limit: 'limits.wrongTokens', value: 3 })
  })

  it('of tracks, whoever makes them', async () => {
    const { server } = await open({ tracks: 2 }, { ingest: { createTracks: true } })
    const put = (name: string) =>
      fetch(new URL(`tracks/${name}/image?width=8&height=8&format=gray8`, urlOf(server)), {
        method: 'PUT',
        body: new Uint8Array(64),
      })
    expect((await put('sent')).status).toBe(204)
    expect(() => server.addTrack('more')).toThrow('limits.tracks: expected at most 2 tracks')
    const refused = await put('more')
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await put('sent')).status).toBe(204)
    await server.tracks[0]?.close()
    expect((await put('more')).status).toBe(204)
  })

  it('of a body, by either way', async () => {
    const { server, url } = await open({ bodyBytes: 16_384 })
    const padded = (length: number) => `${OFFER}a=x-${'x'.repeat(1_000)}\r\n`.padEnd(length, '\r\n')
    const forwarded = (body: string) =>
      server.fetch(new Request(url, { method: 'POST', headers: { 'content-type': 'application/sdp' }, body }))
    for (const post of [(sdp: string) => postOffer(url, { sdp }), forwarded]) {
      expect((await post(padded(16_384))).status).not.toBe(413)
      expect((await post(padded(16_385))).status).toBe(413)
    }
    expect((await postOffer(url)).status).toBe(201)
  })
})

describe('while the encoders have enough to do', () => {
  let receiver: HeadlessReceiver
  const stops: (() => void)[] = []
  beforeAll(async () => {
    receiver = await startHeadlessReceiver()
  })
  afterAll(async () => {
    for (const stop of stops) stop()
    await receiver.kill()
  })

  function produce(track: ImageTrack): () => void {
    const images = [1, 2, 3].map((seed) => ({ ...noise(640, 480, seed), format: 'rgba' as const }))
    track.addImage(images[0]!)
    const stop = every(30, (index) => track.addImage(images[index % 3]!))
    stops.push(stop)
    return stop
  }

  it('who would need another one is refused, who watches keeps its frames, and there is room when it is over', async () => {
    const { server, url, reached } = await open({ encodeLoad: 0.05 })
    const [cam] = server.tracks as [ImageTrack]
    const stop = produce(cam)
    const other = server.addTrack('other')
    produce(other)
    const watch = { count: 1, codec: 'vp8', deadline: 10_000 } as const
    const otherUrl = whepUrl(server, 'other')
    const [first] = (await receiver.call('open', { url: url.href, ...watch })) as [number]
    const framesOf = async (viewer: number) => (await receiver.call('stats'))[viewer]!.frames
    /** Frames of the first viewer for each image that its track was given, while `work` lasts. */
    const shareDuring = async (work: () => Promise<unknown>): Promise<number> => {
      const [pushed, frames] = [cam.stats.pushed, await framesOf(first)]
      await work()
      return ((await framesOf(first)) - frames) / (cam.stats.pushed - pushed)
    }
    const images = (count: number) => {
      const { pushed } = cam.stats
      return until(`${count} images`, () => cam.stats.pushed - pushed >= count)
    }
    await until('frames', async () => (await framesOf(first)) > 10)
    const alone = await shareDuring(() => images(40))
    const among = await shareDuring(async () => {
      for (let i = 0; i < 5; i++) {
        const refused = await postOffer(otherUrl)
        expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
        await images(8)
      }
    })
    expect(other.stats.encoders).toBe(0)
    expect(among / alone).toBeGreaterThan(0.8)
    expect(reached.map(({ limit }) => limit)).toContain('limits.encodeLoad')
    // One more of what is encoded costs packets alone.
    const [second] = (await receiver.call('open', { url: url.href, ...watch })) as [number]
    await until('frames of the second', async () => (await framesOf(second)) > 10)
    expect(cam.stats.encoders).toBe(1)
    stop()
    await receiver.call('close', { viewers: [first, second], how: 'both' })
    const third = await until('room', () =>
      receiver.call('open', { url: otherUrl.href, ...watch }).catch(() => undefined),
    )
    await until('frames of the third', async () => (await framesOf(third[0]!)) > 10)
  })
})
