import { PassThrough } from 'node:stream'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { openImageAsync } from '../../../src/image/index.js'
import { asyncRefusal, copied, refusal } from './refusals.js'

const create = (channels: 3 | 4, background: string | { r: number; g: number; b: number; alpha: number }) =>
  sharp({ create: { width: 5, height: 3, channels, background } })
const first = async (image: unknown, count: number) => copied(await openImageAsync(image)).slice(0, count)

describe('openSharp', () => {
  it('reads colour pixels', async () => {
    const source = await openImageAsync(create(3, '#4080c0'))
    expect(source).toMatchObject({ format: 'rgb24', width: 5, height: 3, byteLength: 45 })
    expect(copied(source)).toEqual(Array(15).fill([0x40, 0x80, 0xc0]).flat())
  })

  it('composites transparency on black', async () => {
    expect(await first(create(4, { r: 200, g: 100, b: 50, alpha: 128 / 255 }), 4)).toEqual([100, 50, 25, 128])
    expect(await first(create(4, { r: 200, g: 100, b: 50, alpha: 1 }), 4)).toEqual([200, 100, 50, 255])
  })

  it('reads gray', async () => {
    const source = await openImageAsync(create(3, '#808080').greyscale())
    expect(source.format).toBe('gray8')
    expect(copied(source)).toEqual(Array(15).fill(0x80))
  })

  it('scales 16 bits to 8, and converts CMYK', async () => {
    const deep = await create(3, '#4080c0').toColourspace('rgb16').png().toBuffer()
    expect(await first(sharp(deep).toColourspace('rgb16'), 3)).toEqual([0x40, 0x80, 0xc0])
    expect((await openImageAsync(create(3, '#4080c0').toColourspace('cmyk'))).format).toBe('rgb24')
  })

  it('runs the steps of the pipeline and leaves its output alone', async () => {
    const pipeline = create(3, '#4080c0').resize(7, 9).png()
    expect(await openImageAsync(pipeline)).toMatchObject({ width: 7, height: 9 })
    expect((await pipeline.toBuffer({ resolveWithObject: true })).info.format).toBe('png')
  })

  it('reads the pixels that a step extracts, exactly', async () => {
    const data = Uint8Array.from({ length: 6 * 4 * 3 }, (_, index) => index * 3)
    const pipeline = sharp(data, { raw: { width: 6, height: 4, channels: 3 } })
    const part = pipeline.extract({ left: 2, top: 1, width: 3, height: 2 })
    const row = (y: number) => [...data.slice((y * 6 + 2) * 3, (y * 6 + 5) * 3)]
    expect(copied(await openImageAsync(part))).toEqual([...row(1), ...row(2)])
  })

  it('reads a pipeline that is fed by a stream', async () => {
    const pipeline = sharp()
    new PassThrough().end(await create(3, '#4080c0').png().toBuffer()).pipe(pipeline)
    expect(await openImageAsync(pipeline)).toMatchObject({ width: 5, height: 3 })
  })

  it('takes pipelines whose output is gray with alpha', async () => {
    // sharp itself spreads gray with alpha to four channels; older versions did not.
    const step: object = {
      clone: () => step,
      toColourspace: () => step,
      raw: () => step,
      toBuffer: async () => ({
        data: Buffer.from([200, 255, 200, 128, 200, 0, 9, 255]),
        info: { width: 2, height: 2, channels: 2 },
      }),
    }
    expect(await first(step, 4)).toEqual([200, 100, 0, 9])
  })

  it('is refused where pixels are needed at once', () => {
    expect(refusal(create(3, '#000')).message).toContain('use addImageAsync')
  })

  it('passes on what sharp said', async () => {
    const error = await asyncRefusal(sharp(Buffer.from('no image')))
    expect(error.actual).toContain('unsupported image format')
    expect(error.cause).toBeInstanceOf(Error)
    await asyncRefusal(sharp('/no/such/file.png'))
    expect((await asyncRefusal(create(3, '#000').resize(1, 1))).field).toBe('width')
  })
})
