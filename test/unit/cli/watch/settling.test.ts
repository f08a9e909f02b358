import { describe, expect, it } from 'vitest'
import { Settling } from '../../../../src/cli/input/watch/settling.js'

const file = (name: string, stamp = '1') => ({ name, stamp })

describe('files that are being written', () => {
  it('settle when they do not change any more', () => {
    const settling = new Settling()
    settling.touch('a')
    expect(settling.see(file('a', '1'), 1000)).toBe('changing')
    expect(settling.see(file('a', '1'), 1100)).toBe('changing')
    expect(settling.see(file('a', '2'), 1200)).toBe('changing')
    expect(settling.see(file('a', '2'), 1300)).toBe('changing')
    expect(settling.see(file('a', '2'), 1400)).toBe('quiet')
    expect(settling.see(file('a', '2'), 3300)).toBe('still')
    settling.passOver(file('a', '2'))
    expect(settling.see(file('a', '2'), 3400)).toBe('known')
    expect(settling.isEmpty).toBe(true)
  })

  it('are read once for each state, and again when they change', () => {
    const settling = new Settling()
    settling.touch('a')
    const read = (stamp: string, now: number) =>
      settling.isWorthReading('a', settling.see(file('a', stamp), now))
    expect([read('1', 1000), read('1', 1050), read('1', 1250), read('1', 1300)]).toEqual([
      true,
      false,
      true,
      false,
    ])
    expect([read('2', 1400), read('2', 1450)]).toEqual([true, false])
  })

  it('are taken in the order in which they changed, the last one first', () => {
    const settling = new Settling()
    for (const name of ['a', 'b', 'c', 'a']) settling.touch(name)
    expect(settling.newestFirst()).toEqual(['a', 'c', 'b'])
  })

  it('are out of date when a later one was shown', () => {
    const settling = new Settling()
    for (const name of ['a', 'b', 'c']) settling.touch(name)
    settling.see(file('b'), 1000)
    settling.shown(file('b'))
    expect(settling.newestFirst()).toEqual(['c'])
    // never looked at, and found by reading the folder
    expect(settling.see(file('a', 'x'), 2000)).toBe('known')
    expect(settling.see(file('a', 'y'), 3000)).toBe('changing')
  })

  it('have their turn still when they are newer and the notice of the shown one came late', () => {
    const settling = new Settling()
    const [shown, newer, older] = [
      { ...file('shown'), changed: 5 },
      { ...file('newer'), changed: 6 },
      { ...file('older'), changed: 4 },
    ]
    for (const found of [older, newer, shown]) settling.see(found, 1000)
    settling.touch('shown')
    settling.shown(shown)
    expect(settling.newestFirst()).toEqual(['newer'])
    expect(settling.see(newer, 1300)).toBe('quiet')
    expect(settling.see(older, 1300)).toBe('known')
  })

  it('count again when something happens to them after they were out of date', () => {
    const settling = new Settling()
    for (const name of ['a', 'b']) settling.touch(name)
    settling.shown(file('b'))
    settling.touch('a')
    expect(settling.see(file('a', 'x'), 1000)).toBe('changing')
    expect(settling.newestFirst()).toEqual(['a'])
  })

  it('are new again when they were deleted', () => {
    const settling = new Settling()
    settling.passOver(file('a'))
    settling.forget('a')
    expect(settling.see(file('a'), 1000)).toBe('changing')
  })
})
