import fc from 'fast-check'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { ImageError } from '../../../src/common/errors.js'
import { openImage } from '../../../src/image/index.js'
import { copied, refusal } from './refusals.js'

const WIDTH = 33
const HEIGHT = 17
const files: Record<string, Buffer> = {}

beforeAll(async () => {
  const noise = { type: 'gaussian', mean: 128, sigma: 60 } as const
  const image = sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#000', noise } })
  const pixels = await image.png().toBuffer()
  const make = () => sharp(pixels)
  files.jpeg = await make().jpeg().toBuffer()
  files.progressive = await make().jpeg({ progressive: true, quality: 95 }).toBuffer()
  files.exif = await make()
    .withExif({ IFD0: { Artist: 'x'.repeat(300) } })
    .jpeg()
    .toBuffer()
  files.grayJpeg = await make().greyscale().jpeg().toBuffer()
  files.png = pixels
  files.interlaced = await make().png({ progressive: true, palette: true }).toBuffer()
  files.lossy = await make().webp().toBuffer()
  files.lossless = await make().webp({ lossless: true }).toBuffer()
  files.extended = await make().ensureAlpha(0.5).webp().toBuffer()
  const two = Buffer.alloc(WIDTH * HEIGHT * 2 * 3, 9).fill(200, WIDTH * HEIGHT * 3)
  const animation = { width: WIDTH, height: 2 * HEIGHT, channels: 3, pageHeight: HEIGHT } as const
  files.animated = await sharp(two, { raw: animation }).webp({ loop: 0 }).toBuffer()
})

const FORMATS = {
  jpeg: 'jpeg',
  progressive: 'jpeg',
  exif: 'jpeg',
  grayJpeg: 'jpeg',
  png: 'png',
  interlaced: 'png',
  lossy: 'webp',
  lossless: 'webp',
  extended: 'webp',
  animated: 'webp',
} as const
const kinds = Object.entries(FORMATS)

const patched = (file: Buffer, at: number, ...bytes: number[]) => {
  const copy = Buffer.from(file)
  copy.set(bytes, at)
  return copy
}

describe('openEncoded', () => {
  it.each(kinds)('reads the header of %s and passes the bytes on', (name, format) => {
    const file = files[name]!
    const source = openImage(file)
    expect(source).toMatchObject({ format, width: WIDTH, height: HEIGHT, byteLength: file.length })
    expect(copied(source)).toEqual([...file])
  })

  it('takes every kind of bytes, from any position', () => {
    const memory = new Uint8Array(files.png!.length + 3)
    memory.set(files.png!, 3)
    const view = memory.subarray(3)
    expect(openImage(view).alignment).toBe(3)
    for (const bytes of [
      view,
      view.slice().buffer,
      new Uint8ClampedArray(view),
      new DataView(memory.buffer, 3),
    ])
      expect(copied(openImage(bytes))).toEqual([...files.png!])
  })

  it.each(kinds)('refuses %s truncated anywhere', (name) => {
    const file = files[name]!
    for (let length = 0; length < file.length; length++) {
      const error = refusal(file.subarray(0, length))
      expect(error.field).toBe('data')
    }
  })

  it.each(kinds)('takes %s with bytes after its end', (name) => {
    const padded = Buffer.concat([files[name]!, Buffer.alloc(7)])
    expect(openImage(padded)).toMatchObject({ width: WIDTH, height: HEIGHT, byteLength: padded.length })
  })

  it.each(kinds)('refuses nothing of %s but with an ImageError, however it is mutated', (name) => {
    const mutation = fc.record({
      changes: fc.array(fc.tuple(fc.nat(files[name]!.length - 1), fc.nat(255)), {
        minLength: 1,
        maxLength: 12,
      }),
      early: fc.array(fc.tuple(fc.nat(40), fc.nat(255)), { maxLength: 4 }),
      cut: fc.option(fc.nat(files[name]!.length)),
    })
    fc.assert(
      fc.property(mutation, ({ changes, early, cut }) => {
        const file = Buffer.from(files[name]!)
        for (const [at, byte] of [...changes, ...early]) file[at] = byte
        onlyImageErrors(cut === null ? file : file.subarray(0, cut))
      }),
      { numRuns: 300 },
    )
  })

  it('refuses any bytes behind a true beginning with an ImageError', () => {
    const beginning = fc.constantFrom(
      Buffer.from([0xff, 0xd8, 0xff]),
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      Buffer.from('RIFF\x40\x00\x00\x00WEBP', 'latin1'),
      Buffer.from('RIFF\x40\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00', 'latin1'),
      Buffer.alloc(0),
    )
    fc.assert(
      fc.property(beginning, fc.uint8Array({ maxLength: 120 }), (head, tail) => {
        onlyImageErrors(Buffer.concat([head, tail]))
      }),
      { numRuns: 1000 },
    )
  })

  it('says what is accepted when the bytes are something else', () => {
    const error = refusal(Buffer.from('GIF89a-and-so-on'))
    expect(error.expected).toBe('JPEG, PNG or WebP bytes, or {data, width, height, format}')
    expect(error.actual).toBe('Buffer(16) that begins with 47 49 46 38')
    expect(refusal(new Uint8Array(0)).actual).toBe('Uint8Array(0)')
    expect(refusal(new Float32Array(9)).expected).toContain('bytes')
  })

  it('refuses a detached buffer', () => {
    const { buffer } = new Uint8Array(9)
    structuredClone(buffer, { transfer: [buffer] })
    expect(refusal(buffer).actual).toContain('detached')
    const file = new Uint8Array(files.png!)
    const source = openImage(file)
    structuredClone(file.buffer, { transfer: [file.buffer] })
    expect(() => source.copyTo(new Uint8Array(9999))).toThrow(ImageError)
  })
})

