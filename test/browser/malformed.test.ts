import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, launchChromium } from '../support/browser.js'
import { Child } from '../support/child.js'
import { Stage } from '../support/player.js'
import type { ServerProcessApi } from '../support/server-process.js'

const TRACK = 'numbers'

describe('requests that make no sense', () => {
  let server: Child<ServerProcessApi>
  let browser: Browser
  let stage: Stage
  let url: string
  /** A real browser's offer, to be broken. */
  let offer: string

  beforeAll(async () => {
    server = await Child.start<ServerProcessApi>('test/support/server-process.ts')
    url = await server.call('open', { port: 0, track: TRACK })
    await server.call('produce', { width: 320, height: 240, fps: 15 })
    browser = await launchChromium()
    stage = await Stage.open(browser)
    const player = await stage.play(new URL(`whep/${TRACK}`, url))
    await player.started()
    offer = player.offer
    await player.leave()
  })
  afterAll(async () => {
    await stage?.close()
    await browser?.close()
    await server?.kill()
  })

  const post = (body: string | Uint8Array, headers: Record<string, string> = {}, path = `whep/${TRACK}`) =>
    fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', ...headers },
      body,
    })
  /** The status; ends the session if there is one. */
  const statusOf = async (response: Response): Promise<number> => {
    await response.arrayBuffer()
    const location = response.headers.get('location')
    if (response.status === 201 && location)
      await (await fetch(new URL(location, url), { method: 'DELETE' })).arrayBuffer()
    return response.status
  }
  /** It still serves a real viewer. */
  const stillServes = async () => {
    const player = await stage.play(new URL(`whep/${TRACK}`, url))
    await player.started()
    await player.leave()
  }

  it.each<[string, number, () => Promise<Response>]>([
    ['no body', 400, () => post('')],
    ['no SDP', 400, () => post('hello')],
    ['binary', 400, () => post(randomBytes(500))],
    ['no media', 400, () => post('v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n')],
    ['the wrong content type', 415, () => post(offer, { 'content-type': 'text/plain' })],
    ['an offer that is called JSON', 413, () => post(offer, { 'content-type': 'application/json' })],
    ['a body of 200 KiB', 413, () => post(offer + 'a=x\r\n'.repeat(40_000))],
    ['a track that is not there', 404, () => post(offer, {}, 'whep/nothing')],
    ['a name that is not a name', 404, () => post(offer, {}, 'whep/..%2f..%2fetc%2fpasswd')],
  ])('%s: %i', async (_, status, request) => {
    const response = await request()
    const text = await response.text()
    expect(response.status).toBe(status)
    expect(text, 'a word for the reader').not.toBe('')
    expect(text).not.toMatch(/\n\s+at /)
  })

  it('no codec in common: 406', async () => {
    const other = offer.replace(/ (VP8|H264)\/90000/g, ' NOPE/90000')
    expect(await statusOf(await post(other))).toBe(406)
  })

  it.each([
    ['GET', 'whep/numbers'],
    ['HEAD', 'whep/numbers'],
    ['PUT', 'whep/numbers'],
    ['DELETE', 'whep/numbers'],
    ['DELETE', 'whep/numbers/no-such-session'],
    ['PATCH', 'whep/numbers/no-such-session'],
    ['POST', 'tracks'],
    ['GET', 'view/nothing'],
    ['GET', 'no/such/page'],
    ['GET', 'tracks/nothing/snapshot.png'],
    ['GET', 'view/%ff%fe'],
  ])('%s /%s does no harm', async (method, path) => {
    const response = await fetch(new URL(path, url), { method })
    await response.arrayBuffer()
    expect(response.status).toBeLessThan(500)
  })

  it('OPTIONS says what may be posted', async () => {
    const response = await fetch(new URL(`whep/${TRACK}`, url), { method: 'OPTIONS' })
    expect(response.status).toBeLessThan(300)
    expect(response.headers.get('accept-post')).toContain('application/sdp')
  })

  it('values at the ends of what is allowed', async () => {
    const replace = (from: RegExp, to: string) => offer.replace(from, to)
    const texts = [
      replace(/^m=video \d+/m, 'm=video 99999'),
      replace(/^m=video .*/m, 'm=video 9 UDP/TLS/RTP/SAVPF'),
      replace(/^m=video .*/m, `m=video 9 UDP/TLS/RTP/SAVPF ${'96 '.repeat(3000)}`),
      replace(/^m=video/m, 'm=audio'),
      replace(/^a=mid:.*/m, `a=mid:${'x'.repeat(5000)}`),
      replace(/^a=mid:.*/m, 'a=mid:\u0000'),
      replace(/^a=ice-ufrag:.*/m, 'a=ice-ufrag:'),
      replace(/^a=ice-pwd:.*/m, 'a=ice-pwd:short'),
      replace(/^a=fingerprint:.*/m, 'a=fingerprint:sha-256 00'),
      replace(/^a=fingerprint:.*/m, 'a=fingerprint:md5 zz:zz'),
      replace(/^a=setup:.*/m, 'a=setup:active'),
      replace(/^a=setup:.*/m, 'a=setup:holdconn'),
      replace(/^a=recvonly/m, 'a=sendonly'),
      replace(/^a=recvonly/m, 'a=inactive'),
      replace(/^a=rtpmap:(\d+) VP8\/90000/m, 'a=rtpmap:4294967296 VP8/90000'),
      replace(/^a=extmap:\d+/m, 'a=extmap:99999'),
      `${offer}a=candidate:1 1 UDP 99999999999999 999.1.1.1 -1 typ host\r\n`,
      `${offer}a=candidate:1 1 UDP 1 some.host.local 1000 typ host\r\n`,
      offer + offer.slice(offer.indexOf('m=video')),
      `${offer}m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:9\r\na=sctp-port:5000\r\n`,
      offer.replaceAll('\r\n', '\n'),
      offer.replaceAll('\r\n', '\r'),
    ]
    for (const text of texts) {
      const status = await statusOf(await post(text))
      expect(status === 201 || (status >= 400 && status < 500), `${status}: ${text.slice(0, 80)}`).toBe(true)
    }
    await stillServes()
  }, 60_000)

  it('candidates that make no sense', async () => {
    const response = await post(offer)
    const session = new URL(response.headers.get('location')!, url)
    await response.text()
    const patch = async (body: string, type = 'application/trickle-ice-sdpfrag') => {
      const answer = await fetch(session, { method: 'PATCH', headers: { 'content-type': type }, body })
      await answer.arrayBuffer()
      return answer.status
    }
    const ufrag = /^a=ice-ufrag:(.*)$/m.exec(offer)?.[1]?.trim()
    const head = `a=ice-ufrag:${ufrag}\r\na=ice-pwd:${'p'.repeat(24)}\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n`
    for (const body of [
      '',
      'nonsense',
      `${head}a=candidate:\r\n`,
      `${head}a=candidate:1 1 udp 1 256.256.256.256 99999 typ host\r\n`,
      `${head}a=candidate:1 1 udp 1 ${'x'.repeat(300)}.local 9 typ host\r\n`,
      `${head}${'a=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n'.repeat(500)}`,
      `${head}a=end-of-candidates\r\n`,
    ]) {
      const status = await patch(body)
      expect(status >= 200 && status < 500, `${status}: ${body.slice(-60)}`).toBe(true)
    }
    expect(await patch('{}', 'application/json')).toBe(415)
    await (await fetch(session, { method: 'DELETE' })).arrayBuffer()
    await stillServes()
  })

  it('leaves the process alive and without viewers', async () => {
    expect((await server.call('stats')).viewers).toBe(0)
    expect((await fetch(new URL('healthz', url))).status).toBe(200)
  })
})
