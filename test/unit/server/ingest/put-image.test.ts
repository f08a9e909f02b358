import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { noise } from '../../cli/stream/support.js'
import { bodyOf, setUp } from './support.js'

const WIDTH = 33
const HEIGHT = 21
const RAW = `image?width=${WIDTH}&height=${HEIGHT}&format=bgr24`
const pixels = noise(WIDTH * HEIGHT * 3, 1)
let jpeg: Buffer
let png: Buffer
let webp: Buffer

beforeAll(async () => {
  const image = sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
  ;[jpeg, png, webp] = await Promise.all([
    image.clone().jpeg().toBuffer(),
    image.clone().png().toBuffer(),
    image.clone().webp().toBuffer(),
  ])
})

describe('PUT of an image', () => {
  it('takes JPEG, PNG and WebP by what they are, whatever the Content-Type says', async () => {
    const { tracks, send } = setUp()
    for (const [format, image] of Object.entries({ jpeg, png, webp })) {
      const { status, json } = await send('PUT', 'cam/image', new Uint8Array(image), {
        'content-type': 'text/plain',
      })
      expect([status, json]).toEqual([204, {}])
      const taken = tracks.take('cam')
      expect([taken?.format, taken?.width, taken?.height]).toEqual([format, WIDTH, HEIGHT])
      expect(taken?.data.equals(image)).toBe(true)
    }
  })

  it('takes raw pixels, with and without a Content-Length, in any pieces', async () => {
    const { tracks, send } = setUp()
    const pieces = Array.from({ length: 7 }, (_, i) =>
      pixels.subarray(i * 300, i === 6 ? undefined : i * 300 + 300),
    )
    for (const body of [pixels, bodyOf(...pieces)])
      for (const headers of [{}, { 'content-length': `${pixels.length}` }]) {
        const own = body instanceof ReadableStream ? bodyOf(...pieces) : body
        expect((await send('PUT', `cam/${RAW}`, own, headers)).status).toBe(204)
        const taken = tracks.take('cam')
        expect([taken?.format, taken?.width, taken?.height]).toEqual(['bgr24', WIDTH, HEIGHT])
        expect(taken?.data.equals(pixels)).toBe(true)
        expect(tracks.held('cam')).toBe(0)
      }
  })

  it('takes padded rows, the padding of the last one too or not', async () => {
    const { tracks, send } = setUp()
    const stride = WIDTH * 3 + 5
    const padded = new Uint8Array(stride * HEIGHT)
    for (let y = 0; y < HEIGHT; y++)
      padded.set(pixels.subarray(y * WIDTH * 3, (y + 1) * WIDTH * 3), y * stride)
    for (const body of [padded, padded.subarray(0, padded.length - 5)]) {
      expect((await send('PUT', `cam/${RAW}&stride=${stride}`, body)).status).toBe(204)
      expect(tracks.take('cam')?.data.equals(pixels)).toBe(true)
    }
    const planar = 'image?width=4&height=4&format=yuv420p&stride=8,4,4'
    expect((await send('PUT', `cam/${planar}`, new Uint8Array(8 * 4 + 4 * 2 * 2))).status).toBe(204)
  })

  it.each<[string, string, Uint8Array | undefined, number, Record<string, unknown>]>([
    ['an unknown parameter', 'image?widht=4', undefined, 400, { field: 'widht', actual: '"widht"' }],
    ['half a layout', 'image?width=33', undefined, 400, { field: 'height', actual: 'undefined' }],
    ['no format', 'image?width=33&height=21', undefined, 400, { field: 'format' }],
    [
      'a format of others',
      'image?width=4&height=4&format=bgr8',
      undefined,
      400,
      { field: 'format', expected: expect.stringContaining('did you mean bgr24?') },
    ],
    [
      'a width that is no number',
      'image?width=4x&height=4&format=rgba',
      undefined,
      400,
      { field: 'width', actual: '"4x"' },
    ],
    [
      'a width out of range',
      'image?width=9000&height=4&format=rgba',
      undefined,
      400,
      { field: 'width', actual: '9000' },
    ],
    [
      'a width twice',
      'image?width=4&width=5&height=4&format=rgba',
      undefined,
      400,
      { field: 'width', actual: 'it 2 times' },
    ],
    [
      'a stride that is too short',
      'image?width=4&height=4&format=rgba&stride=15',
      undefined,
      400,
      { field: 'stride' },
    ],
    [
      'too few bytes',
      RAW,
      pixels.subarray(1),
      400,
      { field: 'data', expected: '2079 bytes (33×21 bgr24)', actual: '2078 bytes' },
    ],
    ['more than the limit', 'image?width=400&height=400&format=rgba', undefined, 413, {}],
    ['a long body', 'image', new Uint8Array(100_001), 413, {}],
    [
      'no image',
      'image',
      noise(500, 2),
      415,
      {
        detail: expect.stringMatching(
          /^data: expected JPEG, PNG or WebP, or raw.*got 500 bytes that begin with/,
        ),
      },
    ],
    ['nothing', 'image', undefined, 415, { detail: expect.stringContaining('got no bytes') }],
  ])('refuses %s', async (_, path, body, status, problem) => {
    const { tracks, send, errors } = setUp()
    const answer = await send('PUT', `cam/${path}`, body)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.json).toMatchObject({ status, ...problem })
    expect(tracks.take('cam')).toBeUndefined()
    expect(errors).toEqual([])
  })

  it('refuses a truncated image, naming what is missing', async () => {
    const { tracks, send } = setUp()
    const { json } = await send('PUT', 'cam/image', new Uint8Array(jpeg.subarray(0, -10)))
    expect(json).toMatchObject({ status: 400, field: 'data', actual: expect.stringContaining('truncated') })
    expect(tracks.take('cam')).toBeUndefined()
  })

  it('refuses what a body is that has no end, or is longer than it says', async () => {
    const { tracks, send } = setUp()
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(10_000)) })
    expect((await send('PUT', 'cam/image', endless)).status).toBe(413)
    const long = bodyOf(pixels, new Uint8Array(1))
    expect((await send('PUT', `cam/${RAW}`, long)).json).toMatchObject({ status: 400, field: 'data' })
    expect(tracks.take('cam')).toBeUndefined()
  })

  it('discards what broke off, and gives the slot back', async () => {
    const { tracks, send } = setUp()
    for (const path of ['cam/image', `cam/${RAW}`])
      for (const headers of [{}, { 'content-length': `${pixels.length}` }]) {
        const body = bodyOf(pixels.subarray(0, 1000), new Error('gone'))
        const { json } = await send('PUT', path, body, headers)
        expect(json).toMatchObject({ status: 400, detail: 'the body broke off: gone' })
        const short = await send('PUT', path, bodyOf(pixels.subarray(0, 1000)), headers)
        expect([400, 415]).toContain(short.status)
      }
    expect(tracks.take('cam')).toBeUndefined()
    expect(tracks.held('cam')).toBe(0)
  })

  it('compressed as a whole is not understood', async () => {
    const { send } = setUp()
    const { json } = await send('PUT', 'cam/image', new Uint8Array(jpeg), { 'content-encoding': 'gzip' })
    expect(json).toMatchObject({ status: 415, detail: 'Content-Encoding: expected none, got "gzip"' })
  })

  it('with another method is answered 405', async () => {
    const { send, app } = setUp()
    const { status, headers } = await send('POST', 'cam/image', new Uint8Array(jpeg))
    expect([status, headers.get('allow')]).toEqual([405, 'PUT, OPTIONS'])
    expect(
      (await app.request('/tracks/cam/stream', { method: 'OPTIONS' })).headers.get('accept-post'),
    ).toContain('multipart/x-mixed-replace')
  })
})

