import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { captureToDisplay, LatencyWindow } from '../../../src/viewer/latency.js'

const WRAP = 2 ** 32

/** As the server does: RTP time = (capture ms × 90 + offset) modulo 2^32, whole ticks. */
function rtpTime(captured: number, offset: number): number {
  return Math.round(captured * 90 + offset) % WRAP
}

describe('captureToDisplay', () => {
  it('is the time between capture and display', () => {
    expect(captureToDisplay(rtpTime(1_000, 0), 0, 1_017)).toBe(17)
    expect(captureToDisplay(rtpTime(1_000, 123_456_789), 123_456_789, 1_017)).toBe(17)
  })

  it('survives the wrap of RTP time on either side', () => {
    const wrapAt = WRAP / 90
    expect(captureToDisplay(rtpTime(wrapAt - 5, 0), 0, wrapAt + 5)).toBeCloseTo(10, 1)
    expect(captureToDisplay(rtpTime(wrapAt + 5, 0), 0, wrapAt + 25)).toBeCloseTo(20, 1)
    expect(captureToDisplay(0xffffffff, 0xffffffff, 0)).toBe(0)
  })

  it('is negative when clocks disagree, not half a day', () => {
    expect(captureToDisplay(rtpTime(1_000, 7), 7, 997)).toBe(-3)
  })

  it('holds for any capture time, offset and latency up to an hour', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e10, noNaN: true }),
        fc.integer({ min: 0, max: WRAP - 1 }),
        fc.double({ min: 0, max: 3_600_000, noNaN: true }),
        (captured, offset, latency) => {
          const measured = captureToDisplay(rtpTime(captured, offset), offset, captured + latency)
          expect(Math.abs(measured - latency)).toBeLessThan(0.01)
        },
      ),
    )
  })
})

describe('LatencyWindow', () => {
  it('gives the median of the last two seconds', () => {
    const window = new LatencyWindow()
    expect(window.median(0)).toBeUndefined()
    window.add(0, 500)
    for (const [index, ms] of [10, 30, 20, 900, 15].entries()) window.add(2_500 + index, ms)
    expect(window.median(3_000)).toBe(20)
    window.add(3_000, 22)
    expect(window.median(3_000)).toBe(21)
    expect(window.median(5_100)).toBeUndefined()
  })

  it('leaves out what cannot be the latency of a live image', () => {
    const window = new LatencyWindow()
    window.add(0, 60_000)
    window.add(0, -400)
    window.add(0, Number.NaN)
    expect(window.median(1)).toBeUndefined()
    window.add(0, -0.4)
    expect(window.median(1)).toBe(0)
  })
})
