import { describe, expect, it } from 'vitest'
import { FrozenPicture } from '../../../src/viewer/frozen-picture.js'

/** Looks once a second; `decoded` tells how many frames there were by then. Gives the seconds at which it was found frozen. */
function watch(
  seconds: number,
  decoded: (second: number) => number,
  expected = (_: number) => true,
): number[] {
  const picture = new FrozenPicture(0)
  const found: number[] = []
  for (let second = 1; second <= seconds; second++)
    if (picture.check(second * 1_000, decoded(second), expected(second))) found.push(second)
  return found
}

describe('FrozenPicture', () => {
  it('finds a stream that stops, after five seconds', () => {
    expect(watch(20, (second) => Math.min(second, 8) * 30)[0]).toBe(14)
  })

  it('is content with a still image that is repeated every two seconds', () => {
    expect(watch(60, (second) => Math.ceil(second / 2))).toEqual([])
  })

  it('is patient with a stream as slow as it has always been', () => {
    expect(watch(120, (second) => 1 + Math.floor(second / 4))).toEqual([])
  })

  it('waits longer for the first picture, but not for ever', () => {
    expect(watch(20, () => 0)[0]).toBe(11)
  })

  it('expects nothing from a server without an image, nor on a hidden page, and begins anew after that', () => {
    expect(
      watch(
        60,
        () => 5,
        (second) => second > 30,
      )[0],
    ).toBe(36)
    expect(
      watch(
        60,
        () => 5,
        () => false,
      ),
    ).toEqual([])
  })

  it('takes a page that stood still for no freeze', () => {
    const picture = new FrozenPicture(0)
    expect(picture.check(1_000, 10, true)).toBe(false)
    expect(picture.check(61_000, 10, true)).toBe(false)
    expect(picture.check(62_000, 40, true)).toBe(false)
  })
})