describe('the size of a turned photo', () => {
  it.each([
    ['jpeg', [5, 8]],
    ['png', [6, 7]],
    ['webp', [8, 6]],
  ] as const)('is that of the upright one: %s', async (format, orientations) => {
    for (const orientation of orientations) {
      const turned = await sharp(files.png!).withMetadata({ orientation }).toFormat(format).toBuffer()
      expect(openImage(turned)).toMatchObject({ width: HEIGHT, height: WIDTH })
    }
    const flipped = await sharp(files.png!).withMetadata({ orientation: 4 }).toFormat(format).toBuffer()
    expect(openImage(flipped)).toMatchObject({ width: WIDTH, height: HEIGHT })
  })
})

describe('readJpegHeader', () => {
  const frameAt = () => files.jpeg!.indexOf(Buffer.from([0xff, 0xc0]))

  it.each([
    [0xc3, 'lossless'],
    [0xc5, 'hierarchical'],
    [0xc9, 'arithmetic-coded'],
    [0xcf, 'arithmetic-coded hierarchical lossless'],
  ])('refuses frame header %i', (code, kind) => {
    expect(refusal(patched(files.jpeg!, frameAt() + 1, code)).actual).toBe(`one that is ${kind}`)
  })

  it('takes extended Huffman coding, refuses 12 bits a sample', () => {
    expect(openImage(patched(files.jpeg!, frameAt() + 1, 0xc1)).format).toBe('jpeg')
    expect(refusal(patched(files.jpeg!, frameAt() + 4, 12)).actual).toBe('12 bits')
  })

  it('checks the sizes', () => {
    expect(refusal(patched(files.jpeg!, frameAt() + 5, 0, 0))).toMatchObject({ field: 'height', actual: '0' })
    expect(refusal(patched(files.jpeg!, frameAt() + 7, 255, 255))).toMatchObject({
      field: 'width',
      actual: '65535',
    })
  })

  it('takes fill bytes before a marker', () => {
    const at = frameAt()
    const file = Buffer.concat([files.jpeg!.subarray(0, at), Buffer.alloc(5, 0xff), files.jpeg!.subarray(at)])
    expect(openImage(file).width).toBe(WIDTH)
  })

  it('is not taken in by the end of a thumbnail', () => {
    const thumbnail = Buffer.from([0xff, 0xe1, 0x00, 0x06, 0xff, 0xd8, 0xff, 0xd9])
    const file = Buffer.concat([files.jpeg!.subarray(0, 2), thumbnail, files.jpeg!.subarray(2)])
    expect(openImage(file).width).toBe(WIDTH)
    expect(refusal(file.subarray(0, 10)).actual).toContain('truncated')
  })
})

describe('readPngHeader', () => {
  it('checks the sizes', () => {
    expect(refusal(patched(files.png!, 16, 0xff, 0xff, 0xff, 0xff))).toMatchObject({
      field: 'width',
      actual: '4294967295',
    })
    expect(refusal(patched(files.png!, 20, 0, 0, 0, 1))).toMatchObject({ field: 'height', actual: '1' })
  })

  it('wants the header first, and pixels', () => {
    expect(refusal(patched(files.png!, 12, 0x69)).expected).toContain('IHDR')
    const at = files.png!.indexOf('IDAT')
    expect(refusal(patched(files.png!, at, 0x69)).expected).toContain('IDAT')
  })
})

describe('readWebpHeader', () => {
  it('checks the sizes', () => {
    expect(refusal(patched(files.extended!, 24, 0xff, 0xff, 0xff))).toMatchObject({
      field: 'width',
      actual: '16777216',
    })
    expect(refusal(patched(files.lossless!, 21, 0, 0))).toMatchObject({ field: 'width', actual: '1' })
    expect(refusal(patched(files.lossy!, 26, 1, 0xc0))).toMatchObject({ field: 'width', actual: '1' })
  })

  it('takes animations by the size of their canvas', () => {
    expect(openImage(files.animated!)).toMatchObject({ width: WIDTH, height: HEIGHT })
    // a still that says that it moves
    expect(openImage(patched(files.extended!, 20, files.extended![20]! | 2)).width).toBe(WIDTH)
    const at = files.animated!.indexOf('ANMF') + 8
    expect(refusal(patched(files.animated!, at, 1)).expected).toContain('lies on its canvas')
    expect(refusal(patched(files.animated!, at - 4, 4, 0, 0, 0)).actual).toBe('a short one')
  })

  it('goes by the first canvas, as the decoder does', () => {
    const file = files.animated!
    // 16000×16000, an animation
    const large = Buffer.from('VP8X\x0a\0\0\0\x02\0\0\0\x7f\x3e\0\x7f\x3e\0', 'latin1')
    const twice = Buffer.concat([file.subarray(0, 12), large, file.subarray(12)])
    twice.writeUInt32LE(twice.length - 8, 4)
    expect(refusal(twice)).toMatchObject({ field: 'width', actual: '16000' })
  })

  it('refuses other pictures', () => {
    expect(refusal(patched(files.lossy!, 23, 0)).expected).toContain('VP8 key frame')
    expect(refusal(patched(files.lossless!, 20, 0)).expected).toContain('VP8L signature')
    expect(refusal(patched(files.lossy!, 12, 0x56, 0x50, 0x39)).expected).toContain('a picture')
  })
})

function onlyImageErrors(image: unknown): void {
  try {
    const source = openImage(image)
    source.copyTo(new Uint8Array(source.byteLength))
  } catch (error) {
    if (!(error instanceof ImageError)) throw error
  }
}
