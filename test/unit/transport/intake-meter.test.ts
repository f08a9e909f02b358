import { describe, expect, it } from 'vitest'
import { IntakeMeter } from '../../../src/transport/intake-meter.js'

describe('IntakeMeter', () => {
  it('admits so many messages a second', () => {
    const meter = new IntakeMeter(3, 1_000)
    expect([0, 1, 2].map((at) => meter.admits(1, at))).toEqual([true, true, true])
    expect(meter.admits(1, 3)).toBe(false)
    expect(meter.admits(1, 1_000)).toBe(true)
  })

  it('admits so many bytes a second', () => {
    const meter = new IntakeMeter(100, 1_000)
    expect(meter.admits(1_000, 5)).toBe(true)
    expect(meter.admits(1, 6)).toBe(false)
    expect(meter.admits(1_001, 5_000)).toBe(false)
    expect(meter.admits(999, 6_000)).toBe(true)
  })
})
