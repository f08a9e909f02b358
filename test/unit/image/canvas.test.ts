import { createCanvas, loadImage, SvgExportFlag } from '@napi-rs/canvas'
import { describe, expect, it } from 'vitest'
import { openImage } from '../../../src/image/index.js'
import { asyncRefusal, copied, refusal } from './refusals.js'

describe('@napi-rs/canvas', () => {
  it('is read as RGBA, composited on black', () => {
    const canvas = createCanvas(3, 2)
    const context = canvas.getContext('2d')
    context.fillStyle = 'rgba(255, 0, 0, 0.5)'
    context.fillRect(0, 0, 1, 1)
    context.fillStyle = '#4080c0'
    context.fillRect(1, 0, 1, 1)
    const source = openImage(canvas)
    expect(source).toMatchObject({ format: 'rgba', width: 3, height: 2, byteLength: 24 })
    expect(copied(source).slice(0, 12)).toEqual([128, 0, 0, 128, 0x40, 0x80, 0xc0, 255, 0, 0, 0, 0])
  })

  it('is read as it is at the time of the call', () => {
    const canvas = createCanvas(2, 2)
    const context = canvas.getContext('2d')
    const before = openImage(canvas)
    context.fillStyle = '#fff'
    context.fillRect(0, 0, 2, 2)
    expect(copied(before)).toEqual(Array(16).fill(0))
    expect(copied(openImage(canvas))).toEqual(Array(16).fill(255))
  })

  it('is refused with half floats, without pixels, too small, or when it is the context', () => {
    const floats = createCanvas(3, 2)
    floats.getContext('2d', { colorType: 'float16' })
    expect(refusal(floats)).toMatchObject({ field: 'colorType', actual: '"float16"' })
    expect(refusal(createCanvas(3, 2, SvgExportFlag.RelativePathEncoding)).expected).toContain(
      'a canvas with pixels',
    )
    expect(refusal(createCanvas(1, 2)).field).toBe('width')
    expect(refusal(createCanvas(3, 2).getContext('2d')).actual).toContain('Pass its canvas')
  })
})

describe('an Image of @napi-rs/canvas', () => {
  it('is referred to a canvas, which is read with the image drawn on it', async () => {
    const original = createCanvas(2, 2)
    original.getContext('2d').fillStyle = '#4080c0'
    original.getContext('2d').fillRect(0, 0, 2, 1)
    const image = await loadImage(await original.encode('png'))
    expect(refusal(image).actual).toContain('draw it on a canvas')
    const canvas = createCanvas(2, 2)
    canvas.getContext('2d').drawImage(image, 0, 0)
    expect(copied(openImage(canvas)).slice(4)).toEqual([0x40, 0x80, 0xc0, 255, ...Array(8).fill(0)])
    expect(openImage(image.src as Buffer)).toMatchObject({ format: 'png', width: 2, height: 2 })
  })
})

/** As in `lib/classes/canvas.js` of skia-canvas 3: `raw` is a getter that renders. */
class SkiaCanvas {
  readonly calls: unknown[][] = []
  constructor(
    readonly width: number,
    readonly height: number,
    readonly pixels: Uint8Array,
  ) {}
  getContext(): object {
    return {}
  }
  get raw(): Promise<Buffer> {
    throw new Error('rendered without being asked')
  }
  toBuffer(): Promise<Buffer> {
    return Promise.resolve(Buffer.alloc(0))
  }
  toBufferSync(...parameters: unknown[]): Buffer {
    this.calls.push(parameters)
    return Buffer.from(this.pixels)
  }
}

describe('skia-canvas', () => {
  it('is asked for pixels on black', () => {
    const canvas = new SkiaCanvas(
      2,
      2,
      Uint8Array.from({ length: 16 }, (_, index) => index),
    )
    expect(copied(openImage(canvas))).toEqual([...canvas.pixels])
    expect(canvas.calls).toEqual([['raw', { matte: '#000', colorType: 'rgba' }]])
  })

  it('is refused when the bytes are not as many as the pixels', async () => {
    const canvas = new SkiaCanvas(2, 2, new Uint8Array(15))
    expect(refusal(canvas)).toMatchObject({ field: "toBufferSync('raw')", expected: '16 bytes (2×2 rgba)' })
    expect((await asyncRefusal(canvas)).field).toBe("toBufferSync('raw')")
  })
})

/** As node-canvas has it (`toBuffer('raw')` in its Readme): BGRA in memory, premultiplied, rows of `stride` bytes. */
const cairo = (format = 'RGBA32') => ({
  width: 2,
  height: 2,
  stride: 12,
  getContext: (): object => ({ pixelFormat: format }),
  toBuffer: (kind: string): Buffer =>
    kind === 'raw'
      ? Buffer.from([1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 9, 10, 11, 12, 13, 14, 15, 16, 0, 0, 0, 0])
      : Buffer.alloc(0),
})

describe('node-canvas', () => {
  it('is read as BGRA with its stride', () => {
    const source = openImage(cairo())
    expect(source).toMatchObject({ format: 'bgra', width: 2, height: 2, byteLength: 16 })
    expect(copied(source)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1))
    expect(openImage(cairo('RGB24')).format).toBe('bgra')
  })

  it('is refused in other pixel formats', () => {
    expect(refusal(cairo('RGB16_565'))).toMatchObject({ field: 'pixelFormat', actual: '"RGB16_565"' })
  })

  it('passes on what the library said', () => {
    const error = refusal({
      ...cairo(),
      toBuffer: () => {
        throw new Error('out of memory')
      },
    })
    expect(error.actual).toContain('out of memory')
    expect(error.cause).toBeInstanceOf(Error)
  })
})
