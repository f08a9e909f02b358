import { describe, expect, it } from 'vitest'
import { ArrivalGroups } from '../../../src/congestion/arrival-groups.js'

describe('ArrivalGroups', () => {
  it('compares the last packets of groups that were sent together', () => {
    const groups = new ArrivalGroups()
    const deltas = [
      groups.add(0, 100),
      groups.add(5, 107),
      groups.add(33, 133),
      groups.add(36, 150),
      groups.add(66, 166),
      groups.add(99, 199),
    ]
    expect(deltas).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      { sent: 31, arrived: 43, arrivedAt: 150 },
      { sent: 30, arrived: 16, arrivedAt: 166 },
    ])
  })

  it('takes what comes out of a queue at once as one group', () => {
    const groups = new ArrivalGroups()
    groups.add(0, 100)
    groups.add(20, 150)
    groups.add(40, 151)
    groups.add(60, 152)
    expect(groups.add(100, 200)).toEqual({ sent: 60, arrived: 52, arrivedAt: 152 })
  })

  it('passes over packets that were sent before the group began', () => {
    const groups = new ArrivalGroups()
    groups.add(0, 100)
    groups.add(20, 120)
    expect(groups.add(10, 121)).toBeUndefined()
    expect(groups.add(40, 140)).toEqual({ sent: 20, arrived: 20, arrivedAt: 120 })
  })

  it('begins anew when the receiver has another clock', () => {
    const groups = new ArrivalGroups()
    groups.add(0, 100)
    groups.add(20, 120)
    expect(groups.add(40, 1_000_000)).toBeUndefined()
    expect(groups.add(60, 1_000_020)).toBeUndefined()
    expect(groups.add(80, 1_000_040)).toEqual({ sent: 20, arrived: 20, arrivedAt: 1_000_020 })
  })

  it('begins anew after groups in a row that went back in time', () => {
    const groups = new ArrivalGroups()
    for (let i = 0; i < 4; i++) groups.add(i * 20, 500 + i * 20)
    // Each before the one before.
    const deltas = [1, 2, 3, 4, 5].map((i) => groups.add(60 + i * 20, 560 - i * 10))
    expect(deltas[0]).toBeDefined()
    expect(deltas.slice(1)).toEqual([undefined, undefined, undefined, undefined])
    expect(groups.add(200, 540)).toBeUndefined()
    expect(groups.add(220, 560)).toEqual({ sent: 40, arrived: 30, arrivedAt: 540 })
  })
})
