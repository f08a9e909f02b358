import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ImageError } from '../../../src/common/errors.js'
import { openImage, PIXEL_FORMATS, planeSizes, tightByteLength } from '../../../src/image/index.js'
import { copied, refusal } from './refusals.js'

const image = { data: new Uint8Array(24), width: 4, height: 2, format: 'rgb24' } as const
const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => index % 251)

describe('openRaw', () => {
  it('copies a tight image and tells its size, format, time and alignment', () => {
    const memory = new ArrayBuffer(64)
    const data = new Uint8Array(memory, 5, 24)
    data.set(bytes(24))
    const source = openImage({ ...image, data, timestamp: 1754611200000.5 })
    expect(source).toMatchObject({ format: 'rgb24', width: 4, height: 2, byteLength: 24 })
    expect(source.alignment).toBe(5)
    expect(source.timestamp).toBe(1754611200000.5)
    expect(copied(source)).toEqual([...bytes(24)])
    expect(openImage(image).timestamp).toBeUndefined()
  })

  it('takes every kind of bytes', () => {
    const data = bytes(24)
    const shared = new SharedArrayBuffer(24)
    new Uint8Array(shared).set(data)
    const kinds = [
      data,
      new Uint8ClampedArray(data),
      Buffer.from(data),
      data.buffer,
      shared,
      new DataView(data.buffer),
    ]
    for (const kind of kinds) expect(copied(openImage({ ...image, data: kind }))).toEqual([...data])
  })

  it('copies into shared memory', () => {
    const target = new Uint8Array(new SharedArrayBuffer(24))
    openImage({ ...image, data: bytes(24) }).copyTo(target)
    expect([...target]).toEqual([...bytes(24)])
  })

  it('brings back any planes with any strides, odd sizes included', () => {
    const layout = fc.record({
      format: fc.constantFrom(...PIXEL_FORMATS),
      width: fc.integer({ min: 2, max: 35 }),
      height: fc.integer({ min: 2, max: 35 }),
      start: fc.nat(9),
      padding: fc.tuple(fc.nat(9), fc.nat(9), fc.nat(9)),
      lastRowIsShort: fc.boolean(),
      single: fc.boolean(),
    })
    fc.assert(
      fc.property(layout, ({ format, width, height, start, padding, lastRowIsShort, single }) => {
        const sizes = planeSizes(format, width, height)
        const luma = sizes[0]!.rowBytes + padding[0]!
        const derived = [luma, ...sizes.slice(1).map(() => (format === 'nv12' ? 2 : 1) * Math.ceil(luma / 2))]
        const strides = single ? derived : sizes.map(({ rowBytes }, index) => rowBytes + padding[index]!)
        const expected = bytes(tightByteLength(format, width, height))
        const length = sizes.reduce((sum, { rows }, index) => sum + rows * strides[index]!, 0)
        const last = sizes.at(-1)!
        const missing = lastRowIsShort ? strides.at(-1)! - last.rowBytes : 0
        const data = new Uint8Array(start + length).fill(0xdd).subarray(start, start + length - missing)
        let at = 0
        let row = 0
        for (const [index, { rowBytes, rows }] of sizes.entries())
          for (let n = 0; n < rows; n++) {
            data.set(expected.subarray(at, at + rowBytes), row)
            at += rowBytes
            row += strides[index]!
          }
        const source = openImage({ data, width, height, format, stride: single ? luma : strides })
        expect(source.byteLength).toBe(expected.length)
        expect(copied(source)).toEqual([...expected])
      }),
      { numRuns: 400 },
    )
  })

  it.each([0, 1, -4, 2.5, 8193, 1e300, Number.NaN, Number.POSITIVE_INFINITY, '4', null, undefined, 4n, [4]])(
    'refuses the size %s',
    (size) => {
      for (const field of ['width', 'height']) {
        const error = refusal({ ...image, [field]: size })
        expect(error.field).toBe(field)
        expect(error.expected).toContain('2 to 8192')
      }
    },
  )

  it('takes the smallest and the largest sizes', () => {
    expect(openImage({ data: new Uint8Array(4), width: 2, height: 2, format: 'gray8' }).byteLength).toBe(4)
    const data = new Uint8Array(8192 * 8192)
    expect(openImage({ data, width: 8192, height: 8192, format: 'gray8' }).byteLength).toBe(data.length)
  })

  it.each([0, 23, 25, 48])('says how many bytes were expected instead of %i', (length) => {
    const error = refusal({ ...image, data: new Uint8Array(length) })
    expect(error).toMatchObject({ field: 'data', expected: '24 bytes (4×2 rgb24)' })
    expect(error.actual).toContain(`${length} bytes`)
  })

  it('refuses a byte too many or too few with a stride', () => {
    for (const length of [28, 29, 32]) openImage({ ...image, stride: 16, data: new Uint8Array(length) })
    for (const length of [27, 33, 24]) {
      const error = refusal({ ...image, stride: 16, data: new Uint8Array(length) })
      expect(error).toMatchObject({ field: 'data', expected: '28 to 32 bytes (4×2 rgb24, stride 16)' })
    }
  })

  it.each([11, 12.5, -16, Number.NaN, '16', [16, 16], {}])('refuses the stride %j', (stride) => {
    expect(refusal({ ...image, stride }).field).toBe('stride')
  })

  it('refuses a stride that is too large for the data', () => {
    expect(refusal({ ...image, stride: Number.MAX_SAFE_INTEGER })).toMatchObject({ field: 'data' })
  })

  it.each([
    new Float32Array(24),
    new Int8Array(24),
    Array(24).fill(0),
    'pixels',
    null,
    {},
    new Proxy(new Uint8Array(24), {}),
    Object.create(Uint8Array.prototype),
  ])('refuses data that are no bytes', (data) => {
    expect(refusal({ ...image, data })).toMatchObject({
      field: 'data',
      expected: expect.stringContaining('Uint8Array'),
    })
  })

  it('refuses transferred buffers', () => {
    for (const view of [
      (buffer: ArrayBuffer) => buffer,
      (buffer: ArrayBuffer) => new Uint8Array(buffer),
      (buffer: ArrayBuffer) => new Uint8ClampedArray(buffer),
      (buffer: ArrayBuffer) => new DataView(buffer),
      (buffer: ArrayBuffer) => Buffer.from(buffer),
    ]) {
      const buffer = new ArrayBuffer(24)
      const data = view(buffer)
      structuredClone(buffer, { transfer: [buffer] })
      const error = refusal({ ...image, data })
      expect(error).toMatchObject({ field: 'data', actual: expect.stringContaining('detached') })
    }
  })

  it('refuses to copy a buffer that was transferred after the checks', () => {
    const data = new Uint8Array(24)
    const source = openImage({ ...image, data })
    structuredClone(data.buffer, { transfer: [data.buffer] })
    expect(() => source.copyTo(new Uint8Array(24))).toThrow(ImageError)
  })

  it.each([Number.NaN, Number.NEGATIVE_INFINITY, '2026-08-08', null, 1n, new Date()])(
    'refuses the timestamp %s',
    (timestamp) => {
      expect(refusal({ ...image, timestamp })).toMatchObject({ field: 'timestamp' })
    },
  )
})
