import { connect } from 'node:net'
import { Chance } from '../chance.js'
import { imageBytes, imageSamples, prepareImages } from '../image-samples.js'
import { mutateBytes } from '../mutate.js'
import type { Lab, WireTarget } from './lab.js'

const AT_ONCE = 8
/** A connection on which nothing more comes: the server waits for the rest, and we do not. */
const QUIET_MS = 150
const MOST_MS = 20_000

const NO_HTTP = [
  '\r\n\r\n',
  'GET\r\n\r\n',
  `GET /${'a'.repeat(100_000)} HTTP/1.1\r\n\r\n`,
  '\u0000'.repeat(5_000),
]

/** A request as bytes: a PUT or a POST of an image or a stream, chunked or not; half of them spoilt. */
function requestBytes(chance: Chance): Uint8Array {
  if (chance.oneIn(20)) return Buffer.from(chance.pick(NO_HTTP))
  const body = chance.oneIn(3) ? chance.pick(imageSamples()) : imageBytes(chance)
  const track = chance.pick(['numbers', 'sent-1', 'sent-2', 'sent-3', '%ff', '..%2f', 'x'.repeat(200)])
  const raw = chance.pick([
    '',
    '',
    '?width=4&height=4&format=bgr24',
    '?width=1e9&height=2&format=gray8',
    '?stride=-1',
  ])
  const [line, type] = chance.oneIn(2)
    ? [`PUT /tracks/${track}/image${raw}`, chance.pick(['image/png', 'application/octet-stream', ''])]
    : [
        `POST /tracks/${track}/stream${raw}`,
        chance.pick(['multipart/x-mixed-replace; boundary=frame', 'image/jpeg']),
      ]
  const isChunked = chance.oneIn(2)
  const length = chance.oneIn(6) ? chance.pick([0, 1, 2 ** 31, -1, body.length * 2]) : body.length
  const head = [
    `${line} HTTP/1.1`,
    'Host: 127.0.0.1',
    ...(type ? [`Content-Type: ${type}`] : []),
    isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`,
    ...(chance.oneIn(6) ? ['Expect: 100-continue'] : []),
    ...(chance.oneIn(2) ? ['Connection: close'] : []),
    '',
    '',
  ].join('\r\n')
  const request = Buffer.concat([Buffer.from(head), isChunked ? chunked(body, chance) : body])
  return chance.oneIn(2) ? mutateBytes(request, chance) : request
}

function chunked(body: Uint8Array, chance: Chance): Uint8Array {
  const parts: Uint8Array[] = []
  for (let at = 0; at < body.length; ) {
    const part = body.subarray(at, at + 1 + chance.below(4_000))
    at += part.length
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'))
  }
  return Buffer.concat([...parts, Buffer.from(chance.oneIn(4) ? '0\r\n' : '0\r\n\r\n')])
}

/** Sends bytes on a connection of their own, in pieces; gives what came back. */
function send(lab: Lab, bytes: Uint8Array, chance: Chance): Promise<string> {
  const { hostname, port } = new URL(lab.url)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    let answer = ''
    let quiet: NodeJS.Timeout | undefined
    const limit = setTimeout(() => socket.destroy(), MOST_MS)
    const wait = () => {
      clearTimeout(quiet)
      quiet = setTimeout(() => socket.destroy(), QUIET_MS)
    }
    socket.setEncoding('latin1').on('data', (text: string) => {
      answer += text
      wait()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') reject(error)
    })
    socket.on('close', () => {
      clearTimeout(limit)
      clearTimeout(quiet)
      resolve(answer)
    })
    socket.on('connect', () => {
      const cut = chance.below(bytes.length + 1)
      socket.write(bytes.subarray(0, cut))
      setImmediate(() => {
        if (chance.oneIn(10)) socket.resetAndDestroy()
        else socket.write(bytes.subarray(cut), wait)
      })
    })
  })
}

export const ingest: WireTarget = {
  name: 'ingest',
  about: 'raw bytes on the HTTP port: images and streams, chunked, cut off, broken',
  count: 10_000,
  quick: 100,
  async attack(lab, seed, from) {
    await prepareImages()
    let index = from
    const work = async () => {
      while (lab.wantsMore) {
        const mine = index++
        lab.done++
        const chance = new Chance(seed, mine)
        const bytes = requestBytes(chance)
        lab.keep([bytes])
        const answer = await send(lab, bytes, chance)
        const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status))
        if (statuses.some((status) => status >= 200 && status < 300)) lab.accepted++
        // 501, 503 and 505 say that something is not done here, or not now.
        if (statuses.some((status) => status === 500 || status === 502 || status > 505))
          lab.fail(mine, `answered ${statuses.join(', ')}`, [bytes])
        await lab.check(mine)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
  },
}
