import { describe, expect, it } from 'vitest'
import { RetransmissionBudget } from '../../../src/congestion/index.js'

describe('RetransmissionBudget', () => {
  it('lets half of the target be sent again', () => {
    const budget = new RetransmissionBudget()
    // 1 Mbit/s for half a second is 62,500 bytes.
    let allowed = 0
    for (let i = 0; i < 100; i++) if (budget.allow(1000, 1_000_000, 10)) allowed++
    expect(allowed).toBe(31)
    expect(budget.allow(1000, 1_000_000, 400)).toBe(false)
    expect(budget.allow(1000, 1_000_000, 520)).toBe(true)
  })

  it('tells what is left for media', () => {
    const budget = new RetransmissionBudget()
    expect(budget.mediaRate(1_000_000, 0)).toBe(1_000_000)
    for (let i = 0; i < 10; i++) budget.allow(1250, 1_000_000, i * 50)
    expect(budget.mediaRate(1_000_000, 450)).toBe(800_000)
    expect(budget.mediaRate(1_000_000, 5000)).toBe(1_000_000)
    expect(budget.mediaRate(100_000, 5000)).toBe(100_000)
  })
})
