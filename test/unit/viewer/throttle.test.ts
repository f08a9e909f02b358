import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Throttle } from '../../../src/viewer/throttle.js'

describe('Throttle', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('lets the first through at once, then one an interval, and always the last', () => {
    const passed: number[] = []
    const throttle = new Throttle<number>(33, (value) => passed.push(value))
    for (let value = 0; value < 100; value++) {
      throttle.push(value)
      vi.advanceTimersByTime(10)
    }
    expect(passed[0]).toBe(0)
    expect(passed.length).toBeLessThanOrEqual(32)
    vi.advanceTimersByTime(100)
    expect(passed.at(-1)).toBe(99)
    expect(passed).toEqual([...passed].sort((a, b) => a - b))
  })

  it('lets what waits through when it is told to, once', () => {
    const passed: number[] = []
    const throttle = new Throttle<number>(33, (value) => passed.push(value))
    throttle.push(1)
    throttle.push(2)
    throttle.flush()
    vi.advanceTimersByTime(100)
    expect(passed).toEqual([1, 2])
    throttle.flush()
    expect(passed).toEqual([1, 2])
  })

  it('forgets what waits when it is cleared', () => {
    const passed: number[] = []
    const throttle = new Throttle<number>(33, (value) => passed.push(value))
    throttle.push(1)
    throttle.push(2)
    throttle.clear()
    vi.advanceTimersByTime(100)
    expect(passed).toEqual([1])
  })
})
