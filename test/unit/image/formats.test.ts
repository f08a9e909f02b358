import { describe, expect, it } from 'vitest'
import { ImageError } from '../../../src/common/errors.js'
import { checkPixelFormat } from '../../../src/image/formats.js'
import { PIXEL_FORMATS } from '../../../src/image/source.js'

function refusal(value: unknown): ImageError {
  try {
    checkPixelFormat(value)
  } catch (error) {
    if (error instanceof ImageError) return error
  }
  throw new Error('taken, or another error')
}

describe('checkPixelFormat', () => {
  it.each(PIXEL_FORMATS)('takes %s', (format) => {
    expect(checkPixelFormat(format)).toBe(format)
  })

  it.each([
    ['RGB', 'rgb24'],
    ['bgr', 'bgr24'],
    ['RGBA', 'rgba'],
    ['grey', 'gray8'],
    ['I420', 'yuv420p'],
    ['yuv420', 'yuv420p'],
    ['NV21', 'nv12'],
    ['rgb_24', 'rgb24'],
  ])('for %s suggests %s', (name, suggestion) => {
    const error = refusal(name)
    expect(error.field).toBe('format')
    expect(error.expected).toContain(`did you mean ${suggestion}?`)
    for (const format of PIXEL_FORMATS) expect(error.expected).toContain(format)
    expect(error.actual).toBe(JSON.stringify(name))
  })

  it.each(['', 'cmyk', 'constructor', 'x'.repeat(1e6), 7, null, undefined, {}])(
    'guesses nothing for some',
    (name) => {
      expect(refusal(name).expected).not.toContain('did you mean')
    },
  )

  it('says how compressed images are passed', () => {
    expect(refusal('jpeg').expected).toContain('jpeg bytes are passed as they are')
  })
})
