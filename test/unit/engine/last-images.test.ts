import { describe, expect, it } from 'vitest'
import { LastImages } from '../../../src/engine/last-images.js'
import type { TakenImage } from '../../../src/track/index.js'

/** An image that must be given back once. */
function makeImage(name: string) {
  const state = { released: 0 }
  const image = { name, release: () => void state.released++ } as unknown as TakenImage
  return Object.assign(state, { image })
}

describe('the last images', () => {
  it('are only the newest when it is good', () => {
    const last = new LastImages()
    const [a, b, c] = [makeImage('a'), makeImage('b'), makeImage('c')]
    last.keep(a.image, 0)
    expect(last.keepUnproven(b.image, 1)).toBeUndefined()
    expect([last.newest, last.good]).toEqual([b.image, a.image])
    last.keep(c.image, 2)
    expect([last.newest, last.good]).toEqual([c.image, c.image])
    expect([a.released, b.released, c.released]).toEqual([1, 1, 0])
    // the same again is no other
    last.keep(c.image, 3)
    expect(c.released).toBe(0)
    last.clear()
    expect([a.released, b.released, c.released]).toEqual([1, 1, 1])
    expect(last.newest).toBeUndefined()
  })

  it('fall back to the one before when the newest is none', () => {
    const last = new LastImages()
    const [good, one, two] = [makeImage('good'), makeImage('one'), makeImage('two')]
    last.keep(good.image, 0)
    last.keepUnproven(one.image, 1)
    last.keepUnproven(two.image, 2)
    expect(last.discard(two.image)).toBe(true)
    expect(last.newest).toBe(one.image)
    expect(last.discard(one.image)).toBe(true)
    expect(last.newest).toBe(good.image)
    expect([good.released, one.released, two.released]).toEqual([0, 1, 1])
    expect(last.discard(two.image)).toBe(false)
    expect(two.released).toBe(1)
  })

  it('keep the good one, however many come that nobody looks at', () => {
    const last = new LastImages()
    const good = makeImage('good')
    last.keep(good.image, 0)
    const others = Array.from({ length: 100 }, (_, i) => makeImage(`${i}`))
    for (const [i, { image }] of others.entries()) expect(last.keepUnproven(image, i)).toBeUndefined()
    expect(others.filter(({ released }) => released === 0)).toHaveLength(2)
    expect(good.released).toBe(0)
    expect(last.newest).toBe(others[99]!.image)
  })

  it('ask for an old one to be looked at, when the good one is old or there is none', () => {
    const last = new LastImages()
    const [a, b, c, d] = [makeImage('a'), makeImage('b'), makeImage('c'), makeImage('d')]
    last.keepUnproven(a.image, 0)
    last.keepUnproven(b.image, 1)
    expect(last.keepUnproven(c.image, 2)).toBe(a.image)
    last.prove(a.image, 3)
    expect([last.good, last.newest]).toEqual([a.image, c.image])
    expect(last.keepUnproven(d.image, 20_000)).toBe(b.image)
    last.discard(b.image)
    expect([a, b, c, d].map(({ released }) => released)).toEqual([0, 1, 0, 0])
  })

  it('let what was proven replace what is older, and nothing else', () => {
    const last = new LastImages()
    const [a, b, c] = [makeImage('a'), makeImage('b'), makeImage('c')]
    last.keep(a.image, 0)
    last.keepUnproven(b.image, 1)
    last.keepUnproven(c.image, 2)
    last.prove(b.image, 3)
    expect([last.good, last.newest, a.released]).toEqual([b.image, c.image, 1])
    last.prove(c.image, 4)
    last.prove(b.image, 5)
    last.prove(makeImage('stranger').image, 6)
    expect([last.good, last.newest]).toEqual([c.image, c.image])
    expect([a, b, c].map(({ released }) => released)).toEqual([1, 1, 0])
  })
})
