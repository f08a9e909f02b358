import { describe, expect, it } from 'vitest'
import { Liveness } from '../../../src/viewer/liveness.js'

/** Looks every 250 ms from `from` to `to`, and gives the first time of each state. */
function watch(liveness: Liveness, from: number, to: number): Record<string, number> {
  const first: Record<string, number> = {}
  for (let now = from; now <= to; now += 250) first[liveness.check(now)] ??= now
  return first
}

describe('Liveness', () => {
  it('is alive as long as every ping is answered', () => {
    const liveness = new Liveness(0)
    for (let second = 0; second < 60; second++) {
      liveness.pinged(second * 1_000)
      expect(liveness.check(second * 1_000 + 10)).toBe('alive')
      liveness.heard(second * 1_000 + 20)
      expect(watch(liveness, second * 1_000 + 250, second * 1_000 + 999)).not.toHaveProperty('dead')
    }
  })

  it('suspects after half a second without an answer and gives up after three', () => {
    const liveness = new Liveness(0)
    liveness.pinged(0)
    expect(watch(liveness, 0, 4_000)).toEqual({ alive: 0, suspect: 500, dead: 3_000 })
  })

  it('is patient with a network on which answers take long, and no longer than with others', () => {
    const liveness = new Liveness(0)
    let now = 0
    for (let ping = 0; ping < 20; ping++) {
      liveness.pinged(now)
      now += 400
      expect(liveness.check(now)).toBe('alive')
      liveness.heard(now)
    }
    liveness.pinged(now)
    expect(watch(liveness, now, now + 4_000)).toEqual({ alive: now, suspect: now + 1_250, dead: now + 3_000 })
  })

  it('counts from the first unanswered ping, not from the last', () => {
    const liveness = new Liveness(0)
    liveness.pinged(0)
    liveness.check(1_000)
    liveness.pinged(1_000)
    liveness.check(2_000)
    liveness.pinged(2_000)
    expect(liveness.check(3_000)).toBe('dead')
  })

  it('does not take a page that slept for a server that died', () => {
    const liveness = new Liveness(0)
    liveness.pinged(0)
    expect(liveness.check(250)).toBe('alive')
    // A minute of sleep; the answer is in the event queue, behind the timer that looks.
    expect(liveness.check(60_000)).toBe('alive')
    liveness.heard(60_001)
    expect(liveness.check(60_250)).toBe('alive')
  })

  it('still notices that the server is gone after a sleep', () => {
    const liveness = new Liveness(0)
    liveness.pinged(0)
    expect(liveness.check(60_000)).toBe('alive')
    expect(watch(liveness, 60_250, 64_000)).toMatchObject({ dead: 63_000 })
  })
})
