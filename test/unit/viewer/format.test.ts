import { describe, expect, it } from 'vitest'
import {
  formatBitrate,
  formatCodec,
  formatCount,
  formatFps,
  formatMs,
  formatSize,
  formatTime,
  formatZoom,
} from '../../../src/viewer/format.js'

describe('numbers for people', () => {
  it('are times and enlargements', () => {
    expect([7.9, 754, 3_723].map(formatTime)).toEqual(['0:07', '12:34', '1:02:03'])
    expect([0.5, 1, 27.27, 0].map(formatZoom)).toEqual(['50 %', '100 %', '2727 %', '–'])
  })

  it('have units and no needless digits', () => {
    expect([0, 7.49, 9.96, 29.97, undefined].map(formatFps)).toEqual([
      '0 fps',
      '7.5 fps',
      '10 fps',
      '30 fps',
      '–',
    ])
    expect([0, 840_400, 999_900, 2_140_000, 12_600_000].map(formatBitrate)).toEqual([
      '0 kbit/s',
      '840 kbit/s',
      '1.0 Mbit/s',
      '2.1 Mbit/s',
      '13 Mbit/s',
    ])
    expect([0.4, 14.4, 1_234, 12_345, undefined].map((ms) => formatMs(ms))).toEqual([
      '0 ms',
      '14 ms',
      '1234 ms',
      '12.3 s',
      '–',
    ])
    expect([0.44, 9.96].map((ms) => formatMs(ms, true))).toEqual(['0.4 ms', '10 ms'])
    expect(formatSize(640, 480)).toBe('640 × 480')
    expect(formatSize(undefined, 480)).toBe('–')
    expect([1, 2].map((count) => formatCount(count, 'viewer'))).toEqual(['1 viewer', '2 viewers'])
    expect(['H264', 'VP8', undefined].map(formatCodec)).toEqual(['H.264', 'VP8', '–'])
  })
})
