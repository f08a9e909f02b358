import { describe, expect, it } from 'vitest'
import { ImageTrack } from '../../../src/track/index.js'

describe('options', () => {
  it('may all be left out', () => {
    expect(new ImageTrack('t').settings).toEqual({
      control: 'nobody',
      queueSize: 1,
      overflow: 'drop-oldest',
      codecs: ['h264', 'vp8'],
      maxBitrate: undefined,
      minBitrate: undefined,
      startBitrate: undefined,
      contentHint: 'motion',
      playoutDelay: undefined,
    })
    expect(new ImageTrack('t', { minBitrate: undefined, playoutDelay: undefined }).settings).toEqual(
      new ImageTrack('t').settings,
    )
  })

  it.each([
    { minBitrate: 50_000, maxBitrate: 50_000 },
    { minBitrate: 200_000_000 },
    { startBitrate: 20_000_000, maxBitrate: 1_000_000 },
    { contentHint: 'detail' },
    { playoutDelay: { min: 0, max: 0 } },
    { playoutDelay: { min: 200, max: 40_950 } },
  ] as const)('%j is taken as it is', (options) => {
    expect(new ImageTrack('t', options).settings).toMatchObject(options)
  })

  it.each([
    [{ queueSize: 0 }, 'queueSize'],
    [{ queueSize: 1.5 }, 'queueSize'],
    [{ overflow: 'drop' }, 'overflow'],
    [{ codecs: [] }, 'codecs'],
    [{ codecs: ['av1'] }, 'codecs'],
    [{ maxBitrate: Number.NaN }, 'maxBitrate'],
    [{ maxBitrate: '1000000' }, 'maxBitrate'],
    [{ maxBitrate: 49_999 }, 'maxBitrate'],
    [{ maxBitrate: 200_000_001 }, 'maxBitrate'],
    [{ maxBitrate: null }, 'maxBitrate'],
    [{ minBitrate: 0 }, 'minBitrate'],
    [{ minBitrate: -100_000 }, 'minBitrate'],
    [{ minBitrate: Number.NaN }, 'minBitrate'],
    [{ minBitrate: Number.POSITIVE_INFINITY }, 'minBitrate'],
    [{ minBitrate: '100000' }, 'minBitrate'],
    [{ minBitrate: 2_000_000, maxBitrate: 1_000_000 }, 'minBitrate'],
    [{ startBitrate: 1 }, 'startBitrate'],
    [{ startBitrate: Number.NaN }, 'startBitrate'],
    [{ startBitrate: 1e9 }, 'startBitrate'],
    [{ startBitrate: 1_000_000n }, 'startBitrate'],
    [{ contentHint: 'text' }, 'contentHint'],
    [{ contentHint: '' }, 'contentHint'],
    [{ contentHint: null }, 'contentHint'],
    [{ contentHint: ['motion'] }, 'contentHint'],
    [{ playoutDelay: 100 }, 'playoutDelay'],
    [{ playoutDelay: null }, 'playoutDelay'],
    [{ playoutDelay: {} }, 'playoutDelay'],
    [{ playoutDelay: { min: 0 } }, 'playoutDelay'],
    [{ playoutDelay: { max: 100 } }, 'playoutDelay'],
    [{ playoutDelay: { min: 200, max: 100 } }, 'playoutDelay'],
    [{ playoutDelay: { min: -10, max: 100 } }, 'playoutDelay'],
    [{ playoutDelay: { min: 0, max: 40_951 } }, 'playoutDelay'],
    [{ playoutDelay: { min: Number.NaN, max: 100 } }, 'playoutDelay'],
    [{ playoutDelay: { min: '0', max: '100' } }, 'playoutDelay'],
    [{ playoutDelay: [0, 100] }, 'playoutDelay'],
    [{ queuesize: 3 }, 'queuesize'],
    [{ bitrate: 1_000_000 }, 'bitrate'],
    [{ codecs: 'vp8' }, 'codecs'],
    [30, 'options'],
    [null, 'options'],
  ])('%o is refused by name', (options, field) => {
    expect(() => new ImageTrack('t', options as never)).toThrow(
      expect.objectContaining({ field, code: 'ERR_OPTION' }),
    )
  })

  it.each([
    [{ codecs: ['h265'] }, 'codecs'],
    [{ codecs: 'vp8' }, 'codecs'],
    [{ codec: 'vp8' }, 'codec'],
    [null, 'options'],
  ])('of connect: %j is refused by name', async (options, field) => {
    await expect(new ImageTrack('t').connect('', options as never)).rejects.toMatchObject({
      field,
      code: 'ERR_OPTION',
    })
  })

  it.each(['', 'a\nb', 7, 'x'.repeat(129)])('a track cannot be called %j', (name) => {
    expect(() => new ImageTrack(name as never)).toThrow(/track name: expected/)
  })
})
