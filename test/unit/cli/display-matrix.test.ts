import { describe, expect, it } from 'vitest'
import { orientationOf } from '../../../src/cli/input/display-matrix.js'

const ONE = 1 << 16
const matrix = (a: number, b: number, c: number, d: number) =>
  new Uint8Array(Int32Array.of(a, b, 0, c, d, 0, 0, 0, 1 << 30).buffer)

describe('orientationOf', () => {
  it('reads quarter turns and mirrors', () => {
    // of FFmpeg's for photos of each of Exif's orientations (seen with 8.1)
    const entries = [
      '1 0 0 1',
      '-1 0 0 1',
      '-1 0 0 -1',
      '1 0 0 -1',
      '0 1 1 0',
      '0 1 -1 0',
      '0 -1 -1 0',
      '0 -1 1 0',
    ]
    for (const [index, text] of entries.entries()) {
      const [a = 0, b = 0, c = 0, d = 0] = text.split(' ').map((sign) => Number(sign) * ONE)
      expect(orientationOf(matrix(a, b, c, d)), text).toBe(index + 1)
    }
  })

  it('takes what is nearly a quarter turn for one', () => {
    expect(orientationOf(matrix(900, ONE, -ONE, -900))).toBe(6)
    expect(orientationOf(matrix(-ONE, 50, -50, -ONE))).toBe(3)
  })

  it('takes what is none for upright', () => {
    expect(orientationOf(null)).toBe(1)
    expect(orientationOf(new Uint8Array(8))).toBe(1)
    expect(orientationOf(matrix(0, 0, 0, 0))).toBe(1)
  })
})
