import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Ladder, type LadderInput, type LadderPlan } from '../../../src/encode/ladder.js'
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

describe('the size', () => {
  /** Decides anew each time for one viewer. */
  const decide = (input: Partial<LadderInput> & { rate: number; capacity?: number }) => {
    const { rate, capacity = rate, ...rest } = input
    const { rungs } = new Ladder().update({ ...picture, demands: [{ id: 'a', rate, capacity }], ...rest }, 0)
    expect(rungs).toHaveLength(1)
    return rungs[0]!
  }

  it('follows what the network takes in the long run, the rate what it takes now', () => {
    expect(decide({ rate: 300e3, capacity: 3e6 })).toMatchObject({
      scale: 1,
      bitrate: 300e3,
      available: 300e3,
    })
    expect(decide({ rate: 3e6, capacity: 300e3 })).toMatchObject({ scale: 2, bitrate: 3e6 })
  })

  it('stays while a queue drains', () => {
    const update = new Ladder()
    const at = (now: number, rate: number) =>
      update.update({ ...picture, demands: [{ id: 'a', rate, capacity: 3e6 }] }, now).rungs
    expect(at(0, 3e6)).toMatchObject([{ scale: 1, bitrate: 3e6 }])
    expect(at(100, 200e3)).toMatchObject([{ scale: 1, bitrate: 200e3 }])
    expect(at(200, 3e6)).toMatchObject([{ scale: 1, bitrate: 3e6 }])
  })

  it('is larger for content that is easy, smaller for what is hard', () => {
    const easy = decide({ rate: 300e3, bitsPerPixel: 0.005 })
    const usual = decide({ rate: 300e3 })
    const hard = decide({ rate: 300e3, bitsPerPixel: 0.08 })
    expect([easy.scale, usual.scale, hard.scale]).toEqual([1, 2, 4])
  })

  it('is never one at which nothing could be seen', () => {
    for (const [width, height, smallest] of [
      [1280, 720, 4],
      [320, 180, 2],
      [320, 178, 1],
      [8192, 100, 1],
    ] as const)
      expect(decide({ width, height, rate: 1_000 }).scale, `${width}×${height}`).toBe(smallest)
  })

  it('small pictures put all on the one rung that they have', () => {
    const plan = new Ladder().update(
      {
        ...picture,
        width: 160,
        height: 120,
        demands: [20e6, 500e3, 20e3].map((rate, i) => ({ id: `${i}`, rate })),
      },
      0,
    )
    expect(plan.rungs).toMatchObject([{ scale: 1, bitrate: 20e3 }])
    expect([...plan.assignment.values()]).toEqual([1, 1, 1])
  })

  it('a larger image gets its small rungs when it comes', () => {
    const update = new Ladder()
    const demands = [{ id: 'a', rate: 50e3 }]
    expect(update.update({ ...picture, width: 160, height: 90, demands }, 0).assignment.get('a')).toBe(1)
    expect(update.update({ ...picture, demands }, 100).assignment.get('a')).toBe(4)
  })

  it('comes with what there is beyond the highest rate', () => {
    const { rungs } = new Ladder().update(
      { ...picture, demands: [20e6, 2.5e6].map((rate, i) => ({ id: `${i}`, rate })) },
      0,
    )
    expect(rungs).toMatchObject([
      { scale: 1, bitrate: 6e6, available: 20e6 },
      { scale: 2, bitrate: 2.5e6, available: 2.5e6 },
    ])
  })
})

describe('a viewer whose network has collapsed', () => {
  it('makes its rung urgent, and no other', () => {
    const demands = [
      { id: 'a', rate: 20e6 },
      { id: 'b', rate: 2e6 },
      { id: 'c', rate: 2e6, isUrgent: true },
    ]
    const { rungs } = new Ladder().update({ ...picture, demands }, 0)
    expect(rungs.map(({ scale, isUrgent }) => [scale, isUrgent])).toEqual([
      [1, undefined],
      [2, true],
    ])
  })
})

