import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accessTo } from '../../src/common/ice-server.js'
import { CliProcess } from '../support/cli-process.js'
import {
  createLocalServer,
  createServer,
  type ImageTrack,
  LOCAL,
  type PixelcastServer,
  urlOf,
} from '../support/pixelcast.js'
import { parseMetrics, type Sample, sumOf } from '../support/prometheus.js'
import { TurnServer } from '../support/turn-server.js'
import { every, pause, until } from '../support/wait.js'
import { WhipTestEndpoint } from '../support/whip-endpoint/index.js'
import type { Reply, SeenRequest, SeenSession, Taking } from '../support/whip-endpoint/protocol.js'

const TOKEN = 'a.secret-token'
const SDP = { 'content-type': 'application/sdp' }

describe('publishing by WHIP', () => {
  let server: PixelcastServer
  let endpoint: WhipTestEndpoint
  let track: ImageTrack
  let stopSource: () => void

  beforeAll(async () => {
    endpoint = await WhipTestEndpoint.start()
    server = await createLocalServer()
    track = server.addTrack('camera')
    const size = { width: 160, height: 120 }
    stopSource = every(30, (index) =>
      track.addImage({
        ...size,
        data: new Uint8Array(size.width * size.height * 3).fill(index),
        format: 'rgb24',
      }),
    )
  })

  afterAll(async () => {
    stopSource()
    await server.close()
    await endpoint.stop()
  })

  /** Begins anew: what the endpoint answers, and what it has seen since. */
  async function told(replies: readonly Reply[] = [], taking: Taking = {}) {
    await endpoint.child.call('script', replies)
    await endpoint.child.call('takeWith', taking)
    const requestsBefore = (await endpoint.child.call('requests')).length
    const sessionsBefore = (await endpoint.child.call('sessions')).length
    return {
      requests: async (method?: string): Promise<SeenRequest[]> =>
        (await endpoint.child.call('requests'))
          .slice(requestsBefore)
          // Which ICE servers there are is asked before, and of no interest to most.
          .filter((request) =>
            method === undefined ? request.method !== 'OPTIONS' : request.method === method,
          ),
      sessions: async (): Promise<SeenSession[]> =>
        (await endpoint.child.call('sessions')).slice(sessionsBefore),
      last: async () => (await endpoint.child.call('sessions')).length - 1,
    }
  }

  const publish = (options: Partial<Parameters<ImageTrack['publish']>[0]> = {}) =>
    track.publish({ url: endpoint.url, token: TOKEN, bindAddress: '127.0.0.1', ...options })

  const failure = (options = {}): Promise<Error & { status?: number; code?: string }> =>
    publish(options).then(
      async (publication) => {
        await publication.close()
        throw publication.error ?? new Error('it was published')
      },
      (error) => error,
    )

  it('posts an offer, sends, tells its candidates with the tag as it came, and deletes at the end', async () => {
    const seen = await told([], { etag: 'not-even-quoted' })
    const publication = await publish()
    await until('frames', async () => ((await seen.sessions())[0]?.frames ?? 0) > 10)
    await until('the candidates', async () => (await seen.requests('PATCH')).length === 1)
    expect(await publication.stats()).toMatchObject({ codec: 'h264', loss: 0 })
    await publication.close()
    const [post, patch, end, ...more] = await seen.requests()
    expect(post?.headers).toMatchObject({
      'content-type': 'application/sdp',
      authorization: `Bearer ${TOKEN}`,
    })
    expect(post?.body).not.toContain('a=candidate')
    expect(patch).toMatchObject({
      method: 'PATCH',
      headers: { 'if-match': 'not-even-quoted', 'content-type': 'application/trickle-ice-sdpfrag' },
    })
    expect(patch?.body).toMatch(/^a=candidate:.* 127\.0\.0\.1 \d+ typ host/m)
    expect(end).toMatchObject({ method: 'DELETE', headers: { authorization: `Bearer ${TOKEN}` } })
    expect(more).toEqual([])
    expect(publication.state).toBe('closed')
  })

  it('offers one codec when it is told to, and takes what the engine chooses else', async () => {
    const seen = await told([], { codec: 'vp8' })
    const publication = await publish()
    await until('frames', async () => ((await seen.sessions())[0]?.keyframes ?? 0) > 0)
    expect(await publication.stats()).toMatchObject({ codec: 'vp8' })
    await publication.close()
    const only = await publish({ codec: 'vp8' })
    await only.close()
    expect((await seen.requests('POST')).at(-1)?.body).not.toContain('H264')
  })

  it('serves a keyframe request at once, and makes them by itself only as often as it is told', async () => {
    const seen = await told()
    const publication = await publish({ keyframeInterval: 0.5 })
    const keyframes = async () => (await seen.sessions())[0]?.keyframes ?? 0
    await until('four of them', async () => (await keyframes()) >= 4)
    await publication.close()

    const without = await publish()
    const session = await seen.last()
    const count = async () => (await endpoint.child.call('sessions'))[session]?.keyframes ?? 0
    await until('the first', async () => (await count()) === 1)
    await pause(1_500)
    const before = await count()
    expect(before).toBeLessThanOrEqual(2)
    await endpoint.child.call('askForKeyframe', session)
    await until('another one', async () => (await count()) > before)
    await without.close()
  })

  it('follows redirects with method, body and token, five of them', async () => {
    const hop = (n: number): Reply => ({ status: n % 2 ? 307 : 308, headers: { location: `hop/${n}` } })
    const seen = await told([1, 2, 3, 4, 5].map(hop))
    await (await publish()).close()
    const posts = await seen.requests('POST')
    expect(posts.map(({ path }) => path)).toEqual([
      '/whip',
      '/hop/1',
      '/hop/hop/2',
      '/hop/hop/hop/3',
      '/hop/hop/hop/hop/4',
      '/hop/hop/hop/hop/hop/5',
    ])
    expect(new Set(posts.map(({ body }) => body)).size).toBe(1)
    expect(posts.every(({ headers }) => headers.authorization === `Bearer ${TOKEN}`)).toBe(true)
    await told([1, 2, 3, 4, 5, 6].map(hop))
    expect(await failure()).toMatchObject({ message: expect.stringContaining('more than 5 redirects') })
    await told([{ status: 302, headers: { location: '/whip' } }])
    expect(await failure()).toMatchObject({
      status: 302,
      message: expect.stringContaining('expected 307 or 308'),
    })
  })

  it('finds a session whose address is absolute, or elsewhere, and does without one', async () => {
    for (const location of [`http://127.0.0.1:${endpoint.port}SESSION`, '../..SESSION']) {
      const seen = await told([], { location })
      await (await publish()).close()
      expect((await seen.requests('DELETE')).map(({ path }) => path)).toEqual([
        `/whip/sessions/${await seen.last()}`,
      ])
    }
    for (const location of ['ftp://127.0.0.1/', 'http://[', 'javascript:1']) {
      const seen = await told([], { location })
      const publication = await publish()
      await publication.close()
      expect(await seen.requests('DELETE')).toEqual([])
    }
  })

  it('goes on when the engine takes no candidates', async () => {
    for (const patchStatus of [405, 501, 412, 500]) {
      const seen = await told([], { patchStatus })
      const publication = await publish()
      await until('frames', async () => ((await seen.sessions())[0]?.frames ?? 0) > 3)
      await publication.close()
      expect((await seen.requests('PATCH')).length).toBe(1)
    }
  })

  it.each([
    [
      401,
      { 'content-type': 'application/problem+json' },
      '{"title":"Unauthorized","detail":"the token has expired"}',
      'refuses the token',
      'the token has expired',
    ],
    [
      403,
      { 'content-type': 'text/html' },
      '<html><head><style>b{}</style></head><body><h1>No &amp; no</h1></body></html>',
      'refuses the token',
      'No & no',
    ],
    [
      400,
      { 'content-type': 'application/json' },
      '{"error":{"message":"no\\u001b[31m room"}}',
      'refuses it',
      'no [31m room',
    ],
    [406, {}, '', 'refuses it', '406 Not Acceptable'],
    [404, { 'content-type': 'text/plain' }, 'x'.repeat(100_000), 'nothing to publish to', 'x…'],
    [418, { 'content-type': 'image/png' }, 'PNG', 'refuses it', "418 I'm a Teapot"],
  ])('says what a refusal (%i) says, and does not ask again', async (status, headers, body, what, why) => {
    const seen = await told([{ status, headers: headers as Record<string, string>, body }])
    const error = await failure()
    expect(error).toMatchObject({ name: 'PublishError', code: 'ERR_PUBLISH', status })
    expect(error.message).toContain(what)
    expect(error.message).toContain(why)
    expect(error.message.length).toBeLessThan(450)
    await pause(700)
    expect(await seen.requests()).toHaveLength(1)
  })

  it('does not repeat the token, though the engine does', async () => {
    await told([{ status: 401, body: `bad token ${TOKEN}` }])
    expect((await failure()).message).not.toContain(TOKEN)
  })

  it('waits as long as a busy engine asks it to', async () => {
    const seen = await told([{ status: 503, headers: { 'retry-after': '2' }, body: 'full' }])
    const publication = await publish()
    expect(publication).toMatchObject({ state: 'waiting', error: { status: 503 } })
    await new Promise<void>((resolve) => publication.once('connected', resolve))
    expect(publication.error).toBeUndefined()
    const [first, second] = await seen.requests('POST')
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(1_900)
    await publication.close()
  })

  it('waits longer from time to time while the engine fails', async () => {
    const seen = await told(Array.from({ length: 5 }, () => ({ status: 502 })))
    const publication = await publish()
    const waits: number[] = []
    publication.on('waiting', (_, retryIn) => waits.push(retryIn))
    await new Promise<void>((resolve) => publication.once('connected', resolve))
    expect(await seen.requests('POST')).toHaveLength(6)
    expect(waits.at(-1)).toBeGreaterThan(waits[0] ?? Number.NaN)
    await publication.close()
  })

  it('survives answers that are none, and ends the session that came with them', async () => {
    await told()
    const good = await taken()
    const answers = [
      '',
      'hello',
      '<html>welcome</html>',
      good.replace(/m=video \d+/, 'm=video 0'),
      good.replace('m=video', 'm=audio'),
      good.replace('a=recvonly', 'a=inactive'),
      good.replace(/^m=video/m, 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\nm=video'),
      good.replace(/a=fingerprint:.*/g, 'a=fingerprint:sha-256 00'),
      good.replace(/a=ice-ufrag:.*/g, ''),
      good.replace(/a=setup:.*/g, 'a=setup:actpass'),
      good.replace(/a=rtpmap:96 .*/g, 'a=rtpmap:96 AV1/90000'),
      good.replace(/a=candidate:.*/g, 'a=candidate:nonsense'),
      good.slice(0, 200),
      'a='.repeat(60_000),
    ]
    for (const body of answers) {
      const seen = await told([{ status: 201, headers: { ...SDP, location: '/whip/sessions/x' }, body }])
      const error = await failure()
      expect(error.name, JSON.stringify(body.slice(0, 60))).toBe('PublishError')
      expect((await seen.requests()).map(({ method }) => method)).toEqual(['POST', 'DELETE'])
    }
    await told()
    await (await publish()).close()

    async function taken(): Promise<string> {
      const response = await fetch(endpoint.url, { method: 'POST', body: (await offer()) ?? '' })
      return response.text()
    }
    async function offer(): Promise<string | undefined> {
      await (await publish()).close()
      return (await endpoint.child.call('requests')).findLast(({ method }) => method === 'POST')?.body
    }
  })

  it('uses none of the ICE servers that it cannot use, says so, and connects', async () => {
    await told([], {
      link: [
        '<stun:127.0.0.1:9>; rel="ice-server"',
        '<turns:turn.example?transport=tcp>; rel="ice-server"; username="u"; credential="c"',
        '<https://example.com/>; rel="next"',
      ].join(', '),
    })
    const notes: string[] = []
    const publication = await publish({ token: undefined })
    publication.on('note', (text) => notes.push(text))
    expect(publication.state).toBe('connected')
    await until('the note', () => notes.some((text) => text.includes('turns:turn.example')))
    await publication.close()
  })

  it.skipIf(!TurnServer.isInstalled)(
    'asks for ICE servers first, and has their candidates at once',
    async () => {
      const turn = await TurnServer.start()
      const url = `turn:127.0.0.1:${turn.port}?transport=udp`
      const { username, credential } = accessTo({ url, secret: TurnServer.secret }, 'us', Date.now())
      const seen = await told([], {
        optionsLink: `<${url}>; rel="ice-server"; username="${username}"; credential="${credential}"`,
      })
      const publication = await publish()
      await until('the candidates', async () => (await seen.requests('PATCH')).length === 1)
      const [patch] = await seen.requests('PATCH')
      expect(patch?.body).toMatch(/^a=candidate:.* typ relay/m)
      const [ask, ...others] = await seen.requests('OPTIONS')
      expect(ask?.headers.authorization).toBe(`Bearer ${TOKEN}`)
      expect(others).toEqual([])
      expect(await seen.requests('POST')).toHaveLength(1)
      await publication.close()
      await turn.stop()
    },
  )

  it('sends the rungs that the engine takes, and one stream to an engine that takes none', async () => {
    const large = server.addTrack('large')
    const size = { width: 640, height: 360 }
    const data = new Uint8Array(size.width * size.height * 3)
    const stop = every(30, (index) => large.addImage({ ...size, data: data.fill(index), format: 'rgb24' }))
    const notes: string[] = []
    const publishLarge = async (simulcast: true | 2) => {
      const options = { url: endpoint.url, token: TOKEN, bindAddress: '127.0.0.1', simulcast }
      const publication = await large.publish(options)
      publication.on('note', (text) => notes.push(text))
      return publication
    }
    const sentTo = async (taking: Taking, simulcast: true | 2, expected: string) => {
      const seen = await told([], taking)
      const publication = await publishLarge(simulcast)
      await until(`${expected || 'no rids'} and frames`, async () => {
        const [session] = await seen.sessions()
        return (
          Object.keys(session?.rids ?? {})
            .sort()
            .join('') === expected && (session?.packets ?? 0) > 20
        )
      })
      const rungs = (await publication.stats())?.rungs ?? []
      expect(large.stats.encoders).toBe(Math.max(1, expected.length))
      await publication.close()
      return rungs.map(({ rid, scale }) => `${rid} ${scale}`)
    }
    expect(await sentTo({ rids: ['q', 'h', 'f'] }, true, 'fhq')).toEqual(['f 1', 'h 2', 'q 4'])
    expect(await sentTo({ rids: ['f', 'h', 'q'] }, 2, 'fh')).toEqual(['f 1', 'h 2'])
    expect(await sentTo({ rids: ['f', 'q'] }, true, 'fq')).toEqual(['f 1', 'q 4'])
    expect(await sentTo({ rids: ['h'] }, true, 'h')).toEqual(['h 2'])
    expect(await sentTo({}, true, '')).toEqual(['undefined 1'])
    expect(notes).toEqual([
      'the engine takes 2 of 3 rungs',
      'the engine takes no simulcast: it is sent one stream',
      'the engine takes no simulcast: it is sent one stream',
    ])
    stop()
    await large.close()
  })

  it('comes back with the same stream, when the engine hangs up or falls silent', async () => {
    const seen = await told()
    const publication = await publish()
    const reasons: string[] = []
    publication.on('waiting', (error) => reasons.push(error.message))
    const flows = (index: number) =>
      until(`frames of session ${index}`, async () => ((await seen.sessions())[index]?.frames ?? 0) > 10)
    await flows(0)
    await endpoint.child.call('hangUp')
    await flows(1)
    await endpoint.child.call('fallSilent')
    await flows(2)
    expect(reasons).toHaveLength(2)
    const [first, ...others] = await seen.sessions()
    expect(others.map(({ ssrc }) => ssrc)).toEqual([first?.ssrc, first?.ssrc])
    const offers = await seen.requests('POST')
    expect(new Set(offers.map(({ body }) => /a=msid:.*/.exec(body)?.[0])).size).toBe(1)
    await publication.close()
  })

  it('refuses options by name, and shows no secret', async () => {
    await expect(publish({ url: 'nothing' })).rejects.toMatchObject({ code: 'ERR_OPTION', field: 'url' })
    await expect(publish({ url: 'ftp://127.0.0.1/' })).rejects.toMatchObject({ field: 'url' })
    await expect(publish({ token: 'a b' })).rejects.toMatchObject({
      field: 'token',
      actual: 'a text of 3 characters',
    })
    await expect(publish({ simulcast: 4 as never })).rejects.toMatchObject({ field: 'simulcast' })
    await expect(publish({ keyframeInterval: 0 })).rejects.toMatchObject({ field: 'keyframeInterval' })
    await expect(publish({ codec: 'av1' as 'vp8' })).rejects.toMatchObject({ code: 'ERR_OPTION' })
    await expect(publish({ bindAddress: 'localhost' })).rejects.toMatchObject({ field: 'bindAddress' })
  })

  it('ends with its track and with its server, and tells the engine', async () => {
    const seen = await told()
    const other = server.addTrack('other')
    const publication = await other.publish({ url: endpoint.url, bindAddress: '127.0.0.1' })
    await other.close()
    expect(publication.state).toBe('closed')
    const second = await createLocalServer()
    const last = second.addTrack('last')
    const lastPublication = await last.publish({ url: endpoint.url, bindAddress: '127.0.0.1' })
    await second.close()
    expect(lastPublication.state).toBe('closed')
    expect(await seen.requests('DELETE')).toHaveLength(2)
  })

  it('is in the metrics, by track and never by address', async () => {
    await told()
    const measured = await createServer({ ...LOCAL, metrics: true })
    const one = measured.addTrack('measured')
    one.addImage({ data: new Uint8Array(64 * 48 * 3), width: 64, height: 48, format: 'rgb24' })
    const read = async () => parseMetrics(await (await fetch(`${urlOf(measured)}metrics`)).text())
    const state = (samples: readonly Sample[], name: string) =>
      sumOf(samples, 'pixelcast_publications', { track: 'measured', state: name })
    const publication = await one.publish({ url: endpoint.url, bindAddress: '127.0.0.1' })
    await until('bytes', async () => sumOf(await read(), 'pixelcast_published_bytes_total') > 100)
    expect(state(await read(), 'connected')).toBe(1)
    await endpoint.child.call('hangUp')
    await until(
      'it is connected again',
      async () => sumOf(await read(), 'pixelcast_publication_reconnects_total') === 1,
    )
    const before = sumOf(await read(), 'pixelcast_published_bytes_total')
    await publication.close()
    const samples = await read()
    expect(state(samples, 'connected')).toBe(0)
    expect(sumOf(samples, 'pixelcast_published_bytes_total')).toBeGreaterThanOrEqual(before)
    expect(samples.filter(({ labels }) => JSON.stringify(labels).includes('/whip'))).toEqual([])
    await measured.close()
  })

  it('is there on the command line, and a stopped one tells the engine', async () => {
    const seen = await told()
    const cli = CliProcess.start(...['publish', 'test/fixtures/none.jpg', '--whip', endpoint.url])
    expect(await cli.exited).toBe(1)
    const good = CliProcess.start(
      ...[
        'publish',
        'docs/images/demo.png',
        '--whip',
        endpoint.url,
        '--whip-token',
        TOKEN,
        '--media-host',
        '127.0.0.1',
      ],
    )
    await good.says(/demo: published/)
    await until('frames', async () => ((await seen.sessions())[0]?.frames ?? 0) > 0)
    process.kill(good.pid, 'SIGINT')
    expect(await good.exited).toBe(0)
    expect((await seen.requests()).at(-1)?.method).toBe('DELETE')
    await told([{ status: 401, body: 'who are you?' }])
    const refused = CliProcess.start('publish', 'docs/images/demo.png', '--whip', endpoint.url)
    expect(await refused.exited).toBe(1)
    expect(refused.stderr).toContain('the engine wants a token')
  })
})
