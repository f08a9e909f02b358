import { createRequire } from 'node:module'
import type opencv from '@techstark/opencv-js'
import { beforeAll, describe, expect, it } from 'vitest'
import { openImage, type SyncImageLike } from '../../../src/image/index.js'
import { copied, refusal } from './refusals.js'

// Loaded with `require`, and never awaited: the module has a `then` that resolves to the module itself.
const cv = createRequire(import.meta.url)('@techstark/opencv-js') as typeof opencv

beforeAll(async () => {
  if (!('Mat' in cv))
    await new Promise<void>((resolve) => Object.assign(cv, { onRuntimeInitialized: resolve }))
}, 60_000)

const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => index + 1)

describe('openMat', () => {
  it.each([
    ['CV_8UC1', 'gray8', 1],
    ['CV_8UC3', 'rgb24', 3],
    ['CV_8UC4', 'rgba', 4],
  ] as const)('reads %s as %s', (type, format, channels) => {
    const mat = new cv.Mat(3, 5, cv[type])
    mat.data.set(bytes(15 * channels))
    const image: SyncImageLike = mat
    const source = openImage(image)
    expect(source).toMatchObject({ format, width: 5, height: 3, byteLength: 15 * channels })
    expect(copied(source)).toEqual([...bytes(15 * channels)])
    mat.delete()
  })

  it('takes another order of the channels', () => {
    const mat = new cv.Mat(2, 2, cv.CV_8UC3)
    expect(openImage({ mat, format: 'bgr24', timestamp: 5 })).toMatchObject({ format: 'bgr24', timestamp: 5 })
    expect(openImage({ mat }).format).toBe('rgb24')
    expect(refusal({ mat, format: 'bgra' })).toMatchObject({
      field: 'format',
      expected: 'rgb24 or bgr24 (3 channels)',
    })
    expect(refusal({ mat, format: 'bgr' }).expected).toContain('bgr24')
    expect(refusal({ mat, timestamp: Number.NaN }).field).toBe('timestamp')
    expect(refusal({ mat: {} }).field).toBe('mat')
    mat.delete()
  })

  it.each([
    ['CV_8UC1', 1],
    ['CV_8UC3', 3],
    ['CV_8UC4', 4],
  ] as const)('reads a region of a larger Mat of %s, and a region of that', (type, channels) => {
    const mat = new cv.Mat(4, 6, cv[type])
    mat.data.set(bytes(24 * channels))
    /** Of the pixels with these numbers, counted in the large Mat. */
    const valuesOf = (pixels: number[]) =>
      pixels.flatMap((pixel) => [...bytes(24 * channels).slice(pixel * channels, (pixel + 1) * channels)])
    const region = mat.roi(new cv.Rect(1, 1, 3, 3))
    expect(copied(openImage(region))).toEqual(valuesOf([7, 8, 9, 13, 14, 15, 19, 20, 21]))
    const part = region.roi(new cv.Rect(1, 1, 2, 2))
    expect(copied(openImage({ mat: part }))).toEqual(valuesOf([14, 15, 20, 21]))
    const rows = mat.rowRange(1, 3)
    expect(copied(openImage(rows))).toEqual([...bytes(24 * channels).slice(6 * channels, 18 * channels)])
    for (const each of [rows, part, region, mat]) each.delete()
  })

  it('reads what OpenCV made of an image', () => {
    const mat = new cv.Mat(3, 4, cv.CV_8UC4)
    mat.setTo(new cv.Scalar(10, 20, 30, 255))
    cv.cvtColor(mat, mat, cv.COLOR_RGBA2BGR)
    expect(copied(openImage({ mat, format: 'bgr24' }))).toEqual(Array(12).fill([30, 20, 10]).flat())
    cv.cvtColor(mat, mat, cv.COLOR_BGR2GRAY)
    expect(openImage(mat).format).toBe('gray8')
    mat.delete()
  })

  it('refuses other depths, channel counts and sizes', () => {
    const mats = [
      [new cv.Mat(2, 2, cv.CV_32FC3), 'type()'],
      [new cv.Mat(2, 2, cv.CV_16UC1), 'type()'],
      [new cv.Mat(2, 2, cv.CV_8UC2), 'channels()'],
      [new cv.Mat(), 'cols'],
    ] as const
    expect(refusal(mats[0][0])).toMatchObject({ expected: 'CV_8U (use convertTo)', actual: 'CV_32F' })
    for (const [mat, field] of mats) {
      expect(refusal(mat).field).toBe(field)
      mat.delete()
    }
  })

  it('refuses a deleted Mat', () => {
    const mat = new cv.Mat(2, 2, cv.CV_8UC3)
    mat.delete()
    expect(refusal(mat).actual).toBe('a deleted Mat')
    expect(refusal({ mat })).toMatchObject({ field: 'mat', actual: 'a deleted Mat' })
  })
})
