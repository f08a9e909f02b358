import { expect, it } from 'vitest'
import { TimingMeter } from '../../../src/engine/timing-meter.js'

it('gives medians of the last second', () => {
  const meter = new TimingMeter()
  expect(meter.times(0)).toBeUndefined()
  meter.add({ queue: 900, convert: 900, encode: 900, encodedAt: 0 }, 900)
  for (const n of [1, 2, 30])
    meter.add({ queue: n, convert: 2 * n, encode: 1.23456 * n, encodedAt: 1_500 }, 1_500 + n)
  expect(meter.times(2_000)).toEqual({ queue: 2, convert: 4, encode: 2.47, pace: 2 })
  expect(meter.times(2_502)).toEqual({ queue: 30, convert: 60, encode: 37.04, pace: 30 })
  expect(meter.times(9_000)).toBeUndefined()
})

it('keeps no more than it needs', () => {
  const meter = new TimingMeter()
  for (let n = 0; n < 10_000; n++) meter.add({ queue: n, convert: 0, encode: 0, encodedAt: 0 }, 0)
  expect(meter.times(1)?.queue).toBeGreaterThan(9_800)
})