describe('images a second', () => {
  const rung = (rate: number, more: Partial<LadderInput> = {}) =>
    new Ladder().update({ ...picture, demands: [{ id: 'a', rate }], ...more }, 0).rungs[0]!
  const needed = 1280 * 720 * 0.02

  it('are all that come when there is enough for thirty', () => {
    expect(rung(20e6).maxFps).toBeUndefined()
    expect(rung(30.1 * needed).maxFps).toBeUndefined()
  })

  it('are fewer on the smallest rung, down to five', () => {
    expect(rung((20 * needed) / 16)).toMatchObject({ scale: 4, maxFps: expect.closeTo(20, 1) })
    expect(rung(2_000)).toMatchObject({ scale: 4, maxFps: 5 })
  })

  it('are fewer before the picture is smaller when detail matters; with motion it is smaller first', () => {
    const rate = 8 * needed
    expect(rung(rate)).toMatchObject({ scale: 2 })
    expect(rung(rate).maxFps).toBeUndefined()
    expect(rung(rate, { contentHint: 'detail' })).toMatchObject({ scale: 1, maxFps: expect.closeTo(8, 1) })
    expect(rung(4 * needed, { contentHint: 'detail' })).toMatchObject({
      scale: 2,
      maxFps: expect.closeTo(16, 1),
    })
  })

  it('are fewer while what the network takes is less for a moment, at the same size', () => {
    const plan = new Ladder().update(
      { ...picture, demands: [{ id: 'a', rate: 10 * needed, capacity: 40 * needed }] },
      0,
    )
    expect(plan.rungs).toMatchObject([{ scale: 1, maxFps: expect.closeTo(10, 1) }])
  })
})

describe('a network that goes to and fro', () => {
  function restless() {
    const update = ladder()
    let now = 0
    update(now, { a: 3e6 })
    return {
      pass: (time: number) => {
        now += time
      },
      fall: () => {
        now += 100
        expect(update(now, { a: 300e3 }).assignment.get('a')).toBe(2)
      },
      /** @returns how long there must be enough before it rises, ms */
      rise: () => {
        const start = now
        while (update(now, { a: 3e6 }).assignment.get('a') !== 1) now += 100
        return now - start
      },
    }
  }

  it('is followed down at once, and up ever more rarely', () => {
    const { fall, rise } = restless()
    const waits = Array.from({ length: 8 }, () => {
      fall()
      return rise() / 1000
    })
    expect(waits).toEqual([10, 20, 40, 80, 160, 160, 160, 160])
  })

  it('is forgiven when a step up has lasted', () => {
    const { pass, fall, rise } = restless()
    fall()
    rise()
    fall()
    expect(rise()).toBe(20_000)
    pass(41_000)
    fall()
    expect(rise()).toBe(10_000)
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

describe('who takes one rung alone', () => {
  const bound = [
    { id: 'f', rate: 3e6, only: 1 },
    { id: 'h', rate: 800e3, only: 2 },
    { id: 'q', rate: 200e3, available: 900e3, only: 4 },
  ] as const

  it('stays there, whatever it can take', () => {
    const policy = new Ladder()
    const plan = (factor: number, now: number) =>
      seen(
        policy.update(
          { ...picture, demands: bound.map((one) => ({ ...one, rate: one.rate * factor })) },
          now,
        ),
      )
    const at = { f: 1, h: 2, q: 4 }
    expect(plan(1, 0)).toEqual({ rungs: ['1/1 3000', '1/2 800', '1/4 200'], ...at })
    expect(plan(0.1, 100)).toEqual({ rungs: ['1/1 300', '1/2 80', '1/4 20'], ...at })
    expect(plan(4, 60_000)).toEqual({ rungs: ['1/1 6000', '1/2 3200', '1/4 800'], ...at })
  })

  it('may spend more for a moment', () => {
    const { rungs } = new Ladder().update({ ...picture, demands: bound }, 0)
    expect(rungs.map(({ available }) => available)).toEqual([3e6, 800e3, 900e3])
  })

  it('is company for those who choose, and slows nobody to less than half', () => {
    const plan = (rate: number) =>
      seen(new Ladder().update({ ...picture, demands: [...bound, { id: 'a', rate }] }, 0))
    expect(plan(20e6)).toMatchObject({ rungs: ['1/1 3000', '1/2 800', '1/4 200'], a: 1 })
    expect(plan(2e6)).toMatchObject({ rungs: ['1/1 2000', '1/2 800', '1/4 200'], a: 1 })
    expect(plan(1e6)).toMatchObject({ rungs: ['1/1 3000', '1/2 800', '1/4 200'], a: 2 })
    expect(plan(500e3)).toMatchObject({ rungs: ['1/1 3000', '1/2 500', '1/4 200'], a: 2 })
    expect(plan(150e3)).toMatchObject({ rungs: ['1/1 3000', '1/2 800', '1/4 150'], a: 4 })
  })
})
