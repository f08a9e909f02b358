import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { readOrientation } from '../../../src/image/exif.js'

const picture = () => sharp({ create: { width: 20, height: 10, channels: 3, background: '#808080' } })
const FORMATS = ['jpeg', 'png', 'webp'] as const
const turned = (orientation: number, format: (typeof FORMATS)[number]) =>
  picture().withMetadata({ orientation }).toFormat(format).toBuffer()

/** A JPEG's first segments, with the given Exif data. */
function jpegWith(exif: readonly number[]): Uint8Array {
  const data = [0x45, 0x78, 0x69, 0x66, 0, 0, ...exif]
  return Uint8Array.of(0xff, 0xd8, 0xff, 0xe1, 0, data.length + 2, ...data, 0xff, 0xda)
}

describe('the orientation of a picture', () => {
  it.each(FORMATS)('is read from %s', async (format) => {
    for (let orientation = 1; orientation <= 8; orientation++)
      expect(readOrientation(await turned(orientation, format))).toBe(orientation)
    expect(readOrientation(await picture().toFormat(format).toBuffer())).toBe(1)
  })

  it('is read in both byte orders', () => {
    const big = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]
    const little = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 8, 0, 0, 0]
    expect(readOrientation(jpegWith(big))).toBe(6)
    expect(readOrientation(jpegWith(little))).toBe(8)
  })

  it.each([
    [
      'a value that does not exist',
      [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 9, 0, 0],
    ],
    ['another byte order', [0x4e, 0x4e, 0, 42, 0, 0, 0, 8]],
    ['a directory outside', [0x4d, 0x4d, 0, 42, 0xff, 0xff, 0xff, 0xf0]],
    ['a directory that is cut off', [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0xff, 0xff, 1, 0]],
    ['nothing', []],
  ])('is upright with %s', (_, exif) => {
    expect(readOrientation(jpegWith(exif))).toBe(1)
  })

  it('is upright for whatever is none of these, cut off or made up', async () => {
    const files = await Promise.all(FORMATS.map((format) => turned(6, format)))
    fc.assert(
      fc.property(
        fc.constantFrom(...files),
        fc.nat(),
        fc.array(fc.tuple(fc.nat(300), fc.nat(255)), { maxLength: 5 }),
        (file, length, changes) => {
          const bytes = Uint8Array.from(file.subarray(0, length % (file.length + 1)))
          for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
          expect([1, 2, 3, 4, 5, 6, 7, 8]).toContain(readOrientation(bytes))
        },
      ),
      { numRuns: 2000, seed: 1 },
    )
  })
})
