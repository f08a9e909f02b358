import { describe, expect, it } from 'vitest'
import { Backoff, readRetryAfter } from '../../../src/publish/backoff.js'

describe('the wait before the next attempt', () => {
  it('grows to half a minute, and begins anew after a good connection', () => {
    const backoff = new Backoff(() => 0.5)
    const waits = Array.from({ length: 15 }, () => backoff.next())
    expect(waits.slice(0, 4)).toEqual([400, 640, 1024, 1638])
    expect(waits.at(-1)).toBe(30_000)
    backoff.connectionEnded(5_000)
    expect(backoff.next()).toBe(30_000)
    backoff.connectionEnded(10_000)
    expect(backoff.next()).toBe(400)
  })

  it('differs by up to 30 % either way', () => {
    expect(new Backoff(() => 0).next()).toBe(280)
    expect(new Backoff(() => 1).next()).toBe(520)
  })

  it('is as long as the engine asks for, within ten minutes', () => {
    const backoff = new Backoff(() => 0.5)
    expect(backoff.next(5_000)).toBe(5_000)
    expect(backoff.next(1e9)).toBe(600_000)
  })

  it.each([
    ['3', 3_000],
    [' 0 ', 0],
    ['Thu, 01 Jan 1970 00:00:20 GMT', 10_000],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
    ['soon', undefined],
    [null, undefined],
  ])('reads Retry-After: %s', (header, wait) => expect(readRetryAfter(header, 10_000)).toBe(wait))
})
