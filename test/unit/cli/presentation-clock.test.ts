import { describe, expect, it } from 'vitest'
import { PresentationClock } from '../../../src/cli/input/presentation-clock.js'

describe('times of showing', () => {
  it('starts at 0 and follows the stamps, uneven ones too', () => {
    const clock = new PresentationClock()
    expect([500, 533, 600, 633].map((stamp) => clock.next(stamp, 33))).toEqual([0, 33, 100, 133])
  })

  it('goes on over loops, one frame after the last', () => {
    const clock = new PresentationClock()
    const times = []
    for (let pass = 0; pass < 3; pass++) {
      for (const stamp of [0, 100, 200]) times.push(clock.next(stamp, 100))
      clock.restart()
    }
    expect(times).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800])
  })

  it('fills in stamps that are missing', () => {
    const clock = new PresentationClock()
    expect([0, undefined, undefined, 120].map((stamp) => clock.next(stamp, 40))).toEqual([0, 40, 80, 120])
    const blind = new PresentationClock()
    expect([1, 2, 3].map(() => blind.next(undefined, undefined))).toEqual([0, 40, 80])
  })

  it('never goes back, and does not wait out a jump of hours', () => {
    const clock = new PresentationClock()
    expect([0, 40, 10, 50, 9_000_000, 9_000_040].map((stamp) => clock.next(stamp, 40))).toEqual([
      0, 40, 80, 120, 160, 200,
    ])
  })

  it('ignores the stamps when a rate is given', () => {
    const clock = new PresentationClock(50)
    expect([0, 1000, 1001].map((stamp) => clock.next(stamp, 40))).toEqual([0, 20, 40])
  })
})
