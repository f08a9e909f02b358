import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ImageError, OptionError } from '../../../src/common/errors.js'
import { fromTensor, openImage, type TensorData, type TensorOptions } from '../../../src/image/index.js'
import { copied, refusal } from './refusals.js'

const size = { width: 2, height: 2 }
const pixels = (data: TensorData, options: TensorOptions) => copied(openImage(fromTensor(data, options)))
const numbers = (length: number) => Uint8Array.from({ length }, (_, index) => index * 7)

function refused(data: unknown, options: unknown): ImageError {
  try {
    fromTensor(data as TensorData, options as TensorOptions)
  } catch (error) {
    expect(error).toBeInstanceOf(ImageError)
    return error as ImageError
  }
  throw new Error('the tensor was taken')
}

describe('fromTensor', () => {
  it.each([
    [1, 'rgb', 'gray8'],
    [1, 'bgr', 'gray8'],
    [3, 'rgb', 'rgb24'],
    [3, 'bgr', 'bgr24'],
    [4, 'rgb', 'rgba'],
    [4, 'bgr', 'bgra'],
  ] as const)('makes of %i channels in the order %s a %s image', (channels, order, format) => {
    const data = numbers(4 * channels)
    const source = openImage(fromTensor(data, { ...size, channels, order, timestamp: 5 }))
    expect(source).toMatchObject({ ...size, format, byteLength: data.length, timestamp: 5 })
    expect(copied(source)).toEqual([...data])
  })

  it('has three channels, together, in the order RGB, from 0 to 1 unless told otherwise', () => {
    const data = Float32Array.from({ length: 12 }, (_, index) => index / 255)
    expect(fromTensor(data, size)).toMatchObject({ format: 'rgb24', ...size })
    expect(pixels(data, size)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
  })

  it('puts planes together, whatever the type of the values', () => {
    for (const channels of [1, 3, 4] as const) {
      const planes = numbers(4 * channels)
      const expected = Array.from(
        { length: planes.length },
        (_, at) => planes[(at % channels) * 4 + Math.floor(at / channels)],
      )
      for (const data of [planes, Uint8ClampedArray.from(planes), Buffer.from(planes)])
        expect(pixels(data, { ...size, channels, layout: 'chw' })).toEqual(expected)
      for (const Type of [Float32Array, Float64Array, Int16Array, Uint16Array, Int32Array, Uint32Array])
        expect(pixels(Type.from(planes), { ...size, channels, layout: 'chw', range: [0, 255] })).toEqual(
          expected,
        )
    }
  })

  it('gives every byte back that was made a float', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    const ranges = [
      [0, 1],
      [-1, 1],
      [0, 255],
      [-0.5, 0.5],
      [16, 4096],
    ] as const
    for (const range of ranges)
      for (const Type of [Float32Array, Float64Array]) {
        const [low, high] = range
        const data = new Type(Array.from(bytes, (byte) => low + (byte / 255) * (high - low)))
        expect(pixels(data, { width: 16, height: 16, channels: 1, range })).toEqual([...bytes])
      }
  })

  it('rounds to the nearest, cuts off what lies outside, and takes NaN for the lower end', () => {
    const data = Float32Array.from([
      Number.NaN,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      -1e30,
      1e30,
      -0.001,
      1.001,
      0.5 / 255 + 1e-4,
      0.5 / 255 - 1e-4,
      254.4 / 255,
      -0,
      1,
    ])
    const expected = [0, 0, 255, 0, 255, 0, 255, 1, 0, 254, 0, 255]
    expect(pixels(data, size)).toEqual(expected)
    expect(pixels(data, { ...size, layout: 'chw' })).toEqual(
      Array.from({ length: 12 }, (_, at) => expected[(at % 3) * 4 + Math.floor(at / 3)]),
    )
  })

  it('stretches bytes when a range is given: a mask of zeros and ones', () => {
    expect(pixels(Uint8Array.of(0, 1, 1, 2), { ...size, channels: 1, range: [0, 1] })).toEqual([
      0, 255, 255, 255,
    ])
  })

  it('takes one image out of a batch', () => {
    const batch = Float32Array.from({ length: 24 }, (_, index) => index)
    expect(pixels(batch.subarray(12), { ...size, range: [0, 255] })).toEqual([...batch.subarray(12)])
    expect(refused(batch, size)).toMatchObject({
      field: 'data',
      expected: '12 values (2×2, 3 channels)',
      actual: '24 (a batch of 2? Pass one image of it)',
    })
  })

  it('reads the values when the image is added, each time', () => {
    const data = new Float32Array(4)
    const image = fromTensor(data, { ...size, channels: 1 })
    data.fill(1)
    expect(copied(openImage(image))).toEqual([255, 255, 255, 255])
    data.fill(0)
    expect(copied(openImage(image))).toEqual([0, 0, 0, 0])
    structuredClone(data.buffer, { transfer: [data.buffer] })
    expect(() => copied(openImage(image))).toThrow(/image\.data: .*detached/)
  })

  it('converts what reference code converts (property)', () => {
    fc.assert(
      fc.property(
        fc.record({
          width: fc.integer({ min: 2, max: 5 }),
          height: fc.integer({ min: 2, max: 5 }),
          channels: fc.constantFrom(1 as const, 3 as const, 4 as const),
          layout: fc.constantFrom('hwc' as const, 'chw' as const),
          low: fc.integer({ min: -300, max: 300 }),
          span: fc.integer({ min: 1, max: 600 }),
          values: fc.array(fc.float(), { minLength: 100, maxLength: 100 }),
        }),
        ({ width, height, channels, layout, low, span, values }) => {
          const data = Float32Array.from(values.slice(0, width * height * channels))
          const at = (pixel: number, channel: number) =>
            layout === 'hwc' ? pixel * channels + channel : channel * width * height + pixel
          const expected = Array.from({ length: data.length }, (_, index) => {
            const value = data[at(Math.floor(index / channels), index % channels)]!
            const level = (value - low) * (255 / span)
            return Number.isNaN(level) ? 0 : Math.min(255, Math.max(0, level))
          })
          const made = pixels(data, { width, height, channels, layout, range: [low, low + span] })
          for (const [index, byte] of made.entries())
            expect(Math.abs(byte - expected[index]!)).toBeLessThanOrEqual(0.5)
        },
      ),
    )
  })

  it.each<[string, unknown, unknown]>([
    ['data', undefined, size],
    ['data', [1, 2, 3], size],
    ['data', new DataView(new ArrayBuffer(12)), size],
    ['data', new BigInt64Array(12), size],
    ['data', { data: new Float32Array(12), dims: [1, 3, 2, 2] }, size],
    ['data', new Float32Array(11), size],
    ['data', new Float32Array(0), size],
    ['width', new Float32Array(12), { ...size, width: 1 }],
    ['height', new Float32Array(12), { width: 2 }],
    ['channels', new Float32Array(8), { ...size, channels: 2 }],
    ['layout', new Float32Array(12), { ...size, layout: 'nchw' }],
    ['order', new Float32Array(12), { ...size, order: 'gbr' }],
    ['range', new Float32Array(12), { ...size, range: [1, 0] }],
    ['range', new Float32Array(12), { ...size, range: [0, Number.NaN] }],
    ['range', new Float32Array(12), { ...size, range: [-1e308, 1e308] }],
    ['range', new Float32Array(12), { ...size, range: 255 }],
    ['range', new Uint16Array(12), size],
    ['timestamp', new Float32Array(12), { ...size, timestamp: 'now' }],
  ])('refuses a wrong %s (%#)', (field, data, options) => {
    expect(refused(data, options).field).toBe(field)
  })

  it('refuses options that do not exist', () => {
    expect(() => fromTensor(new Float32Array(12), { ...size, layuot: 'chw' } as never)).toThrow(OptionError)
    expect(() => fromTensor(new Float32Array(12), undefined as never)).toThrow(OptionError)
  })

  it('is not taken in by what only looks like one, or was changed', () => {
    const image = fromTensor(new Float32Array(12), size)
    expect(refusal(Object.create(image)).field).toBe('data')
    expect(refusal({ ...image }).field).toBe('data')
    expect(openImage(Object.assign(image, { width: 8000 }))).toMatchObject({ ...size, byteLength: 12 })
  })

  it('is what floats without it are referred to', () => {
    const image = { ...size, format: 'rgb24', data: new Float32Array(12) }
    expect(refusal(image)).toMatchObject({ field: 'data', actual: 'Float32Array(12)' })
    expect(refusal(image).expected).toContain('fromTensor')
  })
})
