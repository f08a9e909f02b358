import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MeasuredTimes, splitLatency } from '../../../src/viewer/latency-parts.js'

const MEASURED: MeasuredTimes = {
  latency: 40,
  arrival: 22,
  timing: { queue: 1, convert: 2, encode: 8, pace: 4 },
  roundTrip: 6,
  jitterBuffer: 3,
  decode: 5,
}

const sum = (parts: object) => Object.values(parts).reduce((total, part) => total + (part ?? 0), 0)

describe('splitLatency', () => {
  it('gives what is left over before the arrival to the network, after it to the way to the screen', () => {
    expect(splitLatency(MEASURED)).toEqual({
      queue: 1,
      convert: 2,
      encode: 8,
      pace: 4,
      network: 7,
      jitterBuffer: 3,
      decode: 5,
      present: 10,
    })
  })

  it('takes half the round trip for the network where a browser does not tell the arrival', () => {
    expect(splitLatency({ ...MEASURED, arrival: undefined })).toMatchObject({ network: 3, present: 14 })
  })

  it('says what is known when the server tells nothing', () => {
    expect(splitLatency({ ...MEASURED, timing: undefined })).toMatchObject({ encode: undefined, network: 22 })
  })

  it('cuts claims that exceed what there is, each side by itself', () => {
    const timing = { queue: 0, convert: 0, encode: 30, pace: 10 }
    expect(splitLatency({ ...MEASURED, timing, decode: 50, jitterBuffer: 4 })).toMatchObject({
      encode: 16.5,
      pace: 5.5,
      network: 0,
      present: expect.closeTo(0, 9),
    })
  })

  it('adds up to the latency, whatever was measured, with no part below nothing', () => {
    const ms = fc.double({ min: 0, max: 500, noNaN: true })
    const perhaps = fc.option(ms, { nil: undefined })
    const timing = fc.option(fc.record({ queue: ms, convert: ms, encode: ms, pace: ms }), { nil: undefined })
    const measured = fc.record({
      latency: ms,
      arrival: perhaps,
      timing,
      roundTrip: perhaps,
      jitterBuffer: perhaps,
      decode: perhaps,
    })
    fc.assert(
      fc.property(measured, (times) => {
        const parts = splitLatency(times)
        if (!parts) throw new Error('there is a latency')
        expect(sum(parts)).toBeCloseTo(times.latency, 6)
        for (const part of Object.values(parts)) expect(part ?? 0).toBeGreaterThan(-1e-9)
      }),
    )
    expect(splitLatency({ ...MEASURED, latency: undefined })).toBeUndefined()
  })
})
