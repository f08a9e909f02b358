import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { SignalingError } from '../../../../src/common/errors.js'
import { noise } from '../../cli/stream/support.js'
import { bodyOf, setUp } from './support.js'

const WIDTH = 34
const HEIGHT = 20
const RAW = `stream?width=${WIDTH}&height=${HEIGHT}&format=gray8`
const FRAME = WIDTH * HEIGHT
const MIXED = { 'content-type': 'multipart/x-mixed-replace; boundary=frame' }
let jpegs: Buffer[] = []
let png: Buffer

beforeAll(async () => {
  const make = (seed: number) =>
    sharp(noise(FRAME * 3, seed), { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
  jpegs = await Promise.all([1, 2, 3].map((seed) => make(seed).jpeg().toBuffer()))
  png = await make(4).png().toBuffer()
})

const part = (image: Uint8Array) =>
  Buffer.concat([
    Buffer.from(`--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${image.length}\r\n\r\n`),
    image,
    Buffer.from('\r\n'),
  ])

describe('a stream', () => {
  it('of multipart images is answered with its counts', async () => {
    const { send, tracks } = setUp()
    const body = bodyOf(...[...jpegs, png].map(part), '--frame--\r\n')
    const { status, json } = await send('POST', 'cam/stream', body, MIXED)
    expect([status, json]).toEqual([200, { images: 4, refused: 0, dropped: 0, incomplete: 0 }])
    expect(tracks.take('cam')?.data.equals(png)).toBe(true)
    expect(tracks.all.get('cam')?.stats.pushed).toBe(4)
  })

  it('goes on after an image that is none, and says so', async () => {
    const { send, tracks } = setUp()
    const cut = jpegs[0]!.subarray(0, -20)
    const body = bodyOf(
      part(jpegs[0]!),
      part(Buffer.from('{"error": "camera busy"}')),
      part(cut),
      part(jpegs[1]!),
    )
    const { status, json } = await send('POST', 'cam/stream', body, MIXED)
    expect([status, json]).toMatchObject([
      200,
      { images: 2, refused: 2, lastError: expect.stringContaining('truncated') },
    ])
    expect(tracks.take('cam')?.data.equals(jpegs[1]!)).toBe(true)
    // of many, the application hears now and then
    expect(tracks.reported).toEqual([expect.stringMatching(/^cam: image\.data: expected JPEG, PNG or WebP/)])
  })

  it('of images one after the other, and what is between them', async () => {
    const { send, tracks } = setUp()
    const damaged = jpegs[0]!.subarray(0, -50)
    const body = bodyOf(jpegs[0]!, '\n', png, damaged, jpegs[2]!, jpegs[1]!.subarray(0, 99))
    const { json } = await send('POST', 'cam/stream', body)
    expect(json).toMatchObject({ images: 3, refused: 1, incomplete: 99 })
    expect(tracks.take('cam')?.data.equals(jpegs[2]!)).toBe(true)
  })

  it('of raw frames, in any pieces', async () => {
    const { send, tracks } = setUp()
    const frames = noise(FRAME * 5 + 7, 3)
    const pieces = Array.from({ length: Math.ceil(frames.length / 611) }, (_, i) =>
      frames.slice(i * 611, i * 611 + 611),
    )
    const { json } = await send('POST', `cam/${RAW}`, bodyOf(...pieces))
    expect(json).toEqual({ images: 5, refused: 0, dropped: 0, incomplete: 7 })
    expect(tracks.take('cam')?.data.equals(frames.subarray(FRAME * 4, FRAME * 5))).toBe(true)
    expect(tracks.held('cam')).toBe(0)
  })

  it('of raw frames with padded rows, or as parts of multipart', async () => {
    const { send, tracks } = setUp()
    const padded = new Uint8Array((WIDTH + 6) * HEIGHT * 2)
    const { json } = await send('POST', `cam/${RAW}&stride=${WIDTH + 6}`, bodyOf(padded))
    expect(json).toMatchObject({ images: 2, incomplete: 0 })
    const frame = noise(FRAME, 9)
    const parts = await send(
      'POST',
      `cam/${RAW}`,
      bodyOf(part(frame), part(frame.subarray(1)), part(frame)),
      MIXED,
    )
    expect(parts.json).toMatchObject({
      images: 2,
      refused: 1,
      lastError: expect.stringContaining(`expected ${FRAME} bytes`),
    })
    expect(tracks.take('cam')?.data.equals(frame)).toBe(true)
  })

  it('without any image is answered 400, with the reason', async () => {
    const { send } = setUp()
    expect((await send('POST', 'cam/stream')).json).toMatchObject({
      status: 400,
      detail: 'the body: expected images, got nothing',
    })
    expect((await send('POST', 'cam/stream', bodyOf(part(Buffer.from('x'))), MIXED)).json).toMatchObject({
      status: 400,
      refused: 1,
    })
    expect((await send('POST', 'cam/stream', bodyOf('{"no": "image"}'))).json).toMatchObject({
      detail: 'the body: expected images, got 15 bytes that are none',
    })
    expect((await send('POST', `cam/${RAW}`, bodyOf(new Uint8Array(5)))).json).toMatchObject({
      status: 400,
      detail: 'the body: expected images, got 5 bytes of an incomplete one',
    })
  })

  it('that is not the multipart it says it is ends early', async () => {
    const { send } = setUp()
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(10_000)) })
    const { json } = await send('POST', 'cam/stream', endless, MIXED)
    expect(json).toMatchObject({
      status: 400,
      detail: expect.stringMatching(/expected a multipart stream.*got no line/),
    })
  })

  it('that breaks off keeps its whole images, and nothing of the last', async () => {
    const { send, tracks } = setUp()
    const frames = noise(FRAME * 2, 5)
    for (const [path, body, headers] of [
      [RAW, bodyOf(frames.subarray(0, FRAME + 100), new Error('gone')), {}],
      ['stream', bodyOf(part(png), part(jpegs[0]!).subarray(0, 300), new Error('gone')), MIXED],
      ['stream', bodyOf(png, jpegs[0]!.subarray(0, 300), new Error('gone')), {}],
    ] as const) {
      const { json } = await send('POST', `cam/${path}`, body, headers)
      expect(json).toMatchObject({ status: 400, detail: 'the body broke off: gone', images: 1 })
      expect(json.incomplete).toBeGreaterThan(90)
      const shown = tracks.take('cam')?.data
      expect(shown?.equals(path === RAW ? frames.subarray(0, FRAME) : png)).toBe(true)
      expect(tracks.held('cam')).toBe(0)
    }
  })

  it('to a track that is closed meanwhile ends with 404', async () => {
    const { send, tracks } = setUp()
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(part(jpegs[0]!))
        tracks.close('cam')
      },
    })
    const { json } = await send('POST', 'cam/stream', body, MIXED)
    expect(json).toMatchObject({ status: 404, detail: 'the track "cam" was closed' })
  })

  it('makes its track, if senders may', async () => {
    const { send, tracks } = setUp({ createTracks: true })
    expect((await send('POST', 'new/stream', bodyOf(part(png)), MIXED)).status).toBe(200)
    expect(tracks.take('new')?.format).toBe('png')
    expect((await setUp().send('POST', 'new/stream', bodyOf(part(png)), MIXED)).status).toBe(404)
  })

  it('makes no track for what is no image', async () => {
    const { send, tracks } = setUp({ createTracks: true })
    for (const [path, body, headers] of [
      ['new/stream', undefined, {}],
      ['new/stream', bodyOf('{"no": "image"}'), {}],
      ['new/stream', bodyOf(part(jpegs[0]!.subarray(0, -20))), MIXED],
      [`new/${RAW}`, bodyOf(new Uint8Array(FRAME - 1)), {}],
    ] as const)
      expect((await send('POST', path, body, headers)).status).toBe(400)
    expect([...tracks.all.keys()]).toEqual(['cam'])
  })

  it.each<[string, string, Record<string, string>, () => Uint8Array[]]>([
    ['multipart images', 'stream', MIXED, () => jpegs.map(part)],
    ['images', 'stream', {}, () => jpegs],
    ['raw frames', RAW, {}, () => [1, 2, 3].map((seed) => noise(FRAME, seed))],
    ['padded frames', `${RAW}&stride=${WIDTH}`, {}, () => [1, 2, 3].map((seed) => noise(FRAME, seed))],
  ])('keeps the newest of the %s that come while its track is made', async (_, path, headers, images) => {
    const { send, tracks } = setUp({ createTracks: true })
    let settle = (): void => {}
    const busy = new Promise<void>((resolve) => {
      settle = resolve
    })
    let asked = 0
    tracks.createTrack = async (name) => {
      asked++
      await busy
      tracks.add(name)
    }
    const pieces = [...images()]
    const body = new ReadableStream({
      async pull(controller) {
        const piece = pieces.shift()
        if (!piece) controller.close()
        else controller.enqueue(Buffer.from(piece))
        // The application has no time before all are on their way.
        if (pieces.length === 0) settle()
      },
    })
    const last = pieces.at(-1)!
    const { status, json } = await send('POST', `new/${path}`, body, headers)
    expect([status, json]).toEqual([200, { images: 3, refused: 0, dropped: 0, incomplete: 0 }])
    expect(asked).toBe(1)
    const shown = tracks.take('new')!.data
    expect(headers === MIXED ? Buffer.from(last).includes(shown) : shown.equals(last)).toBe(true)
    expect(tracks.held('new')).toBe(0)
  })

  it('ends at once when its track cannot be made', async () => {
    const { send, tracks } = setUp({ createTracks: true })
    tracks.createTrack = async () => {
      throw new SignalingError(503, 'enough tracks', { 'Retry-After': '1' })
    }
    // An image, and then nothing more for ever.
    const body = new ReadableStream({ start: (controller) => controller.enqueue(part(png)) })
    const { status, json, headers } = await send('POST', 'new/stream', body, MIXED)
    expect([status, headers.get('retry-after'), json]).toMatchObject([
      503,
      '1',
      { detail: 'enough tracks', images: 0 },
    ])
  })

  it.each<[string, Record<string, string>, number, string]>([
    // None before the good one: the last of them would go on in it.
    ['that only begin', {}, 0, '\xff\xd8\xff'],
    ['in parts', MIXED, 900, '--frame\r\nContent-Length: 1\r\n\r\nx\r\n'],
    ['in parts without a length', MIXED, 900, '--frame\r\n\r\nx\r\n'],
  ])(
    'ends with 400 after a thousand refused ones %s, also in one piece',
    async (_, headers, before, text) => {
      const { send, tracks } = setUp()
      const bad = (count: number) => Buffer.from(text.repeat(count), 'latin1')
      const good = headers === MIXED ? part(png) : png
      const body = bodyOf(bad(before), good, bad(5_000))
      const { status, json } = await send('POST', 'cam/stream', body, headers)
      expect([status, json]).toMatchObject([
        400,
        {
          detail: expect.stringMatching(/^1000 images in a row could not be shown; the last: /),
          images: 1,
          refused: before + 1000,
          incomplete: 0,
        },
      ])
      expect(tracks.take('cam')?.data.equals(png)).toBe(true)
      expect((await send('PUT', 'cam/image', new Uint8Array(png))).status).toBe(204)
    },
  )

  it('counts the images for which there was no room', async () => {
    const { send, tracks } = setUp()
    tracks.add('queue', { queueSize: 2, overflow: 'drop-newest' })
    const { json } = await send('POST', 'queue/stream', bodyOf(...jpegs, ...jpegs))
    expect(json).toMatchObject({ images: 2, dropped: 4 })
  })
})

