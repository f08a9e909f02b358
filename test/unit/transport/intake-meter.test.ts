import { describe, expect, it } from 'vitest'
import { IntakeMeter } from '../../../src/transport/intake-meter.js'

describe('IntakeMeter', () => {
  it('admits twice as many messages at once as it does a second', () => {
    const meter = new IntakeMeter({ messages: 2, bytes: 1_000 })
    expect([0, 0, 0, 0, 0].map((at) => meter.admits(1, at))).toEqual([true, true, true, true, false])
  })

  it('admits the rate for ever', () => {
    const meter = new IntakeMeter({ messages: 100, bytes: 1_000 })
    for (let at = 0; at < 60_000; at += 10) expect(meter.admits(10, at)).toBe(true)
  })

  it('does not admit a little more than the rate for ever', () => {
    const meter = new IntakeMeter({ messages: 100, bytes: 1e9 })
    let at = 0
    while (meter.admits(1, at)) at += 9
    // A tenth too much uses up the two seconds' worth after some twenty seconds.
    expect(at).toBeGreaterThan(15_000)
    expect(at).toBeLessThan(25_000)
  })

  it('counts bytes in the same way', () => {
    const meter = new IntakeMeter({ messages: 100, bytes: 1_000 })
    expect(meter.admits(2_000, 5)).toBe(true)
    expect(meter.admits(1, 5)).toBe(false)
    expect(meter.admits(998, 1_006)).toBe(true)
    expect(meter.admits(2_001, 99_000)).toBe(false)
  })
})
