import { describe, expect, it } from 'vitest'
import {
  burn,
  CODE_HEIGHT,
  flat,
  measure,
  movingTexture,
  naturalStill,
  noise,
  patchCentres,
  patches,
  psnr,
  readCode,
} from '../../support/images.js'
import { convert, fromYuv420p, RAW_FORMATS } from '../../support/raw-formats.js'

// What the browser tests measure with has to be right itself.
describe('burned numbers', () => {
  it.each([
    [640, 0xffff_fffe],
    [641, 123_456_789],
    [1920, 1],
    [320, 77],
  ])('width %i carries %i', (width, value) => {
    expect(readCode(burn(movingTexture(width, 32, 1), value))).toBe(value)
  })

  it('keeps its cells when an odd width is padded by a pixel', () => {
    for (const width of [641, 33]) {
      const image = burn(flat(width, CODE_HEIGHT, [0, 0, 0]), 9)
      const padded = flat(width + 1, CODE_HEIGHT, [0, 0, 0])
      for (let y = 0; y < CODE_HEIGHT; y++)
        padded.data.set(image.data.subarray(y * width * 4, (y + 1) * width * 4), y * (width + 1) * 4)
      expect(readCode(padded)).toBe(9)
    }
  })

  it('is not read where it was not written', () => {
    let read = 0
    for (let seed = 0; seed < 200; seed++) if (readCode(noise(640, 16, seed)) !== undefined) read++
    expect(read).toBeLessThan(10) // By chance: one in 256.
    expect(readCode(flat(2, 2, [0, 0, 0]))).toBeUndefined()
  })

  it('wraps in a small image', () => {
    expect(readCode(burn(flat(33, 17, [9, 9, 9]), 18))).toBe(2)
  })
})

describe('pictures', () => {
  it('says how far a patch is from its colour', () => {
    const image = patches(480, 320)
    for (const area of patchCentres(480, 320)) {
      expect(measure(image, area).worstFrom(area.colour)).toBe(0)
      expect(measure(image, area).mean).toEqual(area.colour)
    }
    expect(
      measure(flat(4, 4, [10, 20, 30]), { x: 0, y: 0, width: 4, height: 4 }).worstFrom([10, 27, 30]),
    ).toBe(7)
  })

  it('measures PSNR', () => {
    expect(psnr(flat(8, 8, [1, 2, 3]), flat(8, 8, [1, 2, 3]))).toBe(Number.POSITIVE_INFINITY)
    expect(psnr(flat(8, 8, [0, 0, 0]), flat(8, 8, [1, 1, 1]))).toBeCloseTo(48.13, 2)
  })

  it('loses little of the natural still to 4:2:0, so that 42 dB is a fair demand', () => {
    const still = naturalStill(640, 480)
    expect(psnr(still, fromYuv420p(convert(still, 'yuv420p')))).toBeGreaterThan(47)
  })

  it.each(RAW_FORMATS)('makes %s of the right length', (format) => {
    const { data } = convert(patches(33, 17), format)
    const chroma = 17 * 9 * 2
    expect(data.length).toBe(
      {
        gray8: 561,
        rgb24: 1683,
        bgr24: 1683,
        rgba: 2244,
        bgra: 2244,
        yuv420p: 561 + chroma,
        nv12: 561 + chroma,
      }[format],
    )
  })
})
