import { describe, expect, it } from 'vitest'
import { Patience } from '../../../../src/cli/supervise/patience.js'

describe('Patience', () => {
  it('waits longer after each death, ten seconds at most, and gives up', () => {
    const patience = new Patience(10)
    const pauses = Array.from({ length: 11 }, () => patience.next(500))
    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000, undefined])
  })

  it('begins anew after what ran well', () => {
    const patience = new Patience(2)
    expect([patience.next(0), patience.next(29_999)]).toEqual([100, 200])
    expect(patience.next(30_000)).toBe(100)
    expect(patience.restarts).toBe(1)
    expect([patience.next(0), patience.next(0)]).toEqual([200, undefined])
  })

  it('may have none', () => {
    expect(new Patience(0).next(1_000_000)).toBeUndefined()
  })
})
