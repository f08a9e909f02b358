import { describe, expect, it } from 'vitest'
import { LiveEdge } from '../../../../src/cli/input/camera/live-edge.js'

/** Packets of 25 a second, a keyframe each second; gives for each whether it was wanted. */
function go(
  count: number,
  arrival: (index: number, stamp: number) => number,
  stampOf = (i: number) => i * 40,
) {
  const edge = new LiveEdge()
  return Array.from({ length: count }, (_, i) => edge.wants(stampOf(i), i % 25 === 0, arrival(i, stampOf(i))))
}
const firstOf = (wanted: readonly boolean[], value: boolean, from = 0) => wanted.indexOf(value, from)

describe('the live edge', () => {
  it('wants everything that comes in time, jitter and drift included', () => {
    const jitter = go(5000, (i, stamp) => 1000 + stamp + ((i * 7919) % 400))
    expect(jitter.every(Boolean)).toBe(true)
    // an hour on a clock that is too slow by one in a thousand
    const drift = go(90_000, (_, stamp) => stamp * 1.001)
    expect(drift.every(Boolean)).toBe(true)
  })

  it('leaves out what came late and all at once, up to a keyframe', () => {
    // the network stands still for 3 s from packet 100 on, then delivers 10 packets a ms until it has caught up
    const wanted = go(400, (i, stamp) =>
      i < 100 ? stamp : Math.max(stamp, 100 * 40 + 3000 + (i - 100) / 10),
    )
    const gone = firstOf(wanted, false)
    expect(gone).toBe(100)
    const back = firstOf(wanted, true, gone)
    expect(back).toBe(175) // a keyframe, no longer late
    expect(wanted.slice(back).every(Boolean)).toBe(true)
  })

  it('leaves out the more, the slower decoding is', () => {
    // each packet that is decoded takes 60 ms, of 40
    const edge = new LiveEdge()
    let now = 0
    let worst = 0
    let decoded = 0
    for (let i = 0; i < 3000; i++) {
      const stamp = i * 40
      now = Math.max(now, stamp)
      if (!edge.wants(stamp, i % 25 === 0, now)) continue
      now += 60
      decoded++
      worst = Math.max(worst, now - stamp)
    }
    expect(worst).toBeLessThan(1500)
    expect(decoded).toBeGreaterThan(1000)
  })

  it('is not taken in by stamps that begin anew', () => {
    const back = go(
      200,
      (i) => i * 40,
      (i) => (i < 100 ? i * 40 : (i - 100) * 40),
    )
    const ahead = go(
      200,
      (i) => i * 40,
      (i) => (i < 100 ? i * 40 : 1e6 + i * 40),
    )
    expect([back.every(Boolean), ahead.every(Boolean)]).toEqual([true, true])
  })

  it('goes on with the first keyframe after five seconds, however late', () => {
    const wanted = go(1000, (i, stamp) => (i < 100 ? stamp : stamp + 4000))
    const gone = firstOf(wanted, false)
    expect(firstOf(wanted, true, gone) - gone).toBeLessThanOrEqual(5000 / 40 + 26)
    expect(firstOf(wanted, true, gone) % 25).toBe(0)
    expect(wanted.slice(300).every(Boolean)).toBe(true)
  })

  it('wants what has no stamp', () => {
    expect(new LiveEdge().wants(undefined, false, 0)).toBe(true)
  })
})
