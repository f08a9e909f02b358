import { describe, expect, it } from 'vitest'
import { Link, type LinkConditions } from './link.js'

/** Sends 1,000-byte packets every ms for some seconds; gives what arrives, with its delay. */
function send(
  conditions: Partial<LinkConditions>,
  seconds = 5,
  change?: (link: Link<number>, now: number) => void,
) {
  const link = new Link<number>(1, conditions)
  const arrived: { packet: number; at: number; delay: number }[] = []
  for (let now = 0; now < seconds * 1000; now++) {
    change?.(link, now)
    link.send(now, 1000, now)
    for (const { packet, at } of link.receive(now)) arrived.push({ packet, at, delay: at - packet })
  }
  return { link, arrived }
}

describe('Link', () => {
  it('delays', () => {
    const { arrived } = send({ delay: 25 })
    expect(arrived).toHaveLength(5000 - 25)
    expect(new Set(arrived.map(({ delay }) => delay))).toEqual(new Set([25]))
  })

  it('is as fast as its rate, holds as much as its queue, and drops the rest', () => {
    const { arrived, link } = send({ rate: 4_000_000, queue: 100 })
    expect(arrived.length).toBeGreaterThan(2450)
    expect(arrived.length).toBeLessThan(2510)
    expect(Math.max(...arrived.map(({ delay }) => delay))).toBeLessThanOrEqual(100.001)
    expect(link.queueDelay).toBeGreaterThan(95)
    expect(link.stats.dropped).toBeGreaterThan(2300)
  })

  it('changes while packets wait', () => {
    const { arrived } = send({ rate: 4_000_000, queue: 10_000 }, 5, (link, now) => {
      if (now === 1000) link.change({ rate: 16_000_000 }, now)
    })
    expect(arrived.filter(({ at }) => at <= 1000)).toHaveLength(500)
    // The 500 that waited need another half second beside what is sent in it.
    expect(arrived.filter(({ at }) => at <= 1250).length).toBeCloseTo(1000, -1)
    expect(arrived.at(-1)!.delay).toBeLessThan(1)
  })

  it.each([1, 8])('loses the share that it should, in runs of %d', (burst) => {
    const { arrived } = send({ loss: 0.1, burst }, 50)
    expect(arrived.length / 50_000).toBeCloseTo(0.9, 1)
    let runs = 0
    let next = 0
    for (const { packet } of arrived) {
      if (packet > next) runs++
      next = packet + 1
    }
    expect((50_000 - arrived.length) / runs).toBeGreaterThan(0.7 * burst)
    expect((50_000 - arrived.length) / runs).toBeLessThan(1.4 * burst)
  })

  it('jitters, in order or not', () => {
    const ordered = send({ delay: 40, jitter: 30 }).arrived
    const delays = ordered.map(({ delay }) => delay)
    expect(Math.max(...delays)).toBeLessThanOrEqual(70)
    expect(Math.max(...delays)).toBeGreaterThan(65)
    expect(ordered.every(({ packet }, i) => packet === i)).toBe(true)
    const reordered = send({ delay: 40, jitter: 30, reorder: true }).arrived
    expect(Math.min(...reordered.map(({ delay }) => delay))).toBeLessThan(15)
    expect(reordered.some(({ packet }, i) => i > 0 && packet < reordered[i - 1]!.packet)).toBe(true)
  })

  it('does the same again with the same seed', () => {
    const conditions = { delay: 10, jitter: 5, loss: 0.2, rate: 6_000_000 }
    expect(send(conditions).arrived).toEqual(send(conditions).arrived)
  })
})
