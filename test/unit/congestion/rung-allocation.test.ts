import { describe, expect, it } from 'vitest'
import { RungAllocation } from '../../../src/congestion/index.js'

const NEEDS = [
  { least: 50, enough: 150, most: 200 },
  { least: 150, enough: 500, most: 700 },
  { least: 600, enough: 2_500, most: 2_500 },
]

const update = (allocation: RungAllocation, rate: number, needs = NEEDS, now = 0) =>
  allocation.update({ rate, capacity: rate }, needs, now)

describe('what a network carries, divided among rungs', () => {
  it.each([
    [20, [20]],
    [190, [190]],
    [250, [200]],
    [299, [200]],
    [300, [150, 150]],
    [900, [150, 700]],
    [1_249, [150, 700]],
    [1_250, [150, 500, 600]],
    [2_000, [150, 500, 1_350]],
    [9_000, [150, 500, 2_500]],
  ])('%i kbit/s at the start: %o', (rate, shares) => {
    expect(update(new RungAllocation(), rate)).toEqual(shares)
  })

  it('is what there are rungs for', () => {
    expect(update(new RungAllocation(), 9_000, NEEDS.slice(0, 1))).toEqual([200])
    expect(update(new RungAllocation(), 9_000, NEEDS.slice(0, 2))).toEqual([150, 700])
    expect(update(new RungAllocation(), 9_000, [])).toEqual([])
  })

  it('leaves the largest out at once, and takes it back when there is clearly enough, after a while', () => {
    const allocation = new RungAllocation()
    const sent = (rate: number, now: number) => update(allocation, rate, NEEDS, now).length
    expect(sent(3_000, 0)).toBe(3)
    expect(sent(1_260, 20_000)).toBe(3)
    expect(sent(1_200, 20_001)).toBe(2)
    // The network has just shown that it can be slow.
    expect(sent(3_000, 20_100)).toBe(2)
    expect(sent(3_000, 30_000)).toBe(2)
    // Hardly enough is not.
    expect(sent(1_300, 30_050)).toBe(2)
    expect(sent(3_000, 30_100)).toBe(2)
    expect(sent(3_000, 32_099)).toBe(2)
    expect(sent(3_000, 32_100)).toBe(3)
  })

  it('follows the first estimates at once', () => {
    const allocation = new RungAllocation()
    const sent = (rate: number, now: number) => update(allocation, rate, NEEDS, now).length
    expect(sent(400, 0)).toBe(2)
    expect(sent(2_000, 100)).toBe(3)
  })

  it('gives what there is at the moment, and decides by the long run', () => {
    const allocation = new RungAllocation()
    expect(allocation.update({ rate: 400, capacity: 3_000 }, NEEDS, 0)).toEqual([20, 500 / 7.5, 2_350 / 7.5])
  })

  it('never leaves the smallest out', () => {
    const allocation = new RungAllocation()
    expect(update(allocation, 3_000, NEEDS, 0)).toHaveLength(3)
    expect(update(allocation, 40, NEEDS, 1)).toEqual([40])
    expect(update(allocation, 0, NEEDS, 2)).toEqual([12.5])
  })
})
