import fc from 'fast-check'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { boundaryOf, MultipartParser } from '../../../../src/image/stream/multipart.js'
import { noise } from '../../cli/stream/support.js'

let images: Buffer[] = []
beforeAll(async () => {
  const make = (seed: number) =>
    sharp(noise(24 * 20 * 3, seed), { raw: { width: 24, height: 20, channels: 3 } })
  images = await Promise.all([
    make(1).jpeg().toBuffer(),
    make(2).png().toBuffer(),
    make(3).webp().toBuffer(),
    make(4).jpeg({ progressive: true }).toBuffer(),
  ])
})

interface Options {
  readonly boundary?: string
  readonly maxBytes?: number
  readonly frameBytes?: number
  readonly pieces?: readonly number[]
}

function parse(
  stream: Uint8Array,
  { boundary = 'frame', maxBytes = 100_000, frameBytes, pieces }: Options = {},
) {
  const parts: Buffer[] = []
  const refused: string[] = []
  const parser = new MultipartParser(
    { boundary: boundary || undefined, maxBytes, ...(frameBytes !== undefined && { frameBytes }) },
    { onPart: (bytes) => parts.push(Buffer.from(bytes)), onRefused: (reason) => refused.push(reason) },
  )
  let isMultipart = true
  for (let at = 0, i = 0; at < stream.length && isMultipart; i++) {
    const count = pieces ? (pieces[i % pieces.length] ?? 1) : stream.length
    isMultipart = parser.write(stream.subarray(at, at + count))
    at += count
  }
  return { parts, refused, isMultipart, rest: parser.end() }
}

/** How a camera writes one part. */
type Frame = (image: Buffer) => (string | Buffer)[]
const counted: Frame = (image) => [
  `--frame\r\nContent-Type: image/jpeg\r\nContent-Length: ${image.length}\r\n\r\n`,
  image,
  '\r\n',
]
const uncounted: Frame = (image) => ['--frame\r\nContent-Type: image/jpeg\r\n\r\n', image, '\r\n']

const stream = (frame: Frame, end = '--frame--\r\n', all = images) =>
  Buffer.concat([...all.flatMap(frame), end].map((part) => Buffer.from(part as Buffer)))

const PIECES = [[1], [2, 3], [7, 64, 1], [1000], [100_000]]

