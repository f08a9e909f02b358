import { describe, expect, it } from 'vitest'
import { PlayoutChoice } from '../../../src/engine/playout.js'

describe('PlayoutChoice', () => {
  it('skips nothing until the network has been calm for a second', () => {
    const choice = new PlayoutChoice()
    expect(choice.update(0, 0, 100)).toBe(false)
    expect(choice.chosen).toEqual({ min: 0, max: 100 })
    expect(choice.update(0, 0, 1099)).toBe(false)
    expect(choice.update(0, 0, 1100)).toBe(true)
    expect(choice.chosen).toEqual({ min: 0, max: 0 })
  })

  it.each([
    ['loss', 0.02, 0],
    ['a queue', 0, 40],
  ])('changes at once with %s, and back after another second', (_, loss, queueDelay) => {
    const choice = new PlayoutChoice()
    choice.update(0, 0, 0)
    choice.update(0, 0, 1000)
    expect(choice.update(loss, queueDelay, 1100)).toBe(true)
    expect(choice.chosen).toEqual({ min: 0, max: 100 })
    expect(choice.update(loss, queueDelay, 1500)).toBe(false)
    expect(choice.update(0, 0, 2400)).toBe(false)
    expect(choice.update(0, 0, 2500)).toBe(true)
  })
})
