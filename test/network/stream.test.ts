import { describe, expect, it } from 'vitest'
import { ageAt, type StreamScenario, simulateStream, throughput } from './stream.js'

const MEBIBYTE = 1024 * 1024
const MBIT = 1_000_000
/** A tunnel that takes four megabytes before anybody notices. */
const tunnel = (rate: number, delay = 20) => ({ rate, delay, buffer: 4 * MEBIBYTE })
const SEEDS = [1, 2, 3]

function each(scenario: Omit<StreamScenario, 'seed'>) {
  return SEEDS.map((seed) => simulateStream({ ...scenario, seed }))
}

describe('frames over TCP with a big buffer', () => {
  it('are young on 1 Mbit/s, and use it', () => {
    for (const { frames, keyframes } of each({ duration: 30_000, conditions: tunnel(MBIT) })) {
      const steady = frames.filter(({ at }) => at >= 3_000)
      // Measured: 83 to 93 ms; a buffer that fills up would make them 32 seconds old.
      expect(ageAt(frames, 0.95)).toBeLessThan(200)
      expect(ageAt(steady, 1)).toBeLessThan(400)
      expect(throughput(frames, 3_000, 30_000)).toBeGreaterThan(0.8 * MBIT)
      expect(frames.every(({ decodable }) => decodable)).toBe(true)
      expect(keyframes).toBe(1)
    }
  })

  it('are young on 1 Mbit/s with a round trip of 200 ms', () => {
    for (const { frames } of each({ duration: 30_000, conditions: tunnel(MBIT, 100) })) {
      expect(ageAt(frames, 0.95)).toBeLessThan(400)
      expect(throughput(frames, 3_000, 30_000)).toBeGreaterThan(0.8 * MBIT)
    }
  })

  it('get on with 300 kbit/s', () => {
    for (const { frames } of each({ duration: 30_000, conditions: tunnel(0.3 * MBIT) })) {
      const steady = frames.filter(({ at }) => at >= 3_000)
      expect(ageAt(steady, 0.95)).toBeLessThan(300)
      expect(throughput(frames, 3_000, 30_000)).toBeGreaterThan(0.24 * MBIT)
    }
  })

  it('are young again within two seconds when 8 Mbit/s become 1', () => {
    const changes = [{ at: 15_000, conditions: { rate: MBIT } }]
    for (const { frames } of each({ duration: 30_000, conditions: tunnel(8 * MBIT), changes })) {
      expect(throughput(frames, 5_000, 15_000)).toBeGreaterThan(6 * MBIT)
      // What was on its way for 8 Mbit/s takes eight times as long.
      expect(ageAt(frames, 1)).toBeLessThan(1_500)
      const after = frames.filter(({ at }) => at >= 17_000)
      expect(ageAt(after, 0.95)).toBeLessThan(200)
      expect(throughput(frames, 17_000, 30_000)).toBeGreaterThan(0.8 * MBIT)
    }
  })

  it('find out that 1 Mbit/s became 8', () => {
    const changes = [{ at: 15_000, conditions: { rate: 8 * MBIT } }]
    for (const delay of [20, 100]) {
      for (const { frames } of each({ duration: 40_000, conditions: tunnel(MBIT, delay), changes })) {
        expect(throughput(frames, 30_000, 40_000)).toBeGreaterThan(6 * MBIT)
        expect(ageAt(frames, 0.95)).toBeLessThan(400)
      }
    }
  })

  it('use a fast network from the beginning', () => {
    for (const { frames } of each({ duration: 10_000, conditions: tunnel(100 * MBIT, 0.5) })) {
      expect(throughput(frames, 1_000, 10_000)).toBeGreaterThan(7 * MBIT)
      expect(ageAt(frames, 0.95)).toBeLessThan(20)
    }
  })

  it.each([
    ['7 times', tunnel(8 * MBIT), 150, 3_000],
    ['7 times with room for far more', tunnel(100 * MBIT), 150, 3_000],
    ['by 80 ms', tunnel(8 * MBIT), 40, 2_000],
    ['7 times, and every frame is late by chance', { ...tunnel(8 * MBIT), jitter: 10 }, 150, 3_000],
    ['20 times', tunnel(8 * MBIT), 400, 5_000],
  ])('are as many as before soon after the way became longer, %s', (_, conditions, more, soon) => {
    const changes = [{ at: 15_000, conditions: { delay: conditions.delay + more } }]
    for (const { frames, rates, keyframes } of each({
      duration: 40_000,
      maxBitrate: 3 * MBIT,
      conditions,
      changes,
    })) {
      const before = throughput(frames, 5_000, 15_000)
      // What was taken for a queue took the rate to a hundredth, and for more than ten seconds.
      if (soon <= 3_000) expect(throughput(frames, 15_000, 18_000)).toBeGreaterThan(before / 2)
      expect(throughput(frames, 15_000 + soon, 20_000 + soon)).toBeGreaterThan(0.9 * before)
      expect(throughput(frames, 15_000 + soon, 40_000)).toBeGreaterThan(0.9 * before)
      const later = rates.filter(({ at }) => at >= 15_000 + soon)
      expect(Math.min(...later.map(({ rate }) => rate))).toBeGreaterThan(before / 2)
      expect(keyframes).toBe(1)
    }
  })

  it('do not fill a link that became longer and was full', () => {
    const changes = [{ at: 15_000, conditions: { delay: 170 } }]
    for (const { frames } of each({ duration: 40_000, conditions: tunnel(3 * MBIT), changes })) {
      expect(throughput(frames, 20_000, 40_000)).toBeGreaterThan(0.8 * 3 * MBIT)
      expect(ageAt(frames, 1)).toBeLessThan(500)
    }
  })

  it('go on at the same rate when TCP has to repeat something now and then', () => {
    const conditions = { ...tunnel(8 * MBIT), stall: { time: 250, share: 0.01 } }
    for (const { frames } of each({ duration: 30_000, maxBitrate: 3 * MBIT, conditions })) {
      expect(throughput(frames, 3_000, 30_000)).toBeGreaterThan(1.8 * MBIT)
      expect(frames.every(({ decodable }) => decodable)).toBe(true)
    }
  })

  it('are left out, and followed by keyframes, for who is slower than those it shares a rung with', () => {
    const scenario = { duration: 20_000, shared: 2 * MBIT, maxBitrate: 2 * MBIT, conditions: tunnel(MBIT) }
    for (const { frames, dropped } of each(scenario)) {
      expect(dropped).toBeGreaterThan(0)
      expect(frames.every(({ decodable }) => decodable)).toBe(true)
      // The ladder gives it a rung of its own before long: until then at least no latency builds up.
      expect(ageAt(frames, 1)).toBeLessThan(1_500)
    }
  })

  it('stop for who acknowledges nothing, with little on its way', () => {
    for (const shared of [undefined, 3 * MBIT]) {
      const scenario = { duration: 60_000, maxBitrate: 3 * MBIT, conditions: tunnel(8 * MBIT), silentFrom: 0 }
      for (const { mostInFlight } of each({ ...scenario, ...(shared && { shared }) }))
        expect(mostInFlight).toBeLessThan(150_000)
    }
  })
})
