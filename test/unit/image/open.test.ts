import { createCanvas } from '@napi-rs/canvas'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { ImageError } from '../../../src/common/errors.js'
import { type ImageLike, openImage, openImageAsync, type SyncImageLike } from '../../../src/image/index.js'
import { asyncRefusal, copied, refusal } from './refusals.js'

const raw = { data: new Uint8Array(12).fill(7), width: 2, height: 2, format: 'rgb24' } as const

async function onlyImageErrors(image: unknown): Promise<void> {
  try {
    openImage(image)
  } catch (error) {
    if (!(error instanceof ImageError)) throw error
  }
  await openImageAsync(image).catch((error: unknown) => {
    if (!(error instanceof ImageError)) throw error
  })
}

describe('openImage', () => {
  it.each([
    null,
    undefined,
    7,
    Number.NaN,
    true,
    3n,
    Symbol('x'),
    'photo.jpg',
    [],
    [1, 2],
    () => raw,
    {},
    new Map(),
    new Date(),
  ])('refuses what is no image (%#)', async (image) => {
    for (const error of [refusal(image), await asyncRefusal(image)]) {
      expect(error.code).toBe('ERR_IMAGE')
      expect(error.field).toBe('')
      expect(error.expected).toContain('{data, width, height, format}')
    }
  })

  it('says what to do about promises, contexts and missing data', () => {
    expect(refusal(Promise.resolve(raw)).actual).toContain('await it first')
    expect(refusal(createCanvas(2, 2).getContext('2d')).actual).toContain('Pass its canvas')
    expect(refusal({ width: 2, height: 2, format: 'rgb24' })).toMatchObject({
      field: 'data',
      actual: 'undefined',
    })
    expect(refusal('photo.jpg').expected).toContain('a path or URL is not opened')
  })

  it.each(['data', 'width', 'height', 'format', 'stride', 'timestamp', 'getContext', 'isContinuous', 'mat'])(
    'wraps what a getter of %s throws',
    (field) => {
      const cause = new Error('lens cap on')
      const image = Object.defineProperty(
        field === 'getContext' || field === 'mat' ? {} : { ...raw },
        field,
        {
          get: () => {
            throw cause
          },
        },
      )
      const error = refusal(image)
      expect(error.cause).toBe(cause)
      expect(error.actual).toContain('lens cap on')
    },
  )

  it('survives hostile proxies and thrown values', () => {
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    const values = [
      null,
      undefined,
      'text',
      Symbol('x'),
      revoked.proxy,
      {
        get message() {
          throw 1
        },
      },
      Object.create(null),
    ]
    refusal(revoked.proxy)
    for (const value of values) {
      const thrower = () => {
        throw value
      }
      refusal(new Proxy(raw, { get: thrower }))
      refusal(new Proxy({}, { get: (_, key) => (key === 'data' ? undefined : null), has: thrower }))
      refusal(new Proxy({}, { getPrototypeOf: thrower, ownKeys: thrower }))
    }
    expect(copied(openImage(new Proxy(raw, {})))).toEqual(Array(12).fill(7))
  })

  it('throws nothing but ImageError on anything', async () => {
    const anything = fc.anything({
      withTypedArray: true,
      withSparseArray: true,
      withBigInt: true,
      withDate: true,
      withNullPrototype: true,
    })
    const nearly = fc.record(
      {
        data: fc.oneof(fc.uint8Array(), anything),
        width: fc.oneof(fc.integer(), anything),
        height: fc.oneof(fc.integer(), anything),
        format: fc.oneof(fc.constantFrom('rgb24', 'nv12', 'yuv420p', 'RGBA', null), anything),
        stride: fc.oneof(fc.integer(), fc.array(fc.integer(), { maxLength: 3 }), anything),
        timestamp: anything,
        mat: anything,
        getContext: fc.func(anything),
        toBuffer: fc.func(anything),
        toBufferSync: fc.func(anything),
        isContinuous: fc.func(anything),
        channels: fc.func(anything),
        type: fc.func(anything),
        isDeleted: anything,
        step: anything,
        clone: fc.func(anything),
        raw: fc.func(anything),
        toColourspace: fc.func(anything),
        allocationSize: fc.func(anything),
        copyTo: fc.func(anything),
        visibleRect: anything,
      },
      { requiredKeys: [] },
    )
    await fc.assert(fc.asyncProperty(fc.oneof(anything, nearly), onlyImageErrors), { numRuns: 1500 })
  }, 30_000)
})

describe('openImageAsync', () => {
  it('takes every kind', async () => {
    const images: ImageLike[] = [
      raw,
      { data: new Uint8ClampedArray(16), width: 2, height: 2 },
      createCanvas(2, 2),
      createCanvas(2, 2).getContext('2d').getImageData(0, 0, 2, 2),
      createCanvas(2, 2).toBuffer('image/png'),
      createCanvas(2, 2).toBuffer('image/jpeg'),
      createCanvas(2, 2).toBuffer('image/webp'),
      sharp({ create: { width: 2, height: 2, channels: 3, background: '#000' } }),
    ]
    for (const image of images) expect(await openImageAsync(image)).toMatchObject({ width: 2, height: 2 })
  })

  it('agrees with openImage where that suffices', async () => {
    const image: SyncImageLike = { ...raw, stride: 6, timestamp: 9 }
    expect(await openImageAsync(image)).toMatchObject({ ...openImage(image) })
  })

  it('never throws in the same turn', async () => {
    const promise = openImageAsync(null)
    await expect(promise).rejects.toBeInstanceOf(ImageError)
  })
})