describe('a sender that is slow', () => {
  /** Something every 20 ms, for ever. */
  const trickle = (piece: Uint8Array) =>
    new ReadableStream({
      pull: async (controller) => {
        await sleep(20)
        controller.enqueue(piece)
      },
    })

  it.each<[string, string, () => ReadableStream]>([
    ['says nothing', 'stream', () => new ReadableStream({})],
    ['sends a byte now and then', 'stream', () => trickle(new Uint8Array(1))],
    ['sends a raw frame byte by byte', RAW, () => trickle(new Uint8Array(1))],
    ['sends delimiters only', 'stream', () => trickle(Buffer.from('--frame\r\n\r\n'))],
    ['sends what is no image, part by part', 'stream', () => trickle(part(Buffer.from('x')))],
    ['puts an image byte by byte', RAW.replace('stream', 'image'), () => trickle(new Uint8Array(1))],
  ])('and %s is given up', async (_, path, body) => {
    const { send, tracks } = setUp({ timeout: 150 })
    const method = path.startsWith('image') ? 'PUT' : 'POST'
    const headers = path === 'stream' ? MIXED : {}
    const { json } = await send(method, `cam/${path}`, body(), headers)
    expect(json).toMatchObject({ status: 408, detail: 'no whole image came for 0.15 s' })
    expect(tracks.held('cam')).toBe(0)
  })

  it('has time as long as images come', async () => {
    const { send } = setUp({ timeout: 400 })
    let count = 0
    const body = new ReadableStream({
      pull: async (controller) => {
        await sleep(100)
        if (count++ < 8) controller.enqueue(part(jpegs[0]!))
        else controller.close()
      },
    })
    expect((await send('POST', 'cam/stream', body, MIXED)).json).toMatchObject({ images: 8 })
  })

  it('takes one slot of a track, and leaves the others to the application', async () => {
    const { tracks, send } = setUp({ timeout: 300, maxSenders: 10 })
    const slow = Array.from({ length: 8 }, () =>
      send('POST', `cam/${RAW}`, bodyOf(...[new Uint8Array(9)]).pipeThrough(hang())),
    )
    await sleep(100)
    expect(tracks.held('cam')).toBe(1)
    const frame = noise(FRAME, 8)
    expect((await send('PUT', `cam/${RAW.replace('stream', 'image')}`, frame)).status).toBe(204)
    expect(tracks.take('cam')?.data.equals(frame)).toBe(true)
    expect((await Promise.all(slow)).map(({ status }) => status)).toEqual(Array(8).fill(408))
    expect(tracks.held('cam')).toBe(0)
  })

  it('takes one place of all, and one more sender than there are places is told to come again', async () => {
    const { send } = setUp({ timeout: 300 })
    const slow = [1, 2, 3].map(() => send('POST', 'cam/stream', new ReadableStream({})))
    await sleep(50)
    const { status, headers } = await send('PUT', 'cam/image', new Uint8Array(png))
    expect([status, headers.get('retry-after')]).toEqual([503, '1'])
    await Promise.all(slow)
    expect((await send('PUT', 'cam/image', new Uint8Array(png))).status).toBe(204)
  })

  /** Passes on what comes, and never the end. */
  function hang(): TransformStream<Uint8Array, Uint8Array> {
    return new TransformStream({ flush: () => new Promise(() => {}) })
  }
})

