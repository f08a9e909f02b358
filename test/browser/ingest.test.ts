// Images that come over HTTP, as a viewer sees them; and who cannot send any.
import { spawn, spawnSync } from 'node:child_process'
import { createServer as createHttpServer, request, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import sharp from 'sharp'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { SlotState, TrackControl } from '../../dist/track/control.js'
import { type Browser, launchChromium } from '../support/browser.js'
import { Reel } from '../support/images.js'
import { createServer, LOCAL, type PixelcastServer, urlOf, whepUrl } from '../support/pixelcast.js'
import { type Player, Stage } from '../support/player.js'
import { convert } from '../support/raw-formats.js'
import { until } from '../support/wait.js'

const [WIDTH, HEIGHT] = [640, 480]
const BOUNDARY = 'frame'
const MIXED = { 'content-type': `multipart/x-mixed-replace; boundary=${BOUNDARY}` }
const RAW = `width=${WIDTH}&height=${HEIGHT}&format=bgr24`
const reel = new Reel(WIDTH, HEIGHT, 4)

const bgr = (number: number) => Buffer.from(convert(reel.image(number), 'bgr24').data)
const picture = (number: number) => {
  const { data } = convert(reel.image(number), 'rgb24')
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
}
const jpeg = (number: number) => picture(number).jpeg({ quality: 95 }).toBuffer()
const part = (image: Uint8Array, withLength = true) =>
  Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\nContent-Type: image/jpeg\r\n`),
    Buffer.from(withLength ? `Content-Length: ${image.length}\r\n\r\n` : '\r\n'),
    image,
    Buffer.from('\r\n'),
  ])

let browser: Browser
let stage: Stage
let server: PixelcastServer
let player: Player
const sockets = new Set<{ destroy(): void }>()

beforeAll(async () => {
  browser = await launchChromium()
  stage = await Stage.open(browser)
  server = await createServer({ ...LOCAL, ingest: { createTracks: true, maxSenders: 20, timeout: 1500 } })
  server.addTrack('cam')
  server.addTrack('other')
  player = await stage.play(whepUrl(server, 'cam'))
})
afterEach(() => {
  for (const socket of sockets) socket.destroy()
  sockets.clear()
})
afterAll(async () => {
  await stage?.close()
  await browser?.close()
  await server?.close()
})

const track = (name: string) => server.tracks.find((one) => one.name === name)!
const at = (path: string) => new URL(`tracks/${path}`, urlOf(server))
const put = (path: string, body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  fetch(at(path), { method: 'PUT', body, headers })
const shows = (number: number, on = player) =>
  on.waitFor(`image ${number}`, `({ value }) => value === ${number}`)

/** A long-lived POST, written to bit by bit. */
function stream(path: string, headers: Record<string, string> = {}) {
  const sending = request(at(path), { method: 'POST', headers })
  sending.on('error', () => {})
  sockets.add(sending)
  const answer = new Promise<{ status: number; json: Record<string, unknown> }>((resolve, reject) => {
    let answered = false
    sending.on('response', async (response) => {
      answered = true
      let text = ''
      for await (const chunk of response) text += chunk
      resolve({ status: response.statusCode ?? 0, json: JSON.parse(text) })
    })
    sending.on('close', () => answered || reject(new Error('closed without an answer')))
  })
  answer.catch(() => {})
  return { sending, answer }
}

describe('a viewer sees', () => {
  it('what is PUT: JPEG, PNG, WebP and raw pixels', async () => {
    const images = [
      ['cam/image', await jpeg(11)],
      ['cam/image', await picture(12).png({ compressionLevel: 1 }).toBuffer()],
      ['cam/image', await picture(13).webp({ quality: 95 }).toBuffer()],
      [`cam/image?${RAW}`, bgr(14)],
    ] as const
    for (const [i, [path, image]] of images.entries()) {
      expect((await put(path, new Uint8Array(image))).status).toBe(204)
      await shows(11 + i)
    }
  })

  it('the parts of a stream, each as soon as it was sent', async () => {
    const { sending, answer } = stream('cam/stream', MIXED)
    for (const [i, withLength] of [true, true, false, false].entries()) {
      const bytes = part(await jpeg(21 + i), withLength)
      // nothing behind the image: the delimiter comes with the next one
      sending.write(bytes.subarray(0, -2))
      await shows(21 + i)
      sending.write('\r\n')
    }
    sending.end(`--${BOUNDARY}--\r\n`)
    expect(await answer).toEqual({ status: 200, json: { images: 4, refused: 0, dropped: 0, incomplete: 0 } })
  })

  it('raw frames of a stream', async () => {
    const { sending, answer } = stream(`cam/stream?${RAW}`)
    for (const number of [31, 32]) {
      const frame = bgr(number)
      sending.write(frame.subarray(0, 500_000))
      sending.write(frame.subarray(500_000))
      await shows(number)
    }
    sending.end()
    expect((await answer).json).toMatchObject({ images: 2 })
  })

  it.skipIf(spawnSync('curl', ['--version']).status !== 0)('what curl sends', async () => {
    const curl = spawn('curl', [
      '-sS',
      '-X',
      'POST',
      '-T',
      '-',
      '-H',
      `Content-Type: ${MIXED['content-type']}`,
      at('cam/stream').href,
    ])
    let output = ''
    curl.stdout.on('data', (text) => {
      output += text
    })
    for (const number of [41, 42]) curl.stdin.write(part(await jpeg(number)))
    await shows(42)
    curl.stdin.end()
    await until('the end of curl', () => curl.exitCode === 0)
    expect(JSON.parse(output)).toMatchObject({ images: 2 })
  })

  it('a track that a sender has made, also when the sender is gone', async () => {
    const made = new Promise<string>((resolve) => server.once('track', ({ name }) => resolve(name)))
    expect((await put('new%20one/image', new Uint8Array(await jpeg(51)))).status).toBe(204)
    expect(await made).toBe('new one')
    expect(server.tracks.map(({ name }) => name)).toContain('new one')
    const late = await stage.play(whepUrl(server, 'new one'))
    await shows(51, late)
    await late.leave()
    await track('new one').close()
    expect((await put('new%20one/image', new Uint8Array(await jpeg(52)))).status).toBe(204)
  })
})

describe('a sender that is killed in the middle of an image', () => {
  /** Of the five that may be held at a time. */
  const freeSlots = () => {
    const slots: { discard(): void }[] = []
    try {
      for (;;) slots.push(track('cam').allocate({ width: 4, height: 4, format: 'gray8' }))
    } catch {
      for (const slot of slots) slot.discard()
      return slots.length
    }
  }

  /** Seen without taking one: that could be the one that the sender is about to get. */
  const slotsBeingWritten = () => new TrackControl(track('cam').handle).countSlots(SlotState.Writing)

  it.each([
    ['a PUT', 'PUT', `cam/image?${RAW}`, {}],
    ['a raw stream', 'POST', `cam/stream?${RAW}`, {}],
    ['a multipart stream', 'POST', 'cam/stream', MIXED],
  ])('%s leaves the picture as it was, and no slot held', async (_, method, path, headers) => {
    expect((await put('cam/image', new Uint8Array(await jpeg(61)))).status).toBe(204)
    await shows(61)
    const { pushed } = track('cam').stats
    const script = `
      const { request } = require('node:http')
      const sending = request(process.argv[1], { method: '${method}', headers: {
        ...${JSON.stringify(headers)}, ${method === 'PUT' ? `'content-length': ${WIDTH * HEIGHT * 3}` : ''} } })
      sending.on('error', () => {})
      sending.write('--${BOUNDARY}\\r\\nContent-Length: 300000\\r\\n\\r\\n')
      sending.write(Buffer.alloc(200000, 128), () => process.stdout.write('half'))
      setInterval(() => {}, 1000)`
    const sender = spawn(process.execPath, ['-e', script, at(path).href], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await new Promise((resolve) => sender.stdout.once('data', resolve))
    if (path.includes(RAW)) await until('a slot with half an image', () => slotsBeingWritten() === 1)
    sender.kill('SIGKILL')
    await until('its end', () => sender.signalCode !== null)
    await until('five free slots', () => freeSlots() === 5)
    expect(track('cam').stats.pushed).toBe(pushed)
    expect((await player.state()).last?.value).toBe(61)
  })
})

describe('senders that are slow, silent or broken', () => {
  it('disturb neither the viewers of their track nor others', async () => {
    const other = await stage.play(whepUrl(server, 'other'))
    const halves = [
      ...Array.from({ length: 6 }, () => stream(`cam/stream?${RAW}`)),
      ...Array.from({ length: 6 }, () => stream('cam/stream', MIXED)),
      ...Array.from({ length: 4 }, () => stream(`other/stream?${RAW}`)),
    ]
    for (const { sending } of halves) sending.write('--frame\r\n\r\n')
    const trickle = setInterval(() => {
      for (const { sending } of halves) if (!sending.destroyed) sending.write('x')
    }, 20)
    for (let number = 71; number < 86; number++) {
      expect((await put('cam/image', new Uint8Array(await jpeg(number)))).status).toBe(204)
      track('other').addImage(reel.image(number))
      await Promise.all([shows(number), shows(number, other)])
    }
    // and in the end they are gone
    const answers = await Promise.all(halves.map(({ answer }) => answer))
    clearInterval(trickle)
    expect(answers.map(({ status }) => status)).toEqual(halves.map(() => 408))
    await other.leave()
  })

  it.each<[string, string | Buffer, RegExp]>([
    [
      'more than the limit',
      'PUT /tracks/cam/image HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n',
      /^HTTP\/1\.1 413/,
    ],
    [
      'a length that is none',
      'PUT /tracks/cam/image HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n',
      /^HTTP\/1\.1 400/,
    ],
    [
      'chunks that are none',
      'PUT /tracks/cam/image HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      /^HTTP\/1\.1 400/,
    ],
    [
      'a foreign Host',
      'PUT /tracks/cam/image HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx',
      /^HTTP\/1\.1 403/,
    ],
    [
      'endless multipart without a delimiter',
      Buffer.concat([
        Buffer.from(
          `POST /tracks/cam/stream HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${MIXED['content-type']}\r\nContent-Length: 99999999999\r\n\r\n`,
        ),
        Buffer.alloc(500_000, 65),
      ]),
      /^HTTP\/1\.1 400/,
    ],
    ['no HTTP', Buffer.alloc(3000, 0xee), /^HTTP\/1\.1 400/],
  ])('%s is answered, and the connection ends', async (_, bytes, answer) => {
    const { hostname, port } = new URL(urlOf(server))
    const received = await new Promise<string>((resolve) => {
      let text = ''
      const socket = connect(Number(port), hostname, () => socket.write(bytes))
      socket.on('data', (chunk) => {
        text += chunk
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve(text))
    })
    expect(received).toMatch(answer)
    expect((await put('cam/image', new Uint8Array(await jpeg(91)))).status).toBe(204)
  })
})

describe('a page of another origin', () => {
  /** All that a page can do to send something without being asked. */
  const ATTACK = `async (base) => {
    const form = () => { const data = new FormData(); data.append('a', new Blob([new Uint8Array(64)])); return data }
    const raw = '?width=8&height=8&format=gray8'
    const bytes = new Uint8Array(64)
    const tries = [
      ['cam/stream' + raw, { method: 'POST', mode: 'no-cors', body: form() }],
      ['cam/stream' + raw, { method: 'POST', mode: 'no-cors', body: bytes }],
      ['cam/stream' + raw, { method: 'POST', mode: 'no-cors', body: new Blob([bytes], { type: 'text/plain' }) }],
      ['evil/stream' + raw, { method: 'POST', mode: 'no-cors', body: bytes, referrerPolicy: 'no-referrer' }],
      ['cam/stream' + raw, { method: 'POST', mode: 'cors', credentials: 'include', body: bytes }],
      ['cam/stream' + raw, { method: 'POST', mode: 'cors', headers: { 'content-type': 'image/jpeg' }, body: bytes }],
      ['cam/image' + raw, { method: 'PUT', mode: 'cors', body: bytes }],
    ]
    const seen = []
    for (const [path, options] of tries)
      seen.push(await fetch(base + 'tracks/' + path, options).then((r) => r.type === 'opaque' ? 'opaque' : r.status, () => 'blocked'))
    navigator.sendBeacon(base + 'tracks/cam/stream' + raw, bytes)
    const frame = document.createElement('iframe')
    document.body.append(frame)
    const loaded = new Promise((resolve) => { frame.onload = resolve })
    const doc = frame.contentDocument
    doc.body.innerHTML = '<form method="post" enctype="multipart/form-data"><input name="a" value="' + 'x'.repeat(64) + '"></form>'
    doc.forms[0].action = base + 'tracks/cam/stream' + raw
    doc.forms[0].submit()
    await loaded
    frame.remove()
    return seen
  }`

  it('cannot send anything, whatever it tries and CORS allows', async () => {
    for (const cors of [undefined, '*'] as const) {
      const attacked = await createServer({ ...LOCAL, ...(cors && { cors }), ingest: { createTracks: true } })
      const victim = attacked.addTrack('cam')
      const seen = await stage.page.evaluate<(string | number)[]>(ATTACK, urlOf(attacked))
      expect(seen.filter((what) => typeof what === 'number' && what < 400)).toEqual([])
      expect(seen.at(-1), 'PUT is not for pages').toBe('blocked')
      // a program of this machine can, so the door was open
      const path = new URL('tracks/cam/image?width=8&height=8&format=gray8', urlOf(attacked))
      expect((await fetch(path, { method: 'PUT', body: new Uint8Array(64) })).status).toBe(204)
      expect(victim.stats.pushed).toBe(1)
      expect(attacked.tracks.map(({ name }) => name)).toEqual(['cam'])
      await attacked.close()
    }
  })

  it('can, when it was given the token and its origin is allowed', async () => {
    const token = 'given-to-the-page'
    const open = await createServer({ ...LOCAL, cors: '*', ingest: { token } })
    const target = open.addTrack('cam')
    const send = `async ([base, token]) => (await fetch(base + 'tracks/cam/image?width=8&height=8&format=gray8', {
      method: 'PUT', body: new Uint8Array(64), headers: { authorization: 'Bearer ' + token } })).status`
    expect(await stage.page.evaluate(send, [urlOf(open), token])).toBe(204)
    expect(await stage.page.evaluate(send, [urlOf(open), `${token}x`])).toBe(401)
    expect(target.stats.pushed).toBe(1)
    await open.close()
  })
})

describe('in an own web server', () => {
  let http: Server
  let own: PixelcastServer
  const start = async (ingest: NonNullable<Parameters<typeof createServer>[0]>['ingest']) => {
    own = await createServer({ ...LOCAL, listen: false, ingest })
    own.addTrack('cam')
    http = createHttpServer(own.nodeHandler)
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(http.address() as AddressInfo).port}/`
  }
  afterEach(async () => {
    http.close()
    http.closeAllConnections()
    await own.close()
  })

  it('images and streams go to the same tracks', async () => {
    const base = await start({ createTracks: true })
    const made: string[] = []
    own.on('track', ({ name }) => made.push(name))
    const watching = await stage.play(new URL('whep/cam', base))
    const image = await fetch(`${base}tracks/cam/image?${RAW}`, {
      method: 'PUT',
      body: new Uint8Array(bgr(101)),
    })
    expect(image.status).toBe(204)
    await shows(101, watching)
    // more than is buffered of other requests
    const frames = Buffer.concat([bgr(102), bgr(103), bgr(104)])
    const streamed = await fetch(`${base}tracks/cam/stream?${RAW}`, {
      method: 'POST',
      body: new Uint8Array(frames),
    })
    expect(await streamed.json()).toMatchObject({ images: 3 })
    await shows(104, watching)
    await watching.leave()
    expect(
      (await fetch(`${base}tracks/more/image`, { method: 'PUT', body: new Uint8Array(await jpeg(1)) }))
        .status,
    ).toBe(204)
    expect(made).toEqual(['more'])
    const page = { method: 'PUT', body: new Uint8Array(bgr(1)), headers: { origin: 'https://evil.example' } }
    expect((await fetch(`${base}tracks/cam/image?${RAW}`, page)).status).toBe(403)
  })

  it('nothing is taken unless asked for', async () => {
    const base = await start(undefined)
    const answer = await fetch(`${base}tracks/cam/image?${RAW}`, {
      method: 'PUT',
      body: new Uint8Array(bgr(1)),
    })
    expect([answer.status, ((await answer.json()) as { detail: string }).detail]).toEqual([
      403,
      expect.stringContaining('ingest: true'),
    ])
  })
})
