import { createRequire } from 'node:module'
import type opencv from '@techstark/opencv-js'
import { beforeAll, describe, expect, it } from 'vitest'
import { toShow } from '../../../src/highgui/depth.js'
import { openImage, type RawImage, type SyncImageLike } from '../../../src/image/index.js'
import { copied } from '../image/refusals.js'

// Loaded with `require`, and never awaited: the module has a `then` that resolves to the module itself.
const cv = createRequire(import.meta.url)('@techstark/opencv-js') as typeof opencv

beforeAll(async () => {
  if (!('Mat' in cv))
    await new Promise<void>((resolve) => Object.assign(cv, { onRuntimeInitialized: resolve }))
}, 60_000)

/** What OpenCV itself makes of a Mat for the screen (`convertToShow`). */
function theirs(mat: opencv.Mat): number[] {
  const shown = new cv.Mat()
  const depth = mat.type() & 7
  if (depth === cv.CV_32F || depth === cv.CV_64F) mat.convertTo(shown, cv.CV_8U, 255, 0)
  else if (depth === cv.CV_16U) cv.convertScaleAbs(mat, shown, 1 / 255, 0)
  else cv.convertScaleAbs(mat, shown, depth === cv.CV_8S ? 1 : 1 / 255, 127)
  const bytes = [...shown.data]
  shown.delete()
  return bytes
}

/** All over a range, and beyond it. */
const spread = (least: number, most: number) => (index: number, count: number) =>
  least + ((most - least) * index) / (count - 1)

describe('Mats of other depths', () => {
  it.each([
    ['CV_8SC1', 'data8S', spread(-128, 127), 'gray8'],
    ['CV_16UC1', 'data16U', spread(0, 65_535), 'gray8'],
    ['CV_16SC3', 'data16S', spread(-32_768, 32_767), 'rgb24'],
    ['CV_32FC1', 'data32F', spread(-0.5, 1.5), 'gray8'],
    ['CV_32FC4', 'data32F', spread(-0.5, 1.5), 'rgba'],
    ['CV_64FC3', 'data64F', spread(0, 1), 'rgb24'],
  ] as const)('%s is shown as OpenCV shows it', (type, data, value, format) => {
    const mat = new cv.Mat(37, 41, cv[type])
    const values = mat[data] as Float32Array
    values.forEach((_, index) => {
      values[index] = value(index, values.length)
    })
    const source = openImage(toShow(mat))
    expect(source).toMatchObject({ format, width: 41, height: 37 })
    const ours = copied(source)
    const wanted = theirs(mat)
    // At a half exactly, OpenCV's 32-bit arithmetic may fall to the other side.
    const differences = wanted.filter((byte, index) => byte !== ours[index])
    expect(differences.length).toBeLessThan(wanted.length / 100)
    expect(Math.max(...wanted.map((byte, index) => Math.abs(byte - ours[index]!)))).toBeLessThanOrEqual(1)
    expect(new Set(wanted).size).toBeGreaterThan(100)
    mat.delete()
  })

  it('may be regions, and have their channels in another order', () => {
    const mat = new cv.Mat(4, 6, cv.CV_32FC3)
    mat.data32F.forEach((_, index) => {
      mat.data32F[index] = index / 255
    })
    const region = mat.roi(new cv.Rect(1, 1, 2, 2))
    const shown = toShow({ mat: region, format: 'bgr24', timestamp: 5 }) as RawImage
    expect(shown).toMatchObject({ format: 'bgr24', timestamp: 5 })
    expect([...(shown.data as Uint8ClampedArray)]).toEqual([21, 22, 23, 24, 25, 26, 39, 40, 41, 42, 43, 44])
    region.delete()
    mat.delete()
  })

  it('have 1, 3 or 4 channels', () => {
    const two = new cv.Mat(4, 6, cv.CV_32FC2)
    const gray = new cv.Mat(4, 6, cv.CV_32FC1)
    expect(() => toShow(two)).toThrow('image.channels(): expected 1, 3 or 4, got 2')
    expect(() => toShow({ mat: gray, format: 'bgr24' })).toThrow('image.format: expected gray8 (1 channels)')
    two.delete()
    gray.delete()
  })

  it('leaves everything else to the image door', () => {
    const bytes = new cv.Mat(4, 6, cv.CV_8UC1)
    const whole = new cv.Mat(4, 6, cv.CV_32SC1)
    const gone = new cv.Mat(4, 6, cv.CV_32FC1)
    gone.delete()
    const raw: RawImage = { data: new Uint8Array(4), width: 2, height: 2, format: 'gray8' }
    const others = [bytes, whole, gone, raw, { mat: bytes }, undefined, null, 5, 'a.png', new Uint8Array(3)]
    for (const image of others) expect(toShow(image as SyncImageLike)).toBe(image)
    expect(() => openImage(toShow(whole))).toThrow('CV_32S')
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    expect(() => toShow(proxy as SyncImageLike)).toThrow('image: expected an image that can be read')
    bytes.delete()
    whole.delete()
  })
})
