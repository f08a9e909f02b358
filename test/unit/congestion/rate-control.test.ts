import { describe, expect, it } from 'vitest'
import { RateControl, type RateControlInput } from '../../../src/congestion/rate-control.js'

const input: RateControlInput = {
  usage: 'normal',
  acknowledged: 1_000_000,
  acknowledgedRecently: 1_000_000,
  roundTripTime: 50,
  applicationLimited: false,
}

/** Feedback every 100 ms for some seconds, in which all that may be sent arrives. */
function grow(control: RateControl, from: number, seconds: number): number {
  let now = from
  for (; now < from + seconds * 1000; now += 100)
    control.update({ ...input, acknowledged: control.rate, acknowledgedRecently: control.rate }, now)
  return now
}

describe('RateControl', () => {
  it('grows by 8 % a second while the capacity is unknown', () => {
    const control = new RateControl(1_000_000)
    control.update(input, 0)
    grow(control, 0, 10.1)
    expect(control.rate / 1_000_000).toBeCloseTo(1.08 ** 10, 1)
  })

  it('goes to 85 % of what arrives, waits while the queue empties, then adds little by little', () => {
    const control = new RateControl(2_000_000)
    control.update({ ...input, usage: 'over' }, 0)
    expect(control.rate).toBe(850_000)
    control.update({ ...input, usage: 'under' }, 100)
    control.update({ ...input, usage: 'under' }, 1000)
    expect(control.rate).toBe(850_000)
    control.update(input, 1100)
    grow(control, 1100, 1)
    // A packet of 886 bytes (four make a frame) each 150 ms is 47 kbit/s a second.
    expect(control.rate - 850_000).toBeGreaterThan(35_000)
    expect(control.rate - 850_000).toBeLessThan(60_000)
  })

  it('forgets the capacity when more gets through', () => {
    const control = new RateControl(2_000_000)
    control.update({ ...input, usage: 'over' }, 0)
    expect(control.capacity).toBe(1_000_000)
    control.update(input, 1000)
    control.update({ ...input, acknowledged: 1_300_000 }, 1100)
    expect(control.capacity).toBeUndefined()
  })

  it('decreases once in a round trip', () => {
    const control = new RateControl(2_000_000)
    control.update({ ...input, usage: 'over' }, 0)
    control.update({ ...input, usage: 'over', acknowledgedRecently: 800_000 }, 40)
    expect(control.rate).toBe(850_000)
    control.update({ ...input, usage: 'over', acknowledgedRecently: 800_000 }, 60)
    expect(control.rate).toBe(680_000)
  })

  it('… or at once when far less than half arrives', () => {
    const control = new RateControl(2_000_000)
    control.update({ ...input, usage: 'over' }, 0)
    control.update({ ...input, usage: 'over', acknowledgedRecently: 300_000 }, 20)
    expect(control.rate).toBe(255_000)
  })

  it('never raises the rate in an overuse', () => {
    const control = new RateControl(500_000)
    control.update({ ...input, usage: 'over', acknowledgedRecently: 3_000_000 }, 0)
    expect(control.rate).toBe(500_000)
  })

  it('halves at most what the application does not use', () => {
    const control = new RateControl(8_000_000)
    control.update({ ...input, usage: 'over', acknowledgedRecently: 100_000, applicationLimited: true }, 0)
    expect(control.rate).toBe(4_000_000)
  })

  it('does not grow unseen', () => {
    const control = new RateControl(2_000_000)
    const limited = { ...input, applicationLimited: true }
    control.update(limited, 0)
    for (let now = 0; now < 10_000; now += 100) control.update(limited, now)
    expect(control.rate).toBe(2_000_000)
    for (let now = 10_000; now < 60_000; now += 100) control.update(input, now)
    expect(control.rate).toBe(2_000_000)
    for (let now = 60_000; now < 90_000; now += 100)
      control.update({ ...input, acknowledged: 1_600_000 }, now)
    expect(control.rate).toBe(1.5 * 1_600_000 + 10_000)
  })

  it('halves when it is overused before anything is known', () => {
    const control = new RateControl(2_000_000)
    const unknown = { ...input, acknowledged: undefined, acknowledgedRecently: undefined }
    control.update({ ...unknown, usage: 'over' }, 0)
    expect(control.rate).toBe(1_000_000)
  })

  it('stays a number for a receiver that says that nothing arrives, with a capacity known', () => {
    const control = new RateControl(2_000_000)
    control.update({ ...input, usage: 'over', acknowledgedRecently: 0 }, 0)
    expect(control.rate).toBe(0)
    const nothing = { ...input, acknowledged: 0, acknowledgedRecently: 0 }
    for (let now = 100; now < 2_000; now += 100) control.update(nothing, now)
    expect(control.rate).toBeGreaterThan(0)
    expect(control.rate).toBeLessThanOrEqual(10_000)
  })
})
