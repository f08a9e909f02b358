import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ControlTable } from '../../../src/engine/control-table.js'

function table() {
  const controls = new ControlTable<string>()
  controls.add({ name: 'x', min: -10, max: 10, value: 0 }, 1)
  return controls
}

describe('ControlTable', () => {
  it.each([
    [3, 3],
    [3.4, 3],
    [-3.6, -4],
    [11, 10],
    [1e300, 10],
    [-1e300, -10],
  ])('makes of %d what it can be', (wish, value) => {
    expect(table().check('x', wish)).toEqual({ value, revision: 1, changes: true })
    expect(table().check('y', wish)).toBeUndefined()
  })

  it('tells all but who moved it', () => {
    const controls = table()
    controls.move('x', 5, 'a', false, 0)
    expect(controls.takeNews(0)).toEqual([{ name: 'x', value: 5, except: 'a' }])
    expect(controls.news).toBe(0)
  })

  it('tells once what changed several times', () => {
    const controls = table()
    for (let value = 1; value <= 5; value++) controls.move('x', value, 'a', false, value)
    expect(controls.takeNews(0)).toEqual([{ name: 'x', value: 5, except: 'a' }])
  })

  it('tells who moved it, too, when it was corrected', () => {
    const controls = table()
    controls.move('x', 10, 'a', true, 0)
    expect(controls.takeNews(0)).toEqual([{ name: 'x', value: 10, except: undefined }])
    controls.move('x', 10, 'a', true, 0)
    expect(controls.takeNews(0)).toEqual([{ name: 'x', value: 10, except: undefined }])
  })

  it('tells both when two move it at the same time, and one when the other has stopped', () => {
    const controls = table()
    controls.move('x', 5, 'a', false, 0)
    controls.move('x', 6, 'b', false, 1)
    expect(controls.takeNews(1)).toEqual([{ name: 'x', value: 6, except: undefined }])
    controls.move('x', 7, 'a', false, 500)
    expect(controls.takeNews(500)).toEqual([{ name: 'x', value: 7, except: undefined }])
    controls.move('x', 8, 'b', false, 5_000)
    expect(controls.takeNews(5_000)).toEqual([{ name: 'x', value: 8, except: 'b' }])
    controls.move('x', 9, 'b', false, 5_100)
    expect(controls.takeNews(5_100)).toEqual([{ name: 'x', value: 9, except: 'b' }])
    controls.move('x', 10, 'a', false, 5_200)
    expect(controls.takeNews(5_200)).toEqual([{ name: 'x', value: 10, except: undefined }])
  })

  it('tells everybody what the application sets, and who moves it right after that', () => {
    const controls = table()
    controls.set('x', 4, 2)
    expect(controls.takeNews(100)).toEqual([{ name: 'x', value: 4, except: undefined }])
    expect(controls.check('x', 4)).toEqual({ value: 4, revision: 2, changes: false })
    controls.move('x', 5, 'a', false, 110)
    expect(controls.takeNews(110)).toEqual([{ name: 'x', value: 5, except: undefined }])
  })

  it('tells who was told all of them, too', () => {
    const controls = table()
    controls.move('x', 5, 'a', false, 0)
    expect(controls.takeAll(0)).toEqual([{ name: 'x', min: -10, max: 10, value: 5 }])
    expect(controls.news).toBe(0)
    controls.move('x', 6, 'a', false, 10)
    expect(controls.takeNews(10)).toEqual([{ name: 'x', value: 6, except: undefined }])
  })

  it('has no news of a control that is gone', () => {
    const controls = table()
    controls.move('x', 5, 'a', false, 0)
    controls.remove('x')
    expect(controls.takeNews(0)).toEqual([])
    controls.move('x', 6, 'a', false, 0)
    controls.set('x', 6, 9)
    expect(controls.states).toEqual([])
  })

  // What each viewer has on its screen in the end, when messages cross: delays both ways, any order of moves.
  it('leaves all viewers with the same value, whoever moves it when', () => {
    const viewers = ['a', 'b', 'c']
    const moves = fc.array(
      fc.record({
        at: fc.integer({ min: 0, max: 4_000 }),
        by: fc.constantFrom(...viewers, undefined),
        value: fc.integer({ min: -12, max: 12 }),
        up: fc.integer({ min: 0, max: 300 }),
      }),
      { maxLength: 30 },
    )
    const delays = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(moves, delays, fc.integer({ min: 1, max: 100 }), (wishes, downs, interval) => {
        const controls = table()
        const screens = new Map(viewers.map((viewer) => [viewer, 0]))
        const turns = new Map<number, ((now: number) => void)[]>()
        const schedule = (at: number, run: (now: number) => void) => {
          turns.set(at, [...(turns.get(at) ?? []), run])
        }
        const lastUp = new Map<string | undefined, number>()
        for (const { at, by, value, up } of [...wishes].sort((a, b) => a.at - b.at)) {
          if (by) schedule(at, () => screens.set(by, value))
          // The channel is ordered.
          const arrival = Math.max(at + (by ? up : 0), lastUp.get(by) ?? 0)
          lastUp.set(by, arrival)
          schedule(arrival, (now) => {
            if (by === undefined) controls.set('x', Math.max(-10, Math.min(10, value)), 1)
            else {
              const move = controls.check('x', value)!
              controls.move('x', move.value, by, move.value !== value, now)
            }
          })
        }
        for (let at = 0; at < 6_000; at += interval)
          schedule(at, (now) => {
            for (const news of controls.takeNews(now))
              for (const [i, viewer] of viewers.entries())
                if (viewer !== news.except) schedule(now + downs[i]!, () => screens.set(viewer, news.value))
          })
        // What is scheduled for this very moment while it runs comes at its end.
        for (let now = 0; now < 7_000; now++)
          for (let i = 0; i < (turns.get(now)?.length ?? 0); i++) turns.get(now)![i]!(now)
        const value = controls.states[0]?.value
        expect([...screens.values()]).toEqual(viewers.map(() => value))
      }),
      { numRuns: 100 },
    )
  })
})
