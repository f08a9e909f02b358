import { describe, expect, it } from 'vitest'
import { simulate } from './simulate.js'

const Mbit = 1_000_000
const seconds = 1000

// A round trip is 40 ms and a frame comes every 33 ms unless said otherwise. Several seeds, since one
// network proves little.
const seeds = [1, 2, 3]

describe.each(seeds)('network %i: capacity that changes', (seed) => {
  it('8 to 1 Mbit/s: gives way at once, drains the queue, then uses what is left', () => {
    const run = simulate({
      seed,
      duration: 40 * seconds,
      link: { rate: 8 * Mbit },
      changes: [{ at: 15 * seconds, link: { rate: 1 * Mbit } }],
    })
    const drop = 15 * seconds
    expect(run.sent(drop + 500, drop + 2000)).toBeLessThan(1 * Mbit)
    expect(run.longestQueue(drop + 2000, drop + 5000)).toBeLessThan(100)
    expect(run.arrived(drop + 3000, 40 * seconds)).toBeGreaterThan(0.75 * Mbit)
    expect(run.longestQueue(drop + 2000, 40 * seconds)).toBeLessThan(150)
    expect(run.sender.keyframes).toBe(1)
  })

  it('8 to 1 Mbit/s before a queue of two seconds: does not fill it', () => {
    const run = simulate({
      seed,
      duration: 30 * seconds,
      link: { rate: 8 * Mbit, queue: 2000 },
      changes: [{ at: 15 * seconds, link: { rate: 1 * Mbit } }],
    })
    expect(run.longestQueue(15 * seconds, 30 * seconds)).toBeLessThan(1600)
    expect(run.longestQueue(18 * seconds, 30 * seconds)).toBeLessThan(150)
    expect(run.arrived(18 * seconds, 30 * seconds)).toBeGreaterThan(0.75 * Mbit)
  })

  it('1 to 8 Mbit/s: half of it within ten seconds', () => {
    const run = simulate({
      seed,
      duration: 40 * seconds,
      link: { rate: 1 * Mbit },
      changes: [{ at: 15 * seconds, link: { rate: 8 * Mbit } }],
    })
    expect(run.first(15 * seconds, ({ target }) => target >= 4 * Mbit)).toBeLessThan(25 * seconds)
    expect(run.arrived(25 * seconds, 40 * seconds)).toBeGreaterThan(0.75 * 8 * Mbit)
  })

  it('an outage of three seconds: quiet while it lasts, back within two', () => {
    const run = simulate({
      seed,
      duration: 20 * seconds,
      link: { rate: 8 * Mbit },
      changes: [
        { at: 10 * seconds, link: { loss: 1 } },
        { at: 13 * seconds, link: { loss: 0 } },
      ],
    })
    expect(run.sent(12 * seconds, 13 * seconds)).toBeLessThan(1.2 * Mbit)
    expect(run.longestQueue(13 * seconds, 20 * seconds)).toBeLessThan(200)
    expect(run.arrived(15 * seconds, 20 * seconds)).toBeGreaterThan(0.75 * 8 * Mbit)
  })
})

describe.each(seeds)('network %i: start', (seed) => {
  it('on 500 kbit/s: settles without collapse', () => {
    const run = simulate({ seed, duration: 20 * seconds, link: { rate: 0.5 * Mbit } })
    expect(run.lowestTarget(0, 20 * seconds)).toBeGreaterThan(0.2 * Mbit)
    expect(run.arrived(2 * seconds, 20 * seconds)).toBeGreaterThan(0.75 * 0.5 * Mbit)
    expect(run.longestQueue(3 * seconds, 20 * seconds)).toBeLessThan(200)
  })

  it('on 20 Mbit/s: near it within a second', () => {
    const run = simulate({ seed, duration: 20 * seconds, link: { rate: 20 * Mbit } })
    expect(run.first(0, ({ target }) => target > 0.8 * 20 * Mbit)).toBeLessThan(1 * seconds)
    expect(run.arrived(2 * seconds, 20 * seconds)).toBeGreaterThan(0.75 * 20 * Mbit)
  })

  it('never asks for more than the viewer can use', () => {
    const run = simulate({
      seed,
      duration: 20 * seconds,
      link: { rate: 50 * Mbit },
      estimator: { maxRate: 3 * Mbit },
    })
    expect(run.highestTarget(0, 20 * seconds)).toBe(3 * Mbit)
    expect(run.lowestTarget(2 * seconds, 20 * seconds)).toBe(3 * Mbit)
    const { probes } = run.at(20 * seconds)
    expect(probes).toBe(run.at(1 * seconds).probes)
  })
})

