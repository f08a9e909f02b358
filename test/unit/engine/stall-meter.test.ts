import { describe, expect, it } from 'vitest'
import { StallMeter } from '../../../src/engine/stall-meter.js'

describe('StallMeter', () => {
  it('has seen none at first, nor when a keyframe leaves that nobody waited for', () => {
    const meter = new StallMeter()
    meter.end(1_000)
    expect(meter.stats(2_000)).toEqual({ stalls: 0, stalledTime: 0, longestStall: 0 })
  })

  it('measures each from its beginning to its keyframe', () => {
    const meter = new StallMeter()
    meter.begin(1_000)
    meter.end(1_200)
    meter.begin(5_000)
    meter.end(5_050)
    expect(meter.stats(9_000)).toEqual({ stalls: 2, stalledTime: 250, longestStall: 200 })
  })

  it('takes what asks again while it lasts for the same one', () => {
    const meter = new StallMeter()
    for (const now of [1_000, 1_100, 1_250]) meter.begin(now)
    meter.end(1_300)
    meter.end(1_400)
    expect(meter.stats(9_000)).toEqual({ stalls: 1, stalledTime: 300, longestStall: 300 })
  })

  it('counts the one that lasts', () => {
    const meter = new StallMeter()
    meter.begin(0)
    meter.end(100)
    meter.begin(1_000)
    expect(meter.stats(1_040)).toEqual({ stalls: 2, stalledTime: 140, longestStall: 100 })
    expect(meter.stats(1_500)).toEqual({ stalls: 2, stalledTime: 600, longestStall: 500 })
  })
})
