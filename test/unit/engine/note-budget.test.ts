import { describe, expect, it } from 'vitest'
import { NoteBudget } from '../../../src/engine/note-budget.js'

const RATE = 800_000

/** What is allowed of a message of that size at 30 a second, for so many seconds: bytes a second. */
function allowed(budget: NoteBudget, bytes: number, seconds: number, rate = RATE, from = 0): number {
  let sum = 0
  for (let i = 0; i < seconds * 30; i++) if (budget.allow(bytes, rate, from + (i * 1_000) / 30)) sum += bytes
  return sum / seconds
}

describe('what may be said about frames beside them', () => {
  it('is all of it where there is room', () => {
    expect(allowed(new NoteBudget(), 1_000, 10)).toBeCloseTo(30_000)
  })

  it('is half of what the network carries, of messages of any size', () => {
    for (const bytes of [2_000, 20_000, 65_000]) {
      const budget = new NoteBudget()
      allowed(budget, bytes, 10)
      const rate = allowed(budget, bytes, 20, RATE, 10_000)
      expect(rate).toBeGreaterThan(0.8 * 50_000)
      expect(rate).toBeLessThan(1.2 * 50_000)
    }
  })

  it('follows the network at once', () => {
    const budget = new NoteBudget()
    allowed(budget, 2_000, 10)
    expect(allowed(budget, 2_000, 10, RATE / 4, 10_000)).toBeLessThan(0.25 * 60_000)
  })

  it('saves up a second of it, not more, and a clock that goes back gives nothing', () => {
    const budget = new NoteBudget()
    budget.allow(1, RATE, 0)
    const burst = Array.from({ length: 100 }, () => budget.allow(1_000, RATE, 1e6)).filter(Boolean)
    expect(burst).toHaveLength(50)
    expect(budget.allow(1_000, RATE, 5e5)).toBe(false)
    expect(budget.allow(1_000, RATE, 1e6 + 10)).toBe(true)
  })

  it('lets the largest message through, to who has just come', () => {
    expect(new NoteBudget().allow(65_536, 100_000, 0)).toBe(true)
  })
})