describe.each(seeds)('network %i: loss that is not congestion', (seed) => {
  it('5 % at random, 60 ms of round trip: more than 60 % of the link', () => {
    const run = simulate({
      seed,
      duration: 60 * seconds,
      link: { rate: 4 * Mbit, loss: 0.05, delay: 30 },
    })
    expect(run.arrived(5 * seconds, 60 * seconds)).toBeGreaterThan(0.6 * 4 * Mbit)
    expect(run.lowestTarget(5 * seconds, 60 * seconds)).toBeGreaterThan(0.5 * 4 * Mbit)
  })

  it('5 % in bursts of five', () => {
    const run = simulate({
      seed,
      duration: 60 * seconds,
      link: { rate: 4 * Mbit, loss: 0.05, burst: 5, delay: 30 },
    })
    expect(run.arrived(5 * seconds, 60 * seconds)).toBeGreaterThan(0.6 * 4 * Mbit)
  })

  it('20 %: alive', () => {
    const run = simulate({
      seed,
      duration: 60 * seconds,
      link: { rate: 4 * Mbit, loss: 0.2, delay: 30 },
    })
    expect(run.arrived(5 * seconds, 60 * seconds)).toBeGreaterThan(0.4 * 4 * Mbit)
  })
})

describe.each(seeds)('network %i: loss that is congestion', (seed) => {
  it('a queue too short to show delay: no more lost than retransmission can mend', () => {
    const run = simulate({ seed, duration: 40 * seconds, link: { rate: 3 * Mbit, queue: 40 } })
    expect(run.arrived(5 * seconds, 40 * seconds)).toBeGreaterThan(0.75 * 3 * Mbit)
    expect(run.at(39 * seconds).loss).toBeLessThan(0.1)
    expect(run.highestTarget(5 * seconds, 40 * seconds)).toBeLessThan(1.3 * 3 * Mbit)
  })
})

describe.each(seeds)('network %i: jitter', (seed) => {
  it('±30 ms that holds packets up', () => {
    const run = simulate({
      seed,
      duration: 60 * seconds,
      link: { rate: 8 * Mbit, delay: 40, jitter: 30 },
    })
    // The one probe at the start shows little here, and what follows grows slowly.
    expect(run.lowestTarget(0, 60 * seconds)).toBeGreaterThan(0.9 * Mbit)
    expect(run.lowestTarget(20 * seconds, 60 * seconds)).toBeGreaterThan(0.4 * 8 * Mbit)
    expect(run.arrived(20 * seconds, 60 * seconds)).toBeGreaterThan(0.75 * 8 * Mbit)
  })

  it('±30 ms that reorders packets', () => {
    const run = simulate({
      seed,
      duration: 60 * seconds,
      link: { rate: 8 * Mbit, delay: 40, jitter: 30, reorder: true },
    })
    expect(run.lowestTarget(0, 60 * seconds)).toBeGreaterThan(0.9 * Mbit)
    expect(run.arrived(20 * seconds, 60 * seconds)).toBeGreaterThan(0.3 * 8 * Mbit)
  })
})