describe('a multipart stream', () => {
  it.each<[string, Frame, string?]>([
    ['with Content-Length', counted],
    ['without', uncounted],
    [
      'with line ends of LF alone',
      (image) => [`--frame\nContent-type:image/jpeg\ncontent-length:${image.length}\n\n`, image, '\n'],
    ],
    ['with LF and without Content-Length', (image) => ['--frame\nX: y\n\n', image, '\n']],
    [
      'without a line end before the delimiter',
      (image) => [`--frame\r\nContent-Length: ${image.length}\r\n\r\n`, image],
    ],
    ['without headers', (image) => ['--frame\r\n\r\n', image, '\r\n']],
    ['with empty lines around the images', (image) => ['\r\n\r\n--frame\r\nA: b\r\n\r\n', image, '\r\n\r\n']],
    ['with spaces after the delimiter', (image) => ['--frame  \r\nA: b\r\n\r\n', image, '\r\n']],
    ['with a text before each part', (image) => ['a text\r\n--frame\r\nA: b\r\n\r\n', image, '\r\n'], ''],
    ['with neither length nor line end', (image) => ['--frame\r\nA: b\r\n\r\n', image]],
    ['that is not closed', counted, ''],
    ['with something behind its end', counted, '--frame--\r\nthe end\r\n--frame\r\n\r\nnothing'],
  ])('%s, in any pieces', (_, frame, end) => {
    for (const pieces of PIECES) {
      const { parts, refused } = parse(stream(frame, end), { pieces })
      expect(parts.map((part, i) => part.equals(images[i]!))).toEqual(images.map(() => true))
      expect(refused).toEqual([])
    }
  })

  it('may begin with a JPEG where its headers should be', () => {
    const jpegs = images.filter((image) => image[0] === 0xff)
    const { parts } = parse(stream((image) => ['--frame\r\n', image, '\r\n'], '--frame--', jpegs))
    expect(parts.map((part, i) => part.equals(jpegs[i]!))).toEqual([true, true])
  })

  it.each([
    ['--frame', 'with its dashes'],
    ['other', 'another than the one that comes'],
    ['', 'none at all'],
  ])('may announce the boundary %j: %s', (boundary) => {
    for (const frame of [counted, uncounted])
      expect(parse(stream(frame), { boundary }).parts).toHaveLength(images.length)
  })

  it('hands an image over with its last byte, with and without a Content-Length', () => {
    for (const frame of [counted, uncounted]) {
      const [image] = images as [Buffer]
      const [head, body] = frame(image) as [string, Buffer]
      const { parts } = parse(Buffer.concat([Buffer.from(head), body]), { pieces: [99] })
      expect(parts.map((part) => part.equals(image))).toEqual([true])
    }
  })

  it('goes on after a Content-Length that is too short, and after one that is too long', () => {
    for (const wrong of [-20, -1, 1, 30, 400]) {
      const broken: Frame = (image) => [
        `--frame\r\nContent-Length: ${image.length + (image === images[0] ? wrong : 0)}\r\n\r\n`,
        image,
        '\r\n',
      ]
      for (const pieces of PIECES) {
        const { parts } = parse(stream(broken), { pieces })
        const whole = parts.filter((part) => images.some((image) => image.equals(part)))
        // the one that was wrong is lost, and at most what it swallowed
        expect(whole.length, `${wrong}, in pieces of ${pieces}`).toBeGreaterThanOrEqual(images.length - 2)
        expect(whole.at(-1)?.equals(images.at(-1)!)).toBe(true)
      }
    }
  })

  it('with a Content-Length that is always wrong loses one image, not all', () => {
    const [jpeg] = images as [Buffer]
    const twelve = Array.from({ length: 12 }, () => jpeg)
    for (const wrong of [-20, 60]) {
      const broken: Frame = (image) => [
        `--frame\r\nContent-Length: ${image.length + wrong}\r\n\r\n`,
        image,
        '\r\n',
      ]
      const { parts } = parse(stream(broken, '', twelve), { pieces: [777] })
      expect(parts.filter((part) => part.equals(jpeg)).length).toBeGreaterThanOrEqual(10)
    }
  })

  it('passes over a part that is too long, and shows the next', () => {
    const big = Buffer.concat([images[0]!.subarray(0, -2), Buffer.alloc(200_000, 1)])
    for (const frame of [counted, uncounted])
      for (const pieces of PIECES) {
        const { parts, refused } = parse(stream(frame, '', [big, images[1]!]), { pieces, maxBytes: 50_000 })
        expect(refused).toEqual([expect.stringMatching(/a part: expected at most 50000 bytes, got/)])
        expect(parts.map((part) => part.equals(images[1]!))).toEqual([true])
      }
  })

  it('passes over a part with endless headers', () => {
    const endless: Frame = (image) =>
      image === images[0] ? [`--frame\r\n${'X: y\r\n'.repeat(3000)}`, image, '\r\n'] : counted(image)
    const { parts, refused } = parse(stream(endless), { pieces: [100] })
    expect(refused).toEqual(['the headers of a part are longer than 8192 bytes'])
    expect(parts).toHaveLength(images.length - 1)
  })

  it('carries raw frames, each as soon as it is whole', () => {
    const frames = [noise(300, 1), noise(300, 2), noise(300, 3)].map((bytes) => Buffer.from(bytes))
    const bytes = stream(uncounted, '', frames)
    const { parts, rest } = parse(bytes.subarray(0, -2), { frameBytes: 300, pieces: [11] })
    expect(parts.map((part, i) => part.equals(frames[i]!))).toEqual([true, true, true])
    expect(rest).toBe(0)
  })

  it('tells how much of a part that broke off had come', () => {
    const [image] = images as [Buffer]
    for (const frame of [counted, uncounted]) {
      const [head = ''] = frame(image)
      const cut = Buffer.concat([Buffer.from(head as string), image.subarray(0, 100)])
      expect(parse(cut, { pieces: [9] })).toMatchObject({ parts: [], rest: 100 })
    }
  })

  it('is not one when nothing like a delimiter comes', () => {
    expect(parse(noise(60_000, 1)).isMultipart).toBe(true)
    expect(parse(noise(80_000, 1), { pieces: [1000] }).isMultipart).toBe(false)
    expect(parse(Buffer.from('x\r\n'.repeat(30_000)), { pieces: [100] }).isMultipart).toBe(false)
  })
})

