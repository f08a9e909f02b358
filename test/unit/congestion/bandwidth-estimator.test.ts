import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BandwidthEstimator, type BandwidthEstimatorOptions } from '../../../src/congestion/index.js'
import { TransportLog } from '../../../src/rtp/transport-log.js'
import { feedbackAbout } from './support.js'

function estimator(options: BandwidthEstimatorOptions = {}) {
  const log = new TransportLog()
  const bandwidth = new BandwidthEstimator(log, options)
  const send = (size: number, now: number) => bandwidth.onPacketSent(log.record(size, now), size, now)
  return { bandwidth, send }
}

describe('BandwidthEstimator', () => {
  it('starts where it is told, within its bounds', () => {
    expect(estimator().bandwidth.target(0)).toBe(1_000_000)
    expect(estimator({ startRate: 3e6, maxRate: 2e6 }).bandwidth.target(0)).toBe(2_000_000)
    expect(estimator({ startRate: 3e3 }).bandwidth.target(0)).toBe(100_000)
  })

  it('follows a new maximum', () => {
    const { bandwidth, send } = estimator()
    for (let i = 0; i < 20; i++) send(1200, i * 10)
    bandwidth.onFeedback(
      feedbackAbout(
        0,
        [...Array(20).keys()].map((i) => i * 10),
      ),
      250,
    )
    bandwidth.setMaxRate(400_000)
    expect(bandwidth.target(250)).toBe(400_000)
  })

  it('halves step by step while no feedback comes, not while there is nothing to report', () => {
    const { bandwidth, send } = estimator({ startRate: 1_000_000 })
    for (let i = 0; i < 10; i++) send(1200, i * 10)
    bandwidth.onFeedback(
      feedbackAbout(
        0,
        [...Array(10).keys()].map((i) => i * 10),
      ),
      150,
    )
    const before = bandwidth.target(150)
    expect(bandwidth.target(60_000)).toBe(before)
    send(1200, 60_000)
    expect(bandwidth.target(60_400)).toBe(before)
    expect(bandwidth.target(60_700)).toBe(before / 2)
    expect(bandwidth.target(61_200)).toBe(before / 4)
    expect(bandwidth.target(99_000)).toBe(Math.max(100_000, before / 8))
  })

  it('offers probes from the beginning', () => {
    const { bandwidth, send } = estimator()
    expect(bandwidth.probe(0)).toMatchObject({ rate: 3_000_000 })
    for (let i = 0; i < 5; i++) send(1200, i)
    expect(bandwidth.probe(5)).toBeUndefined()
    // They came as fast as they were sent: the next is twice as fast.
    bandwidth.onFeedback(feedbackAbout(0, [40, 41, 42, 43, 44]), 80)
    expect(bandwidth.probe(80)?.rate).toBeGreaterThan(6_000_000)
    expect(bandwidth.stats(80)).toMatchObject({ probes: 2, probeResults: 1 })
  })
})

describe('without transport-wide feedback', () => {
  it('takes what the receiver estimates', () => {
    const { bandwidth } = estimator()
    bandwidth.onRemb(3_000_000, 0)
    expect(bandwidth.target(0)).toBe(3_000_000)
    bandwidth.onRemb(600_000, 100)
    expect(bandwidth.target(100)).toBe(600_000)
  })

  it('grows without loss, holds with a little, gives way to much', () => {
    const { bandwidth } = estimator()
    for (let now = 0; now <= 10_000; now += 1000) bandwidth.onReceiverReport(0, 50, now)
    const grown = bandwidth.target(10_000)
    expect(grown / 1_000_000).toBeCloseTo(1.05 ** 10, 5)
    bandwidth.onReceiverReport(0.05, 50, 11_000)
    expect(bandwidth.target(11_000)).toBe(grown)
    bandwidth.onReceiverReport(0.4, 50, 12_000)
    expect(bandwidth.target(12_000)).toBeCloseTo(0.8 * grown)
    bandwidth.onReceiverReport(0.4, 50, 12_100)
    expect(bandwidth.target(12_100)).toBeCloseTo(0.8 * grown)
  })

  it('is no longer asked when there is some', () => {
    const { bandwidth, send } = estimator()
    for (let i = 0; i < 10; i++) send(1200, i * 10)
    bandwidth.onFeedback(
      feedbackAbout(
        0,
        [...Array(10).keys()].map((i) => i * 10),
      ),
      150,
    )
    const target = bandwidth.target(150)
    bandwidth.onRemb(200_000, 200)
    bandwidth.onReceiverReport(0.5, 50, 200)
    expect(bandwidth.target(200)).toBe(target)
  })
})

describe('hostile feedback', () => {
  const feedback = fc.record({
    baseSequenceNumber: fc.oneof(fc.nat(2000), fc.nat(0xffff)),
    referenceTime: fc.oneof(fc.nat(100), fc.nat(0xffffff)),
    feedbackCount: fc.nat(255),
    arrivals: fc
      .array(
        fc.oneof(
          fc.integer({ min: -32_768, max: 262_144 }).map((quarters) => quarters / 4),
          fc.constant(Number.NaN),
        ),
        { minLength: 1, maxLength: 300 },
      )
      .map((values) => Float64Array.from(values)),
  })

  it('leaves a target within bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(30), fc.nat(200), feedback), { maxLength: 40 }), (steps) => {
        const { bandwidth, send } = estimator({ maxRate: 9_000_000 })
        let now = 0
        for (const [packets, wait, fields] of steps) {
          for (let i = 0; i < packets; i++) send(1 + ((i * 389) % 1264), now + i)
          now += wait
          bandwidth.onFeedback(feedbackAbout(0, [], fields), now)
          const target = bandwidth.target(now)
          expect(target).toBeGreaterThanOrEqual(100_000)
          expect(target).toBeLessThanOrEqual(9_000_000)
          const stats = bandwidth.stats(now)
          expect(Number.isNaN(stats.queueDelay + stats.roundTripTime + stats.loss)).toBe(false)
        }
      }),
      { numRuns: 200 },
    )
  })

  it('does no more work for a packet however often it is reported', () => {
    const { bandwidth, send } = estimator()
    for (let i = 0; i < 4096; i++) send(1200, i)
    const everything = feedbackAbout(0, [...Array(4096).keys()])
    bandwidth.onFeedback(everything, 5000)
    const stats = bandwidth.stats(5000)
    // A second of nothing but this at 100 Mbit/s: half a million statuses each would not pass unnoticed.
    for (let i = 0; i < 2000; i++) bandwidth.onFeedback(everything, 5000)
    expect(bandwidth.stats(5000)).toEqual(stats)
  })

  it('does not make more of lies than the maximum', () => {
    const { bandwidth, send } = estimator({ maxRate: 5_000_000 })
    // Everything has arrived at once, whatever it was.
    for (let round = 0; round < 200; round++) {
      for (let i = 0; i < 20; i++) send(1200, round * 50 + i)
      bandwidth.onFeedback(feedbackAbout((round * 20) & 0xffff, Array(20).fill(0)), round * 50 + 45)
    }
    expect(bandwidth.target(10_000)).toBeLessThanOrEqual(5_000_000)
  })
})