describe.each(seeds)('network %i: an application that is the limit', (seed) => {
  it('keeps the estimate while nothing moves, and uses it at once when something does', () => {
    const run = simulate({
      seed,
      duration: 60 * seconds,
      link: { rate: 8 * Mbit },
      changes: [
        { at: 10 * seconds, media: { most: 100_000 } },
        { at: 40 * seconds, media: { most: 50 * Mbit } },
      ],
    })
    expect(run.highestTarget(12 * seconds, 40 * seconds)).toBeLessThan(1.2 * 8 * Mbit)
    expect(run.lowestTarget(12 * seconds, 40 * seconds)).toBeGreaterThan(0.6 * 8 * Mbit)
    // Probes included, a still picture costs little.
    expect(run.sent(12 * seconds, 40 * seconds)).toBeLessThan(0.25 * Mbit)
    expect(run.arrived(40 * seconds, 42 * seconds)).toBeGreaterThan(0.7 * 8 * Mbit)
    expect(run.longestQueue(40 * seconds, 60 * seconds)).toBeLessThan(150)
  })

  it('notices with little traffic that the link has become slower', () => {
    const run = simulate({
      seed,
      duration: 40 * seconds,
      link: { rate: 8 * Mbit },
      media: { most: 1 * Mbit },
      changes: [{ at: 15 * seconds, link: { rate: 0.6 * Mbit } }],
    })
    expect(run.at(14 * seconds).target).toBeGreaterThan(4 * Mbit)
    expect(run.longestQueue(19 * seconds, 40 * seconds)).toBeLessThan(150)
    expect(run.arrived(19 * seconds, 40 * seconds)).toBeGreaterThan(0.7 * 0.6 * Mbit)
  })
})

describe('time', () => {
  it('ten minutes at what the link takes: the delay at the end is that of the start', () => {
    const run = simulate({ duration: 600 * seconds, link: { rate: 3 * Mbit } })
    expect(run.delay(0.95, 540 * seconds, 600 * seconds)).toBeLessThan(
      1.3 * run.delay(0.95, 20 * seconds, 80 * seconds),
    )
    expect(run.longestQueue(20 * seconds, 600 * seconds)).toBeLessThan(200)
    expect(run.arrived(20 * seconds, 600 * seconds)).toBeGreaterThan(0.8 * 3 * Mbit)
    expect(run.sender.keyframes).toBe(1)
  })
})

describe.each(seeds)('network %i: feedback', (seed) => {
  it('one in ten lost', () => {
    const run = simulate({ seed, duration: 40 * seconds, link: { rate: 8 * Mbit }, back: { loss: 0.1 } })
    expect(run.arrived(5 * seconds, 40 * seconds)).toBeGreaterThan(0.75 * 8 * Mbit)
    expect(run.longestQueue(5 * seconds, 40 * seconds)).toBeLessThan(150)
  })

  it('late and out of order', () => {
    const run = simulate({
      seed,
      duration: 40 * seconds,
      link: { rate: 8 * Mbit },
      back: { delay: 80, jitter: 60, reorder: true },
    })
    expect(run.arrived(5 * seconds, 40 * seconds)).toBeGreaterThan(0.7 * 8 * Mbit)
  })

  it('told twice', () => {
    const run = simulate({ seed, duration: 20 * seconds, link: { rate: 8 * Mbit } })
    let last: Parameters<NonNullable<Parameters<typeof simulate>[0]['tamper']>>[0] | undefined
    const repeated = simulate({
      seed,
      duration: 20 * seconds,
      link: { rate: 8 * Mbit },
      tamper: (feedback) => {
        if (last && feedback.feedbackCount % 2 === 1) return last
        last = feedback
        return feedback
      },
    })
    expect(repeated.arrived(5 * seconds, 20 * seconds)).toBeGreaterThan(0.6 * 8 * Mbit)
    expect(repeated.highestTarget(0, 20 * seconds)).toBeLessThan(1.5 * run.highestTarget(0, 20 * seconds))
  })
})