describe('two senders to one track', () => {
  it('never make an image of both', async () => {
    const { send, tracks } = setUp()
    const seen = new Set<string>()
    const stream = (level: number) => {
      let count = 0
      return new ReadableStream({
        pull: async (controller) => {
          await sleep(0)
          const image = tracks.take('cam')
          if (image) seen.add([...new Set(image.data)].join())
          if (count++ > 200) controller.close()
          else controller.enqueue(new Uint8Array(level * 71).fill(level))
        },
      })
    }
    const answers = await Promise.all([1, 2].map((level) => send('POST', `cam/${RAW}`, stream(level))))
    expect(answers.map(({ json }) => json)).toMatchObject([{ images: 20 }, { images: 41 }])
    expect([...seen].sort()).toEqual(['1', '2'])
  })
})

describe('whatever is sent', () => {
  it('is answered, and the next image is shown', async () => {
    const { send, tracks, errors } = setUp({ maxBytes: 2_000_000, createTracks: true })
    const chunk = fc.oneof(
      fc.uint8Array({ maxLength: 400 }),
      fc
        .constantFrom('--frame', '\r\n\r\n', 'Content-Length: 5\r\n', '--', '\r\n')
        .map((text) => Buffer.from(text)),
      fc.nat(2).map((i) => jpegs[i]!),
      fc.nat(2).map((i) => part(jpegs[i]!)),
    )
    const query = fc.oneof(
      fc.constantFrom('', '?width=9&height=9&format=gray8', '?width=3&height=2&format=nv12&stride=5'),
      fc.webQueryParameters().map((text) => `?${text}`),
    )
    const type = fc.constantFrom(
      'multipart/x-mixed-replace',
      'multipart/mixed;boundary=""',
      MIXED['content-type'],
      'x',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.array(chunk, { maxLength: 12 }),
        query,
        type,
        async (isPut, chunks, text, contentType) => {
          const path = `cam/${isPut ? 'image' : 'stream'}${text}`
          const { status } = await send(isPut ? 'PUT' : 'POST', path, bodyOf(...chunks), {
            'content-type': contentType,
          })
          expect([200, 204, 400, 413, 415]).toContain(status)
          expect(tracks.held('cam')).toBe(0)
          tracks.take('cam')
          expect((await send('PUT', 'cam/image', new Uint8Array(png))).status).toBe(204)
          expect(tracks.take('cam')?.format).toBe('png')
        },
      ),
      { numRuns: 100, seed: 4 },
    )
    expect(errors).toEqual([])
  }, 30_000)
})
