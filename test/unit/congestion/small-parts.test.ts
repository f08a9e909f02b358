import { describe, expect, it } from 'vitest'
import {
  AcknowledgedRate,
  CONGESTED_WINDOW,
  USUAL_WINDOW,
} from '../../../src/congestion/acknowledged-rate.js'
import { ApplicationLimit } from '../../../src/congestion/application-limit.js'
import type { ReceivedPacket } from '../../../src/congestion/feedback-reader.js'
import { QueueDelay } from '../../../src/congestion/queue-delay.js'
import { RoundTrip } from '../../../src/congestion/round-trip.js'

const packet = (sentAt: number, arrivedAt: number, size = 1250, missingBefore = 0): ReceivedPacket => ({
  sentAt,
  arrivedAt,
  size,
  missingBefore,
  cluster: 0,
})
const range = (count: number) => [...Array(count).keys()]

describe('AcknowledgedRate', () => {
  it('is what arrived over the window', () => {
    const rate = new AcknowledgedRate()
    rate.add(range(200).map((i) => packet(i * 10, 500 + i * 10)))
    expect(rate.rate(USUAL_WINDOW)).toBeCloseTo(1_000_000, -4)
    expect(rate.rate(CONGESTED_WINDOW)).toBeCloseTo(1_000_000, -4)
  })

  it('is unknown before enough arrived', () => {
    const rate = new AcknowledgedRate()
    rate.add(range(9).map((i) => packet(i * 10, i * 10)))
    expect(rate.rate(USUAL_WINDOW)).toBeUndefined()
    rate.add([packet(90, 90)])
    expect(rate.rate(USUAL_WINDOW)).toBeCloseTo(1_000_000, -4)
    rate.reset()
    expect(rate.rate(USUAL_WINDOW)).toBeUndefined()
  })

  it('counts what a lost feedback was about', () => {
    const rate = new AcknowledgedRate()
    rate.add(range(100).map((i) => packet(i * 20, i * 20, 1250, 1250)))
    expect(rate.rate(USUAL_WINDOW)).toBeCloseTo(1_000_000, -4)
  })

  it('is not faster than the sending when a held-up queue is let go, unless one empties', () => {
    const rate = new AcknowledgedRate()
    // Sent over a second, arrives within 200 ms.
    rate.add(range(100).map((i) => packet(i * 10, 2000 + i * 2)))
    expect(rate.rate(USUAL_WINDOW)).toBeCloseTo(1_000_000, -5)
    expect(rate.rate(CONGESTED_WINDOW)).toBeCloseTo(5_000_000, -5)
  })

  it('follows a drop at once in the short window', () => {
    const rate = new AcknowledgedRate()
    rate.add(range(100).map((i) => packet(i, i)))
    rate.add(range(20).map((i) => packet(100 + i, 100 + i * 10)))
    expect(rate.rate(CONGESTED_WINDOW)).toBeCloseTo(1_000_000, -5)
    expect(rate.rate(USUAL_WINDOW)).toBeGreaterThan(3_000_000)
  })
})

describe('ApplicationLimit', () => {
  it('begins when little of the estimate is used, and ends when it is', () => {
    const limit = new ApplicationLimit()
    let now = 0
    const run = (rate: number, time: number) => {
      for (const end = now + time; now < end; now += 10) limit.update((rate * 10) / 8000, 1_000_000, now)
    }
    run(1_000_000, 3000)
    expect(limit.since).toBeUndefined()
    run(700_000, 5000)
    expect(limit.since).toBeUndefined()
    run(300_000, 2000)
    expect(limit.since).toBeGreaterThan(8000)
    run(1_000_000, 1000)
    expect(limit.since).toBeUndefined()
  })

  it('does not mind large frames with pauses between them', () => {
    const limit = new ApplicationLimit()
    for (let now = 0; now < 10_000; now += 100) limit.update(12_500, 1_000_000, now)
    expect(limit.since).toBeUndefined()
  })
})

describe('QueueDelay', () => {
  it('is what the least delayed packet waits more than the least ever', () => {
    const queue = new QueueDelay()
    const feed = (now: number, ...delays: number[]) =>
      queue.update(
        delays.map((delay) => ({ sentAt: now, arrivedAt: now + 7_000_000 + delay })),
        now,
      )
    feed(0, 25, 20, 40)
    expect(queue.delay).toBe(0)
    feed(100, 80, 50, 70)
    expect([queue.delay, queue.grows]).toEqual([30, true])
    feed(200, 45)
    expect([queue.delay, queue.grows]).toEqual([25, false])
    feed(300, 15)
    expect(queue.delay).toBe(0)
    // A longer way is a longer way after a quarter of a minute.
    for (let now = 400; now < 20_000; now += 100) feed(now, 90)
    expect(queue.delay).toBe(0)
  })
})

describe('RoundTrip', () => {
  it('is smoothed, and taken from the packet that waited least for its feedback', () => {
    const trip = new RoundTrip()
    expect(trip.time).toBe(200)
    trip.onFeedback([{ sentAt: 0 }, { sentAt: 80 }, { sentAt: 60 }], 120)
    expect(trip.time).toBe(40)
    trip.onReport(120)
    expect(trip.time).toBe(50)
    trip.onReport(-5)
    trip.onReport(1e9)
    trip.onFeedback([], 0)
    expect(trip.time).toBe(50)
  })
})
