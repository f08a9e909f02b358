import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyframeRequests } from '../../../src/engine/keyframe-requests.js'

describe('KeyframeRequests', () => {
  it('passes a few on at once', () => {
    const requests = new KeyframeRequests()
    expect([0, 1, 2, 3, 4].map((now) => requests.request(now))).toEqual([true, true, true, true, false])
  })

  it('lets one that came too soon through when its turn has come, once', () => {
    const requests = new KeyframeRequests()
    for (let i = 0; i < 5; i++) requests.request(0)
    expect(requests.due(1_499)).toBe(false)
    expect(requests.due(1_500)).toBe(true)
    expect(requests.due(9_000)).toBe(false)
  })

  it('forgets what waits when a keyframe is on its way', () => {
    const requests = new KeyframeRequests()
    for (let i = 0; i < 5; i++) requests.request(0)
    requests.served()
    expect(requests.due(60_000)).toBe(false)
    expect(requests.request(60_000)).toBe(true)
  })

  it('has as many at once again after a quiet time, not more', () => {
    const requests = new KeyframeRequests()
    const burst = (now: number) =>
      Array.from({ length: 20 }, () => requests.request(now)).filter(Boolean).length
    expect(burst(0)).toBe(4)
    expect(burst(3_100)).toBe(2)
    expect(burst(3_600_000)).toBe(4)
  })

  it('is due for nothing that was not asked for', () => {
    const requests = new KeyframeRequests()
    expect(requests.due(0)).toBe(false)
    requests.request(0)
    expect(requests.due(60_000)).toBe(false)
  })

  it('bounds any flood, and starves nobody who keeps asking', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 400 }), (waits) => {
        const requests = new KeyframeRequests()
        let now = 5_000
        let passed = 0
        let last = now
        const start = now
        for (const wait of waits) {
          now += wait
          if (!requests.request(now)) continue
          passed++
          last = now
        }
        expect(passed).toBeLessThanOrEqual(4 + (now - start) / 1_500)
        expect(now - last).toBeLessThanOrEqual(1_500 + 400)
      }),
    )
  })
})
