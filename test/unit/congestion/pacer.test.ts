import { describe, expect, it } from 'vitest'
import { Pacer, type PacerOptions } from '../../../src/congestion/pacer.js'

interface Frame {
  readonly name: string
  readonly keyframe: boolean
  readonly packets: readonly { readonly length: number }[]
}

const frame = (name: string, count: number, keyframe = false): Frame => ({
  name,
  keyframe,
  packets: Array.from({ length: count }, () => ({ length: 1250 })),
})

/** 1250-byte packets at 1 Mbit/s: one every 10 ms, after a burst of four. */
function pacerAt(rate: number, options: PacerOptions = {}) {
  const sent: string[] = []
  let keyframesNeeded = 0
  const pacer = new Pacer<Frame, { frame: Frame; index: number }>(
    {
      sendPacket: (frame, index) => sent.push(`${frame.name}${index}`),
      retransmit: ({ frame, index }) => sent.push(`rtx ${frame.name}${index}`),
      needsKeyframe: () => keyframesNeeded++,
    },
    { rate, factor: 1, ...options },
  )
  return { pacer, sent, keyframesNeeded: () => keyframesNeeded }
}

describe('pace', () => {
  it('sends a usual frame at once on a fast link', () => {
    const { pacer, sent } = pacerAt(50_000_000)
    pacer.enqueueFrame(frame('K', 16, true))
    expect(pacer.process(0)).toBeUndefined()
    expect(sent).toHaveLength(16)
  })

  it('spreads a large frame', () => {
    const { pacer, sent } = pacerAt(1_000_000)
    pacer.enqueueFrame(frame('K', 20, true))
    let now = 0
    const times: number[] = []
    for (let wait = pacer.process(now); wait !== undefined; wait = pacer.process(now)) {
      expect(wait).toBeGreaterThan(0)
      now += wait
      times.push(now)
    }
    expect(sent).toHaveLength(20)
    expect(now).toBeGreaterThan(150)
    expect(now).toBeLessThan(170)
    expect(pacer.queuedBytes).toBe(0)
  })

  it('does not save up more than a burst while idle', () => {
    const { pacer, sent } = pacerAt(1_000_000)
    pacer.enqueueFrame(frame('K', 1, true))
    pacer.process(0)
    pacer.enqueueFrame(frame('D', 20))
    pacer.process(1e6)
    expect(sent.length).toBeLessThanOrEqual(6)
  })
})

describe('order', () => {
  it('puts retransmissions first', () => {
    const { pacer, sent } = pacerAt(50_000_000)
    const key = frame('K', 2, true)
    pacer.enqueueFrame(key)
    pacer.enqueueRetransmissions([{ frame: key, index: 1 }])
    pacer.process(0)
    expect(sent).toEqual(['rtx K1', 'K0', 'K1'])
  })

  it('takes no delta frame before the first keyframe', () => {
    const { pacer, sent } = pacerAt(50_000_000)
    expect(pacer.enqueueFrame(frame('D', 1))).toBe(false)
    expect(pacer.enqueueFrame(frame('K', 1, true))).toBe(true)
    expect(pacer.enqueueFrame(frame('E', 1))).toBe(true)
    pacer.process(0)
    expect(sent).toEqual(['K0', 'E0'])
  })
})

describe('overflow', () => {
  it('drops the chain and asks for one keyframe', () => {
    const { pacer, sent, keyframesNeeded } = pacerAt(1_000_000)
    pacer.enqueueFrame(frame('K', 1, true))
    pacer.process(0)
    expect(pacer.enqueueFrame(frame('D', 20))).toBe(true)
    expect(pacer.enqueueFrame(frame('E', 20))).toBe(false)
    expect(pacer.enqueueFrame(frame('F', 1))).toBe(false)
    expect(keyframesNeeded()).toBe(1)
    expect(pacer.process(1000)).toBeUndefined()
    expect(pacer.enqueueFrame(frame('L', 1, true))).toBe(true)
    pacer.process(1001)
    expect(sent).toEqual(['K0', 'L0'])
    expect(pacer.stats).toMatchObject({ framesDropped: 3, overflows: 1 })
  })
})
