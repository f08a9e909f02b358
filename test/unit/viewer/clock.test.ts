import { describe, expect, it } from 'vitest'
import { ClockSync } from '../../../src/viewer/clock.js'

describe('ClockSync', () => {
  it('knows nothing before the first answer', () => {
    const clock = new ClockSync()
    expect(clock.synced).toBe(false)
    expect(clock.toServer(5)).toBeUndefined()
    expect(clock.roundTrip).toBeUndefined()
  })

  it('places the answer in the middle of the round trip', () => {
    const clock = new ClockSync()
    clock.add(1_000, 1_010, 500_005)
    expect(clock.toServer(2_000)).toBe(501_000)
    expect(clock.roundTrip).toBe(10)
  })

  it('believes the shortest round trip, whatever delay the others met on one way', () => {
    const clock = new ClockSync()
    const offset = 9_000
    // Each answer is written 2 ms after sending; the way back takes 2 ms in one case, far longer in the rest.
    for (const [sent, back] of [
      [0, 80],
      [1_000, 2],
      [2_000, 300],
      [3_000, 25],
    ] as const)
      clock.add(sent, sent + 2 + back, sent + 2 + offset)
    expect(clock.toServer(10_000)).toBe(19_000)
    expect(clock.roundTrip).toBe(27)
  })

  it('forgets samples older than 30 s, so that it follows a drifting clock', () => {
    const clock = new ClockSync()
    clock.add(0, 1, 1_000)
    clock.add(40_000, 40_010, 41_007)
    expect(clock.toServer(40_005)).toBe(41_007)
  })

  it('stays within 2 ms over ten minutes of 50 ppm drift and random delays', () => {
    const clock = new ClockSync()
    const server = (local: number): number => 77_000 + local * 1.000_05
    let state = 1
    const random = (): number => {
      state = (state * 48_271) % 2_147_483_647
      return state / 2_147_483_647
    }
    for (let at = 0; at < 600_000; at += 1_000) {
      const there = 0.2 + random() * 3
      clock.add(at, at + there + 0.2 + random() * 3, server(at + there))
    }
    // The best sample of the last 30 s may be 30 s old: 1.5 ms of drift at the most.
    expect(Math.abs(clock.toServer(600_000)! - server(600_000))).toBeLessThan(1.5 + 0.5)
  })

  it('passes over nonsense', () => {
    const clock = new ClockSync()
    clock.add(10, 5, 1_000)
    clock.add(Number.NaN, 5, 1_000)
    clock.add(0, 5, Number.NaN)
    clock.add(0, 5, Number.POSITIVE_INFINITY)
    expect(clock.synced).toBe(false)
  })
})