describe('whatever comes', () => {
  /** Words of the format, and bytes that are none of them. */
  const word = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('--frame', '\r\n', '\n', '--', '\r\n\r\n', 'Content-Length: 9') },
    { weight: 2, arbitrary: fc.constantFrom('Content-Length: 99999999999', 'Content-Length: -1', ': ', '-') },
    {
      weight: 1,
      arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    },
    { weight: 2, arbitrary: fc.nat(3).map((i) => images[i]!.toString('latin1')) },
  )
  const text = fc.array(word, { maxLength: 60 }).map((words) => Buffer.from(words.join(''), 'latin1'))
  const pieces = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 })

  it('it does not throw, hands over no more than came, and no part beyond the limit', () => {
    fc.assert(
      fc.property(text, pieces, (bytes, sizes) => {
        const { parts, rest } = parse(bytes, { pieces: sizes, maxBytes: 2_000 })
        const total = parts.reduce((sum, part) => sum + part.length, rest)
        expect(total).toBeLessThanOrEqual(bytes.length)
        expect(Math.max(0, ...parts.map((part) => part.length))).toBeLessThanOrEqual(2_000)
      }),
      { numRuns: 1000, seed: 1 },
    )
  })

  it('the images after it are found, once a delimiter comes', () => {
    fc.assert(
      fc.property(text, pieces, (bytes, sizes) => {
        const start = Buffer.from('--frame\r\n\r\n')
        // a Content-Length in the noise may swallow what follows it; nine bytes here, so one image at most
        const noisy = Buffer.from(
          bytes.toString('latin1').replaceAll('--frame--', '').replaceAll('99999999999', '9'),
          'latin1',
        )
        const whole = Buffer.concat([
          start,
          noisy,
          Buffer.from('\r\n'),
          stream(counted, ''),
          stream(counted, ''),
        ])
        const { parts } = parse(whole, { pieces: sizes })
        const found = parts.slice(-images.length)
        // unless the noise has closed the stream
        if (!/--frame--|--frame\r?\n--/.test(whole.toString('latin1')))
          expect(found.map((part, i) => part.equals(images[i]!))).toEqual(images.map(() => true))
      }),
      { numRuns: 500, seed: 2 },
    )
  })

  it('a million tiny parts take no longer than their bytes', () => {
    const tiny = Buffer.from('--frame\n\nx\n'.repeat(50_000))
    const { parts } = parse(tiny)
    expect(parts).toHaveLength(49_999)
  })
})

describe('the boundary of a Content-Type', () => {
  it.each([
    ['multipart/x-mixed-replace; boundary=frame', 'frame'],
    ['multipart/x-mixed-replace;boundary="a b\\"c"', 'a b"c'],
    ['multipart/x-mixed-replace; charset=x; BOUNDARY = --myboundary ; x=y', '--myboundary'],
    ['multipart/x-mixed-replace', undefined],
    ['multipart/x-mixed-replace; boundary=', undefined],
    ['multipart/x-mixed-replace; boundary=""', undefined],
  ])('%s', (type, boundary) => {
    expect(boundaryOf(type)).toBe(boundary)
  })
})
