import { describe, expect, it } from 'vitest'
import { PlayoutChoice } from '../../../src/engine/playout.js'

describe('PlayoutChoice', () => {
  it('shows at once from the beginning, while the network is calm', () => {
    const choice = new PlayoutChoice()
    expect(choice.chosen).toEqual({ min: 0, max: 0 })
    for (let now = 0; now < 60_000; now += 100) expect(choice.update(0.01, 50, now)).toBe(false)
  })

  it.each([
    ['loss', 0.02, 0],
    ['a queue', 0, 60],
  ])('skips nothing from the moment of %s until ten seconds after', (_, loss, queueDelay) => {
    const choice = new PlayoutChoice()
    expect(choice.update(loss, queueDelay, 1_000)).toBe(true)
    expect(choice.chosen).toEqual({ min: 0, max: 100 })
    expect(choice.update(loss, queueDelay, 1_500)).toBe(false)
    expect(choice.update(0, 0, 11_400)).toBe(false)
    expect(choice.update(0, 0, 11_500)).toBe(true)
    expect(choice.chosen).toEqual({ min: 0, max: 0 })
  })
})
