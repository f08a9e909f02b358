import { Jimp } from 'jimp'
import { describe, expect, it } from 'vitest'
import { openImage, type SyncImageLike } from '../../../src/image/index.js'
import { asyncRefusal, copied, refusal } from './refusals.js'

describe('openJimp', () => {
  it('reads the pixels of an image, alpha and all', () => {
    const image = new Jimp({ width: 3, height: 2, color: 0x4080c0ff })
    image.setPixelColor(0x01020304, 2, 1)
    const accepted: SyncImageLike = image
    const source = openImage(accepted)
    expect(source).toMatchObject({ format: 'rgba', width: 3, height: 2, byteLength: 24 })
    expect(copied(source)).toEqual([...Array(5).fill([0x40, 0x80, 0xc0, 0xff]).flat(), 1, 2, 3, 4])
  })

  it('reads it as it is when it is copied, after the steps of jimp', async () => {
    const png = await new Jimp({ width: 4, height: 2, color: 0xff0000ff }).getBuffer('image/png')
    const image = await Jimp.read(png)
    expect(copied(openImage(image.resize({ w: 2, h: 3 }).invert()))).toEqual(
      Array(6).fill([0, 255, 255, 255]).flat(),
    )
    expect(openImage(image)).toMatchObject({ width: 2, height: 3 })
  })

  it('refuses what only looks like one, and a bitmap whose format nobody knows', async () => {
    const image = new Jimp({ width: 3, height: 2 })
    expect(refusal({ bitmap: {} }).field).toBe('bitmap.width')
    expect(refusal({ bitmap: { ...image.bitmap, width: 4 } })).toMatchObject({
      field: 'bitmap.data',
      expected: '32 bytes (4×2 rgba)',
    })
    expect(refusal({ bitmap: { width: 2, height: 2, data: 'pixels' } }).field).toBe('bitmap.data')
    expect(refusal(new Jimp({ width: 1, height: 2 })).field).toBe('bitmap.width')
    expect((await asyncRefusal(image.bitmap)).field).toBe('format')
    expect(openImage({ ...image.bitmap, format: 'rgba' }).format).toBe('rgba')
  })
})
