import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StreamControl } from '../../../src/congestion/stream-control.js'

describe('the rate of a stream', () => {
  it('begins as asked for, and is not known', () => {
    const control = new StreamControl({ startRate: 500_000 })
    expect(control.deliveryRate).toBeUndefined()
    expect(control.isSettled(10_000)).toBe(false)
    expect(control.backlog(0)).toBe(0)
  })

  it('counts what is on its way, and takes an answer for all before it', () => {
    const control = new StreamControl()
    for (const id of [0, 1, 2]) control.onSent(id, 1_000, id)
    expect(control.inFlight).toBe(3_000)
    expect(control.onDelivered(1, 50)).toBe(true)
    expect(control.inFlight).toBe(1_000)
    for (const id of [0, 1, 3, -1, Number.NaN]) expect(control.onDelivered(id, 60)).toBe(false)
    expect(control.inFlight).toBe(1_000)
  })

  it('is at least what got through', () => {
    const control = new StreamControl()
    control.onSent(0, 50_000, 0)
    control.onDelivered(0, 50) // 8 Mbit/s
    expect(control.deliveryRate).toBeCloseTo(8_000_000, -3)
  })

  it('is not more than was sent when answers come all at once', () => {
    const control = new StreamControl()
    // 1 kB in 10 ms: 0.8 Mbit/s; the answers are held up, and come together.
    for (let id = 0; id < 50; id++) control.onSent(id, 1_000, id * 10)
    for (let id = 0; id < 50; id++) control.onDelivered(id, 500)
    expect(control.deliveryRate).toBeLessThanOrEqual(1_100_000)
  })

  it('is taken for an unknown one again when a still picture began badly', () => {
    const control = new StreamControl({ startRate: 1_000_000 })
    control.onSent(0, 500, 0)
    control.onDelivered(0, 10)
    // The page is busy, and answers late.
    for (let id = 1, now = 20; id < 40; id++, now += 30) {
      control.onSent(id, 500, now)
      if (id > 10) control.onDelivered(id - 10, now + 20)
    }
    control.onDelivered(39, 1_300)
    expect(control.deliveryRate).toBeLessThan(600_000)
    for (let id = 40, now = 3_000; now < 60_000; id++, now += 2_000) {
      control.onSent(id, 500, now)
      control.onDelivered(id, now + 20)
    }
    expect(control.deliveryRate).toBe(1_000_000)
  })

  it('does not grow beyond what is of use', () => {
    const control = new StreamControl()
    control.setMaxRate(2_000_000)
    control.onSent(0, 1_000_000, 0)
    control.onDelivered(0, 1)
    expect(control.rate(2)).toBe(2_000_000)
  })

  it('falls while answers that are due do not come', () => {
    const control = new StreamControl()
    control.onSent(0, 10_000, 0)
    control.onDelivered(0, 20)
    control.onSent(1, 20_000, 30)
    const before = control.rate(40)
    expect(control.rate(1_030)).toBeLessThan(before / 4)
    expect(control.backlog(1_030)).toBeGreaterThan(500)
  })

  it('stays within its bounds, whatever the answers', () => {
    const step = fc.record({
      bytes: fc.integer({ min: 1, max: 1_000_000 }),
      wait: fc.integer({ min: 0, max: 3_000 }),
      answer: fc.integer({ min: -2, max: 40 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const control = new StreamControl({ minRate: 50_000 })
        control.setMaxRate(5_000_000)
        let now = 0
        for (const [id, { bytes, wait, answer }] of steps.entries()) {
          control.onSent(id, bytes, now)
          now += wait
          control.onDelivered(answer, now)
          for (const rate of [control.rate(now), control.capacity]) {
            expect(rate).toBeGreaterThanOrEqual(50_000)
            expect(rate).toBeLessThanOrEqual(5_000_000)
          }
          expect(control.inFlight).toBeGreaterThanOrEqual(0)
          expect(control.backlog(now)).toBeGreaterThanOrEqual(0)
          expect(control.backlog(now)).not.toBe(Number.POSITIVE_INFINITY)
        }
      }),
    )
  })
})
