import { describe, expect, it } from 'vitest'
import { Watched } from '../../../bench/networks/watched.js'

const START = 1000

/** Images at these times after the start, each `age` old, in a recording of ten seconds. */
function seen(images: readonly (readonly [at: number, age: number])[]): Watched {
  return new Watched(
    START,
    START + 10_000,
    images.map(([at, age]) => ({ at: START + at, age })),
    [],
  )
}

/** Thirty a second from one time to another, each so old. */
function live(from: number, to: number, age: number): [number, number][] {
  return Array.from({ length: Math.floor((to - from) / 33) }, (_, i) => [from + i * 33, age])
}

/** A network that delivers at rates (bit/s) which hold for a second each, sampled every 50 ms. */
function delivering(...rates: readonly number[]): Watched {
  const samples = [{ at: START, bytes: 0, packets: 0, missing: 0 }]
  for (const rate of rates)
    for (let i = 0; i < 20; i++) {
      const { at, bytes } = samples.at(-1)!
      samples.push({ at: at + 50, bytes: bytes + rate / 160, packets: 0, missing: 0 })
    }
  return new Watched(START, START + rates.length * 1000, [], samples)
}

describe('Watched', () => {
  it('finds the longest freeze, between images and at both ends', () => {
    expect(seen([[300, 20], ...live(333, 9990, 20)]).longestFreeze()).toBe(300)
    expect(seen([...live(0, 4000, 20), ...live(4700, 10_000, 20)]).longestFreeze()).toBeCloseTo(740, -2)
    expect(seen(live(0, 9000, 20)).longestFreeze()).toBeGreaterThan(1000)
    expect(seen([]).longestFreeze()).toBe(10_000)
  })

  it('counts a freeze that began before the time asked about at its full length', () => {
    const watched = seen([...live(0, 2000, 20), ...live(3000, 10_000, 20)])
    expect(watched.longestFreeze(START + 2500)).toBeGreaterThan(1000)
    expect(watched.freezes(200, START + 2500)).toBe(1)
    expect(watched.freezes(200, START + 3500)).toBe(0)
  })

  it('takes ages and frames a second from a part', () => {
    const watched = seen([...live(0, 5000, 20), ...live(5000, 10_000, 80)])
    expect(watched.ages(START, START + 5000)).toMatchObject({ p50: 20, p95: 20, max: 20 })
    expect(watched.ages(START + 5000)).toMatchObject({ p50: 80 })
    expect(watched.fps(START, START + 5000)).toBeCloseTo(30, 0)
    expect(seen([]).fps()).toBe(0)
  })

  it('is fresh again with the first image after the last old one', () => {
    const watched = seen([...live(0, 2000, 30), ...live(2000, 3500, 300), ...live(3500, 10_000, 60)])
    expect(watched.timeToFresh(200, START + 2000)).toBe(1500)
    expect(watched.timeToFresh(20, START + 2000)).toBe(Number.POSITIVE_INFINITY)
    expect(seen(live(0, 10_000, 60)).timeToFresh(200, START + 2000)).toBe(0)
  })

  it('is not fresh during a standstill, however young its images are', () => {
    const halted = seen([...live(0, 2000, 30), ...live(5000, 10_000, 60)])
    expect(halted.timeToFresh(200, START + 2000)).toBe(3000)
    expect(seen(live(0, 5000, 30)).timeToFresh(200, START + 2000)).toBe(Number.POSITIVE_INFINITY)
    expect(seen([]).timeToFresh(200, START)).toBe(Number.POSITIVE_INFINITY)
  })

  it('gives the rate of a time, between samples too', () => {
    const watched = delivering(1e6, 3e6, 2e6)
    expect(watched.rate()).toBeCloseTo(2e6, 0)
    expect(watched.rate(START + 525, START + 1525)).toBeCloseTo(0.475e6 + 0.525 * 3e6, 0)
    expect(watched.highestRate()).toBeCloseTo(3e6, 0)
    expect(watched.highestRate(START + 2000)).toBeCloseTo(2e6, 0)
  })

  it('says how long it took until a rate was delivered for a second', () => {
    const watched = delivering(1e6, 1e6, 3e6, 5e6, 5e6)
    expect(watched.timeToRate(4e6, START + 1000)).toBeCloseTo(2500, 6)
    expect(watched.timeToRate(6e6, START)).toBe(Number.POSITIVE_INFINITY)
  })
})
