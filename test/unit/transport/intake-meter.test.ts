import { describe, expect, it } from 'vitest'
import { IntakeMeter } from '../../../src/transport/intake-meter.js'

describe('IntakeMeter', () => {
  it('bears twice as many messages at once as a second, and says which limit was passed', () => {
    const meter = new IntakeMeter({ messages: 2, bytes: 1_000, messageBytes: 100 })
    const checks = [0, 0, 0, 0, 0].map((at) => meter.check(1, at))
    expect(checks).toEqual([undefined, undefined, undefined, undefined, 'messages'])
  })

  it('bears the rate for ever', () => {
    const meter = new IntakeMeter({ messages: 100, bytes: 1_000, messageBytes: 10 })
    for (let at = 0; at < 60_000; at += 10) expect(meter.check(10, at)).toBeUndefined()
  })

  it('does not bear a little more than the rate for ever', () => {
    const meter = new IntakeMeter({ messages: 100, bytes: 1e9, messageBytes: 10 })
    let at = 0
    while (!meter.check(1, at)) at += 9
    // A tenth too much uses up the two seconds' worth after some twenty seconds.
    expect(at).toBeGreaterThan(15_000)
    expect(at).toBeLessThan(25_000)
  })

  it('counts bytes in the same way', () => {
    const meter = new IntakeMeter({ messages: 100, bytes: 1_000, messageBytes: 5_000 })
    expect(meter.check(2_000, 5)).toBeUndefined()
    expect(meter.check(1, 5)).toBe('bytes')
    expect(meter.check(998, 1_006)).toBeUndefined()
    expect(meter.check(2_001, 99_000)).toBe('bytes')
  })

  it('bears a message of the longest length, and none that is longer', () => {
    const meter = new IntakeMeter({ messages: 100, bytes: 100_000, messageBytes: 4_096 })
    expect(meter.check(4_096, 0)).toBeUndefined()
    expect(meter.check(4_097, 0)).toBe('messageBytes')
  })
})
