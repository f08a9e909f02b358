import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ladder, type LadderPlan } from '../../../src/encode/ladder.js'
import { SCALES } from '../../../src/encode/scale.js'

const picture = { width: 1280, height: 720, maxBitrate: 6_000_000 }

function ladder() {
  const policy = new Ladder()
  return (now: number, rates: Record<string, number>, more: { contentHint?: 'detail' } = {}): LadderPlan =>
    policy.update(
      { ...picture, ...more, demands: Object.entries(rates).map(([id, rate]) => ({ id, rate })) },
      now,
    )
}
const seen = ({ rungs, assignment }: LadderPlan) => ({
  rungs: rungs.map(({ scale, bitrate }) => `1/${scale} ${bitrate / 1000}`),
  ...Object.fromEntries(assignment),
})

describe('one viewer', () => {
  it('has a rung that follows it in bitrate, then in size', () => {
    const update = ladder()
    expect(seen(update(0, { a: 20e6 }))).toEqual({ rungs: ['1/1 6000'], a: 1 })
    expect(seen(update(100, { a: 2e6 }))).toEqual({ rungs: ['1/1 2000'], a: 1 })
    expect(seen(update(200, { a: 400e3 }))).toEqual({ rungs: ['1/2 400'], a: 2 })
    expect(seen(update(300, { a: 100e3 }))).toEqual({ rungs: ['1/4 100'], a: 4 })
  })

  it('steps up ten seconds after a step down, when there has been enough for two', () => {
    const update = ladder()
    update(0, { a: 400e3 })
    update(1000, { a: 100e3 })
    for (let now = 1100; now < 11_000; now += 100) expect(update(now, { a: 3e6 }).assignment.get('a')).toBe(4)
    expect(update(11_000, { a: 3e6 }).assignment.get('a')).toBe(1)
    update(30_000, { a: 400e3 })
    update(50_000, { a: 600e3 })
    expect(update(53_000, { a: 600e3 }).assignment.get('a')).toBe(2)
    update(60_000, { a: 800e3 })
    expect(update(61_900, { a: 800e3 }).assignment.get('a')).toBe(2)
    update(61_950, { a: 500e3 })
    update(62_000, { a: 800e3 })
    expect(update(63_900, { a: 800e3 }).assignment.get('a')).toBe(2)
    expect(update(64_000, { a: 800e3 }).assignment.get('a')).toBe(1)
  })

  it('keeps its size longer when detail matters', () => {
    const update = ladder()
    expect(update(0, { a: 400e3 }, { contentHint: 'detail' }).assignment.get('a')).toBe(1)
  })
})

describe('several viewers', () => {
  it('share a rung while they are alike', () => {
    const update = ladder()
    expect(seen(update(0, { a: 4e6, b: 2.5e6, c: 3e6 }))).toEqual({ rungs: ['1/1 2500'], a: 1, b: 1, c: 1 })
  })

  it('a slow one has a rung of its own and slows nobody; two run, not three; with it that one ends', () => {
    const update = ladder()
    expect(seen(update(0, { fast: 20e6, slow: 500e3 }))).toEqual({
      rungs: ['1/1 6000', '1/2 500'],
      fast: 1,
      slow: 2,
    })
    expect(seen(update(100, { fast: 20e6 }))).toEqual({ rungs: ['1/1 6000'], fast: 1 })
  })

  it('who becomes slow is moved at once', () => {
    const update = ladder()
    update(0, { a: 5e6, b: 5e6 })
    expect(seen(update(100, { a: 5e6, b: 2e6 }))).toEqual({ rungs: ['1/1 5000', '1/2 2000'], a: 1, b: 2 })
    // Nearly alike again: not yet enough to come back.
    for (let now = 200; now < 20_000; now += 100)
      expect(update(now, { a: 5e6, b: 2.6e6 }).assignment.get('b')).toBe(2)
    update(20_000, { a: 5e6, b: 4e6 })
    expect(update(22_000, { a: 5e6, b: 4e6 }).assignment.get('b')).toBe(1)
  })

  it('are three kinds at most', () => {
    const update = ladder()
    const plan = update(0, { a: 6e6, b: 2e6, c: 600e3, d: 150e3 })
    expect(seen(plan)).toEqual({ rungs: ['1/1 6000', '1/2 2000', '1/4 150'], a: 1, b: 2, c: 4, d: 4 })
  })

  it('that are all slow share the smallest', () => {
    const update = ladder()
    expect(seen(update(0, { a: 120e3, b: 40e3 }))).toEqual({ rungs: ['1/4 40'], a: 4, b: 4 })
  })

  it('nobody: nothing runs', () => {
    expect(seen(ladder()(0, {}))).toEqual({ rungs: [] })
  })
})

it('gives everybody a rung that runs, and nobody more than it can take', () => {
  const rates = fc.dictionary(fc.constantFrom(...'abcdef'), fc.integer({ min: 50_000, max: 30_000_000 }))
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5000), rates), { maxLength: 30 }), (steps) => {
      const update = ladder()
      let now = 0
      for (const [wait, demands] of steps) {
        now += wait
        const { rungs, assignment } = update(now, demands)
        expect([...assignment.keys()].sort()).toEqual(Object.keys(demands).sort())
        for (const [id, scale] of assignment) {
          const rung = rungs.find((candidate) => candidate.scale === scale)
          expect(rung?.bitrate).toBeLessThanOrEqual(demands[id] ?? 0)
        }
        expect(rungs.every(({ scale }) => [...assignment.values()].includes(scale))).toBe(true)
        expect(rungs.map(({ scale }) => scale)).toEqual(
          SCALES.filter((scale) => rungs.some((rung) => rung.scale === scale)),
        )
      }
    }),
  )
})
