import { describe, expect, it } from 'vitest'
import { TokenBucket } from '../../../src/common/token-bucket.js'

describe('TokenBucket', () => {
  it('starts full, gives so much at once, then so much a second, and is never fuller', () => {
    const bucket = new TokenBucket(10, 3)
    expect([1, 1, 1, 1].map((count) => bucket.take(count, 0))).toEqual([true, true, true, false])
    expect(bucket.wait(1, 0)).toBeCloseTo(100)
    expect(bucket.take(1, 99)).toBe(false)
    expect(bucket.take(1, 100)).toBe(true)
    expect(bucket.isFull(350)).toBe(false)
    expect(bucket.isFull(401)).toBe(true)
    expect(bucket.take(4, 60_000)).toBe(false)
    expect(bucket.take(3, 60_000)).toBe(true)
  })

  it('lets what is charged be owed', () => {
    const bucket = new TokenBucket(1_000, 100)
    bucket.charge(600, 0)
    expect(bucket.wait(0, 0)).toBe(500)
    expect(bucket.wait(0, 500)).toBe(0)
  })

  it('gives nothing for a clock that goes back', () => {
    const bucket = new TokenBucket(1, 1)
    expect(bucket.take(1, 5_000)).toBe(true)
    expect(bucket.take(1, 1_000)).toBe(false)
    expect(bucket.take(1, 5_999)).toBe(false)
    expect(bucket.take(1, 6_000)).toBe(true)
  })
})
