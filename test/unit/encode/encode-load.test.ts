import { describe, expect, it } from 'vitest'
import { EncodeLoad } from '../../../src/encode/encode-load.js'

const TWO = { cores: 2, threads: 4 }

/** `tracks` encoders that all begin `every` ms with work of `each` ms of a core, on two cores, for three seconds. */
function run(load: EncodeLoad, tracks: number, every: number, each: number, from = 0): number {
  let now = from
  for (; now < from + 3_000; now += every) {
    for (let i = 0; i < tracks; i++) load.begin(now)
    // Two at a time: the last of them ends when all the work is done.
    for (let i = 0; i < tracks; i++)
      load.end(now + ((Math.floor(i / 2) + 1) * 2 * each) / Math.min(2, tracks), 1, 1e6)
  }
  return now
}

describe('the load by encoding', () => {
  it('is the share of the cores that have work', () => {
    const load = new EncodeLoad(TWO)
    expect(load.share(0)).toBe(0)
    load.begin(0)
    load.end(1_500)
    expect(load.share(1_500)).toBeCloseTo(0.25)
    load.begin(1_500, 2)
    load.end(3_000, 2)
    expect(load.share(3_000)).toBeCloseTo(0.75)
  })

  it('counts work that waits for its turn once', () => {
    const load = new EncodeLoad(TWO)
    // Eight at the same time, six ms of work each: 24 ms for two cores.
    const now = run(load, 8, 40, 6)
    expect(load.share(now)).toBeCloseTo(24 / 40, 1)
  })

  it('is full when there is always more to do than can be done, and not more than that', () => {
    const load = new EncodeLoad(TWO)
    for (let i = 0; i < 5; i++) load.begin(0)
    expect(load.share(30_000)).toBe(1)
  })

  it('is full when FFmpeg’s threads are, however many cores there are', () => {
    const load = new EncodeLoad({ cores: 64, threads: 4 })
    for (let i = 0; i < 4; i++) load.begin(0)
    expect(load.share(3_000)).toBe(1)
  })

  it('is forgotten after three seconds', () => {
    const load = new EncodeLoad(TWO)
    load.begin(0, 2)
    load.end(3_000, 2)
    expect(load.share(3_000)).toBe(1)
    expect(load.share(4_500)).toBeCloseTo(0.5, 1)
    expect(load.share(6_251)).toBe(0)
    expect(load.share(1e9)).toBe(0)
  })

  it('of one more encoder is guessed by what a pixel is known to take', () => {
    const load = new EncodeLoad(TWO)
    // Typical: 8 ms for a million pixels; of 27.6 million a second on two cores.
    expect(load.expected(1280 * 720 * 30, 0)).toBeCloseTo(0.11, 2)
    const now = run(load, 2, 40, 4)
    expect(load.expected(25e6, now)).toBeCloseTo((25 * 4) / 2_000, 2)
    expect(load.expected(1e12, now)).toBe(1)
    expect(load.expected(0, now)).toBe(0)
  })

  it('counts work as long as it lasts, also when it fails', async () => {
    const load = new EncodeLoad({ cores: 1, threads: 1 })
    expect(await load.during(async () => 5)).toBe(5)
    await expect(load.during(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await expect(
      load.during(() => {
        throw new Error('at once')
      }),
    ).rejects.toThrow('at once')
    load.begin(1e9)
    load.end(1e9)
    expect(load.share(2e9)).toBe(0)
  })
})
