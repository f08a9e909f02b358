import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LongerWay } from '../../../src/congestion/longer-way.js'
import { ShortestTrip } from '../../../src/congestion/shortest-trip.js'

const SIZES = [4_000, 6_500, 3_000, 5_000, 7_000, 4_500]

/** Messages every 33 ms, as they come when `arrival` says so. */
function watch(arrival: (sentAt: number, bytes: number) => number, sizes = SIZES): LongerWay {
  const way = new LongerWay()
  let delivered = 0
  for (const [index, bytes] of sizes.entries()) {
    const sentAt = index * 33
    const at = arrival(sentAt, bytes)
    delivered += bytes
    way.add(sentAt, at, delivered, at - sentAt - 40)
  }
  return way
}

/** A link that is busy until then, and takes 1 Mbit/s. */
function busyLink(until: number): (sentAt: number, bytes: number) => number {
  let free = until
  return (_, bytes) => {
    free += (bytes * 8_000) / 1_000_000
    return free + 20
  }
}

describe('messages that all come late', () => {
  it('have a longer way when they come as they were sent, whatever their size', () => {
    expect(watch((sentAt) => sentAt + 340).since).toBe(340)
  })

  it('stand in a queue when they come as their sizes say', () => {
    expect(watch(busyLink(300)).since).toBeUndefined()
  })

  it('say nothing when they are all alike, or too few', () => {
    expect(watch((sentAt) => sentAt + 340, Array(20).fill(4_000)).since).toBeUndefined()
    expect(watch((sentAt) => sentAt + 340, SIZES.slice(0, 3)).since).toBeUndefined()
  })

  it('say nothing when each is on a slow link alone: it is late by its size', () => {
    const way = new LongerWay()
    let delivered = 0
    for (const [index, bytes] of SIZES.entries()) {
      delivered += bytes
      way.add(index * 2_000, index * 2_000 + 40 + bytes / 10, delivered, bytes / 10)
    }
    expect(way.since).toBeUndefined()
  })

  it('are looked at anew after one that was not', () => {
    const way = watch((sentAt) => sentAt + 340)
    way.reset()
    expect(way.since).toBeUndefined()
  })

  it('never are a longer way in a queue, whatever the sizes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50_000 }), { maxLength: 30 }), (sizes) => {
        expect(watch(busyLink(3_000), sizes).since).toBeUndefined()
      }),
    )
  })
})

describe('the shortest round trip', () => {
  it('is the shortest of the last ten seconds, and not what comes when it is too old', () => {
    const shortest = new ShortestTrip()
    const add = (at: number, time: number) => shortest.add({ at, time, bytes: 1 }).time
    expect([add(0, 40), add(5_000, 60), add(8_000, 50), add(10_000, 90)]).toEqual([40, 40, 40, 40])
    expect(add(10_001, 200)).toBe(50)
    expect(add(18_001, 300)).toBe(90)
    expect(add(60_000, 400)).toBe(400)
  })

  it('is one of those since the way became longer', () => {
    const shortest = new ShortestTrip()
    for (const [at, time] of [
      [0, 40],
      [1_000, 340],
      [1_033, 345],
    ] as const)
      shortest.add({ at, time, bytes: 1 })
    shortest.forgetBefore(1_000)
    expect(shortest.trip?.time).toBe(340)
  })

  it('is that of all in the window', () => {
    const trip = fc.record({
      wait: fc.integer({ min: 0, max: 4_000 }),
      time: fc.integer({ min: 1, max: 50 }),
    })
    fc.assert(
      fc.property(fc.array(trip, { maxLength: 60 }), (trips) => {
        const shortest = new ShortestTrip()
        const all: { at: number; time: number }[] = []
        let at = 0
        for (const { wait, time } of trips) {
          at += wait
          all.push({ at, time })
          const expected = Math.min(...all.filter((one) => at - one.at <= 10_000).map((one) => one.time))
          expect(shortest.add({ at, time, bytes: 1 }).time).toBe(expected)
        }
      }),
    )
  })
})