describe('the track of an image', () => {
  it('has to be there', async () => {
    const { send } = setUp()
    const { json } = await send('PUT', 'dog/image', new Uint8Array(jpeg))
    expect(json).toMatchObject({ status: 404, detail: expect.stringMatching(/no track "dog".*createTracks/) })
  })

  it('may be made, when the image is good', async () => {
    const { send, tracks } = setUp({ createTracks: true })
    expect((await send('PUT', 'dog/image', noise(500, 1))).status).toBe(415)
    expect((await send('PUT', 'dog/image', new Uint8Array(jpeg.subarray(0, -10)))).status).toBe(400)
    expect([...tracks.all.keys()]).toEqual(['cam'])
    expect((await send('PUT', `d%20o%2Fg/${RAW}`, pixels)).status).toBe(204)
    expect(tracks.take('d o/g')?.data.equals(pixels)).toBe(true)
  })

  it('has the same rules for its name as everywhere', async () => {
    const { send, tracks } = setUp({ createTracks: true })
    for (const name of ['%00', 'x'.repeat(129)])
      expect((await send('PUT', `${name}/image`, new Uint8Array(jpeg))).json).toMatchObject({
        status: 400,
        field: 'track name',
      })
    expect((await send('PUT', '%ff/image', new Uint8Array(jpeg))).status).toBe(400)
    expect(tracks.all.size).toBe(1)
  })

  it('is not made when there are too many', async () => {
    const { send } = setUp({ createTracks: true })
    const statuses = []
    for (let i = 0; i < 4; i++) statuses.push((await send('PUT', `t${i}/image`, new Uint8Array(jpeg))).status)
    expect(statuses).toEqual([204, 204, 204, 503])
  })

  it('may have a queue that is full', async () => {
    const { send, tracks } = setUp()
    tracks.add('queue', { queueSize: 1, overflow: 'drop-newest' })
    expect((await send('PUT', 'queue/image', new Uint8Array(jpeg))).status).toBe(204)
    const full = await send('PUT', 'queue/image', new Uint8Array(jpeg))
    expect([full.status, full.headers.get('retry-after')]).toEqual([503, '1'])
  })
})
