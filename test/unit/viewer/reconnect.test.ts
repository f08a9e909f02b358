import { describe, expect, it } from 'vitest'
import { Backoff } from '../../../src/viewer/reconnect.js'

/** A small linear congruential generator: the same sequence in every run. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

/** The waits of `count` failures in a row, each at the time to which the waits before it lead. */
function waits(backoff: Backoff, kind: 'absent' | 'refused', count: number, hidden = false): number[] {
  let now = 1_000
  return Array.from({ length: count }, () => {
    const wait = backoff.next(kind, now, hidden)
    now += wait
    return wait
  })
}

describe('Backoff', () => {
  it('doubles from 250 ms to 5 s while a server refuses', () => {
    expect(waits(new Backoff(() => 0), 'refused', 7)).toEqual([250, 500, 1_000, 2_000, 2_500, 2_500, 2_500])
    expect(waits(new Backoff(() => 0.999_999), 'refused', 7).map(Math.round)).toEqual([
      500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000,
    ])
  })

  it('stays within its limits for any sequence of random numbers', () => {
    for (let seed = 0; seed < 50; seed++)
      for (const wait of waits(new Backoff(seeded(seed)), 'refused', 20)) {
        expect(wait).toBeGreaterThanOrEqual(250)
        expect(wait).toBeLessThanOrEqual(5_000)
      }
  })

  it('spreads viewers that lost the same server', () => {
    const first = Array.from(
      { length: 100 },
      (_, seed) => waits(new Backoff(seeded(seed * 7_919)), 'absent', 3)[2]!,
    )
    expect(Math.max(...first) - Math.min(...first)).toBeGreaterThan(200)
  })

  it('asks at least once a second for a server that is gone, and less after five minutes', () => {
    const backoff = new Backoff(() => 0.999_999)
    const seen = waits(backoff, 'absent', 200)
    expect(Math.max(...seen)).toBeLessThanOrEqual(1_000)
    // One that was restarted by a supervisor is there within seconds.
    expect(Math.max(...seen.slice(0, 10))).toBeLessThanOrEqual(500)
    expect(backoff.next('absent', 1_000 + 300_001, false)).toBeGreaterThan(4_000)
  })

  it('begins anew when a server is back but refuses', () => {
    const backoff = new Backoff(() => 0)
    waits(backoff, 'absent', 10)
    expect(backoff.next('refused', 20_000, false)).toBe(250)
  })

  it('is slow on a hidden page', () => {
    const seen = waits(new Backoff(seeded(3)), 'absent', 12, true)
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(5_000)
    expect(Math.max(...seen)).toBeLessThanOrEqual(30_000)
    expect(seen.reduce((sum, wait) => sum + wait)).toBeGreaterThan(150_000)
  })

  it('forgets a series of failures after a success', () => {
    const backoff = new Backoff(() => 0)
    waits(backoff, 'refused', 6)
    expect(backoff.attempts).toBe(6)
    backoff.reset()
    expect(backoff.attempts).toBe(0)
    expect(backoff.next('refused', 0, false)).toBe(250)
  })
})
