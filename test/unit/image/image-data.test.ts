import { createCanvas, ImageData } from '@napi-rs/canvas'
import { describe, expect, it } from 'vitest'
import { openImage } from '../../../src/image/index.js'
import { copied, refusal } from './refusals.js'

const pixels = Uint8ClampedArray.from({ length: 24 }, (_, index) => index * 10)

describe('openImageData', () => {
  it('takes the one of @napi-rs/canvas', () => {
    const source = openImage(new ImageData(pixels, 3, 2))
    expect(source).toMatchObject({ format: 'rgba', width: 3, height: 2, byteLength: 24 })
    expect(copied(source)).toEqual([...pixels])
  })

  it('takes what a canvas gives', () => {
    const context = createCanvas(4, 3).getContext('2d')
    context.fillStyle = '#4080c0'
    context.fillRect(0, 0, 4, 3)
    expect(copied(openImage(context.getImageData(0, 0, 4, 3)))).toEqual(
      Array(12).fill([0x40, 0x80, 0xc0, 255]).flat(),
    )
  })

  it('takes a plain object of the shape', () => {
    expect(copied(openImage({ data: pixels, width: 3, height: 2 }))).toEqual([...pixels])
    expect(openImage({ data: pixels, width: 3, height: 2, pixelFormat: 'rgba-unorm8' }).format).toBe('rgba')
  })

  it('takes the layouts of skia-canvas', () => {
    const shape = { data: pixels, width: 3, height: 2, colorSpace: 'srgb', bytesPerPixel: 4 }
    expect(openImage({ ...shape, colorType: 'rgba' }).format).toBe('rgba')
    expect(openImage({ ...shape, colorType: 'bgra' }).format).toBe('bgra')
    expect(refusal({ ...shape, colorType: 'rgb565' }).field).toBe('colorType')
  })

  it('refuses floats', () => {
    const data = new Float32Array(24)
    const error = refusal({ data, width: 3, height: 2, colorSpace: 'srgb', pixelFormat: 'rgba-float16' })
    expect(error).toMatchObject({ field: 'pixelFormat', actual: '"rgba-float16"' })
    expect(refusal(new ImageData(3, 2, { pixelFormat: 'rgba-float32' })).field).toBe('pixelFormat')
    expect(refusal({ data, width: 3, height: 2, colorSpace: 'srgb' }).field).toBe('data')
  })

  it('notices a forgotten format', () => {
    expect(refusal({ data: new Uint8Array(24), width: 3, height: 2 }).field).toBe('format')
  })

  it('refuses a wrong length', () => {
    expect(refusal({ data: pixels, width: 3, height: 3 })).toMatchObject({
      field: 'data',
      expected: '36 bytes (3×3 rgba)',
    })
  })
})
