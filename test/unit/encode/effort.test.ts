import { describe, expect, it } from 'vitest'
import { EffortControl } from '../../../src/encode/effort.js'

const INTERVAL = 1000 / 30

/** A controller that is fed a picture each 33 ms. */
function controlled() {
  const control = new EffortControl()
  let now = 1000
  return {
    control,
    /** Encodes for so long, ms, each picture taking so many; stops early when `until` holds. @returns time passed */
    run(time: number, took: number, until: () => boolean = () => false): number {
      const start = now
      while (now - start < time && !until()) {
        now += INTERVAL
        control.update(took, INTERVAL, now)
      }
      return now - start
    },
  }
}

describe('EffortControl', () => {
  it('leaves it as it is while there is time', () => {
    const { control, run } = controlled()
    run(60_000, 0.8 * INTERVAL)
    expect(control.effort).toBe('normal')
  })

  it('tries less hard when it has been too slow for a while, within seconds', () => {
    const { control, run } = controlled()
    run(10_000, 10)
    const time = run(10_000, 1.2 * INTERVAL, () => control.effort === 'least')
    expect(control.effort).toBe('least')
    expect(time).toBeGreaterThan(500)
    expect(time).toBeLessThan(3_000)
  })

  it('does not mind one slow picture, however slow, nor the first ones', () => {
    const { control, run } = controlled()
    run(2.5 * INTERVAL, 10 * INTERVAL)
    run(10_000, 10)
    expect(control.effort).toBe('normal')
    for (let time = 0; time < 60; time++) {
      run(INTERVAL, 5_000)
      run(2_000, 10)
      expect(control.effort).toBe('normal')
    }
  })

  it('comes back after ten seconds in which it was easy', () => {
    const { control, run } = controlled()
    run(5_000, 2 * INTERVAL)
    expect(control.effort).toBe('least')
    const time = run(60_000, 0.2 * INTERVAL, () => control.effort === 'normal')
    expect(time).toBeGreaterThan(10_000)
    expect(time).toBeLessThan(15_000)
  })

  it('does not while it takes half of the time, nor when the easy time is interrupted', () => {
    const { control, run } = controlled()
    run(5_000, 2 * INTERVAL)
    run(60_000, 0.5 * INTERVAL)
    expect(control.effort).toBe('least')
    for (let i = 0; i < 8; i++) {
      run(8_000, 0.2 * INTERVAL)
      expect(control.effort).toBe('least')
      run(2_000, 0.8 * INTERVAL)
    }
  })

  it('waits twice as long each time that it did not last, up to some minutes, and forgets that when it did', () => {
    const { control, run } = controlled()
    const relax = () => run(60_000, 2 * INTERVAL, () => control.effort === 'least')
    const recover = () => run(1_000_000, 0.2 * INTERVAL, () => control.effort === 'normal') / 1000
    const waits: number[] = []
    for (let i = 0; i < 8; i++) {
      relax()
      waits.push(recover())
    }
    const nominal = [10, 20, 40, 80, 160, 320, 320, 320]
    for (const [i, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual(nominal[i]!)
      expect(wait).toBeLessThan(nominal[i]! + 5)
    }
    run(1_000_000, 0.5 * INTERVAL)
    relax()
    expect(recover()).toBeLessThan(15)
  })
})
