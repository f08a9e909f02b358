// The command line as those use it who run a server for others; a viewer in Chromium beside it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createNetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Browser, launchChromium } from '../support/browser.js'
import { CliProcess } from '../support/cli-process.js'
import { createServer } from '../support/pixelcast.js'
import { parseMetrics, sumOf } from '../support/prometheus.js'
import { viewerPagePixels, viewerPageState } from '../support/viewer-page.js'
import { until } from '../support/wait.js'

const DEMO = ['demo', '--media-host', '127.0.0.1', '--fps', '10', '--size', '320x180']
const running: CliProcess[] = []
let folder: string
let browser: Browser

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixelcast-operation-'))
  browser = await launchChromium()
})
afterEach(async () => {
  for (const cli of running.splice(0)) await cli.kill()
})
afterAll(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

function start(...args: string[]): CliProcess {
  const cli = CliProcess.start(...args)
  running.push(cli)
  return cli
}

async function configFile(content: unknown): Promise<string> {
  const path = join(folder, 'pixelcast.json')
  await writeFile(path, JSON.stringify(content))
  return path
}

async function freePort(): Promise<number> {
  const server = createNetServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('a server that is drained and started again', { timeout: 60_000 }, () => {
  it('has its viewer back, and says nothing secret of it', async () => {
    const port = String(await freePort())
    const args = [...DEMO, '--port', port, '--metrics-port', '0', '--log-format', 'json']
    const first = start(...args)
    const url = await first.url()
    const page = await browser.open(`${url}view/detections`)
    const isLive = async () => {
      const { state } = await viewerPageState(page)
      return state === 'live' && (await viewerPagePixels(page)) !== undefined
    }
    await until('the picture', isLive)

    const metrics = /http:\S+\/metrics/.exec(first.stdout)?.[0] ?? ''
    const isCounted = async () => {
      const samples = parseMetrics(await (await fetch(metrics)).text())
      return (
        sumOf(samples, 'pixelcast_viewers', { track: 'detections' }) === 1 &&
        sumOf(samples, 'pixelcast_frames_sent_total', { track: 'detections' }) > 3 &&
        sumOf(samples, 'pixelcast_encode_seconds_count', { track: 'detections' }) > 3 &&
        sumOf(samples, 'pixelcast_round_trip_seconds_count') > 0 &&
        samples
      )
    }
    const samples = await until('metrics of the viewer', isCounted)
    expect(sumOf(samples, 'pixelcast_http_requests_total', { route: 'whep', status: '201' })).toBe(1)
    expect(sumOf(samples, 'pixelcast_ready')).toBe(1)

    first.terminate()
    expect(await first.exited).toBe(0)
    const entries = first.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    const events = entries.map(({ event }) => event)
    for (const event of [
      'session begun',
      'session connected',
      'server draining',
      'session ended',
      'server stopped',
    ])
      expect(events).toContain(event)
    expect(entries.find(({ event }) => event === 'session ended')).toMatchObject({ cause: 'left' })
    // It left by itself, and was not waited for.
    expect(events.indexOf('session ended')).toBeLessThan(events.indexOf('server stopped'))
    expect(first.stderr).not.toMatch(/whep\/sessions|v=0|ice-(ufrag|pwd)|candidate|fingerprint/)

    await until(
      'the viewer that has lost its picture',
      async () => (await viewerPageState(page)).state !== 'live',
    )
    const second = start(...args)
    await second.url()
    await until('the picture of the new server', isLive)
    await page.close()
  })
})

describe('a server that is being drained', { timeout: 30_000 }, () => {
  it('refuses new sessions, and closes when time is up although somebody stays', async () => {
    const server = await createServer({ port: 0, ice: { bindAddress: '127.0.0.1' } })
    server.addTrack('cam')
    const { url } = server
    const page = await browser.open(`${url}view/cam`)
    await until('the session', async () => server.tracks[0]?.stats.viewers === 1)
    // A session that never connects cannot be asked to leave.
    const offer = await page.evaluate<string>(`(async () => {
      const connection = new RTCPeerConnection()
      connection.addTransceiver('video', { direction: 'recvonly' })
      const { sdp } = await connection.createOffer()
      return sdp
    })()`)
    const post = () =>
      fetch(`${url}whep/cam`, { method: 'POST', body: offer, headers: { 'Content-Type': 'application/sdp' } })
    expect((await post()).status).toBe(201)
    const drained = server.drain({ timeout: 1500, retryAfter: 7 })
    const refused = await post()
    expect([refused.status, refused.headers.get('Retry-After')]).toEqual([503, '7'])
    const ready = await fetch(`${url}readyz`)
    expect([ready.status, ((await ready.json()) as { status: string }).status]).toEqual([503, 'draining'])
    expect((await fetch(`${url}healthz`)).status).toBe(200)
    await drained
    await expect(fetch(`${url}healthz`)).rejects.toThrow()
    await page.close()
  })
})

describe('the log', { timeout: 30_000 }, () => {
  it('has none of the secrets that there are, whatever is asked', async () => {
    const secrets = {
      ingest: 'ingest-secret-0123456789',
      metrics: 'metrics-secret-0123456789',
      control: 'control-secret-0123456789',
      turn: 'turnpass0',
      query: 'query-secret-0123456789',
      guess: 'guessed-token-0123456789',
      pwd: 'icepwdicepwdicepwdicepwd',
    }
    const entries: object[] = []
    const server = await createServer({
      port: 0,
      ice: {
        bindAddress: '127.0.0.1',
        servers: [{ url: 'turn:127.0.0.1:9', for: 'viewers', username: 'me', credential: secrets.turn }],
      },
      ingest: { token: secrets.ingest, createTracks: true },
      metrics: { token: secrets.metrics },
      log: (entry) => entries.push(entry),
    })
    server.on('error', () => {})
    server.addTrack('cam', { control: { token: secrets.control } })
    const { url } = server
    const ask = async (path: string, options: RequestInit = {}) => {
      const response = await fetch(`${url}${path}`, options)
      await response.arrayBuffer()
      return response
    }
    const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
    const sdp = { 'Content-Type': 'application/sdp' }
    const page = await browser.open(`${url}view/cam?token=${secrets.query}`)
    const session = await until('a session', () => server.tracks[0]?.stats.viewers === 1 && 'one')
    expect(session).toBe('one')
    const offer = await page.evaluate<string>(`(async () => {
      const connection = new RTCPeerConnection()
      connection.addTransceiver('video', { direction: 'recvonly' })
      return (await connection.createOffer()).sdp
    })()`)
    const answered = await ask('whep/cam', {
      method: 'POST',
      body: offer,
      headers: { ...sdp, ...bearer(secrets.control) },
    })
    const location = answered.headers.get('Location') ?? ''
    const id = location.split('/').at(-1) ?? ''
    expect(id).toHaveLength(22)
    await ask(`whep/sessions/${id}/more?token=${secrets.query}`)
    await ask(`whep/sessions/${id}`, { method: 'PUT' })
    await ask(`whep/sessions/${id}`, { method: 'DELETE' })
    await ask(`whep/sessions/${id}`, { method: 'DELETE' })
    await ask(`whep/${secrets.query}`, { method: 'POST', body: offer, headers: sdp })
    await ask(`whep/%zz${secrets.query}`)
    await ask('whep/cam', {
      method: 'POST',
      body: offer.replace(/a=ice-pwd:.*/g, `a=ice-pwd:${secrets.pwd} ${secrets.pwd}`),
      headers: sdp,
    })
    await ask('whep/cam', { method: 'POST', body: secrets.pwd, headers: { 'Content-Type': secrets.query } })
    await ask(`whep/cam?codec=${secrets.query}`, { method: 'POST', body: offer, headers: sdp })
    await ask('metrics', { headers: bearer(secrets.guess) })
    expect((await ask('metrics', { headers: bearer(secrets.metrics) })).status).toBe(200)
    await ask('tracks/new/image', { method: 'PUT', body: secrets.query, headers: bearer(secrets.guess) })
    await ask('tracks/new/image', { method: 'PUT', body: secrets.query, headers: bearer(secrets.ingest) })
    await ask('tracks/new/stream', { method: 'POST', body: secrets.query, headers: bearer(secrets.ingest) })
    await page.close()
    await server.close()
    const text = JSON.stringify(entries)
    expect(entries.length).toBeGreaterThan(12)
    for (const status of [400, 401, 404]) expect(text).toContain(`"status":${status}`)
    for (const secret of [...Object.values(secrets), id, 'v=0', 'fingerprint', 'candidate:'])
      expect(text).not.toContain(secret)
  })
})

describe('the configuration of the command line', { timeout: 30_000 }, () => {
  it('takes a flag before the environment, and that before the file', async () => {
    const file = await configFile({
      port: 0,
      host: '127.0.0.3',
      fps: 5,
      size: '320x180',
      'media-host': '127.0.0.1',
    })
    const cli = CliProcess.startIn(
      { PIXELCAST_HOST: '127.0.0.2', PIXELCAST_FPS: '7' },
      'demo',
      '--config',
      file,
      '--fps',
      '9',
    )
    running.push(cli)
    await until('its addresses', () => /Watch at http:\/\/127\.0\.0\.2:\d+/.test(cli.stdout))
    expect(cli.stdout).toContain('320×180, 9 fps')
    expect(await cli.stop()).toBe(0)
  })

  it.each<[string, Record<string, string>, unknown, string[], RegExp]>([
    ['a flag', {}, {}, ['--prot', '1'], /unknown option '--prot' \(Did you mean --port\?\)/],
    [
      'a variable',
      { PIXELCAST_PORT: 'x' },
      {},
      [],
      /environment variable PIXELCAST_PORT: expected a whole number .*, got "x"/,
    ],
    [
      'the file',
      {},
      { prot: 1 },
      [],
      /pixelcast\.json: prot: expected the name of an option, got "prot" \(did you mean port\?\)/,
    ],
  ])('says what is wrong in %s', async (_, environment, content, args, message) => {
    const cli = CliProcess.startIn(environment, 'demo', '--config', await configFile(content), ...args)
    running.push(cli)
    expect(await cli.exited).toBe(2)
    expect(cli.stderr).toMatch(message)
  })
})
