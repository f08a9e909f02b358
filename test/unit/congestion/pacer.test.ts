import { describe, expect, it } from 'vitest'
import { Pacer, type PacerOptions } from '../../../src/congestion/index.js'

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

describe('the factor', () => {
  /** How long it takes to send 40 packets, ms; at 1 Mbit/s each is 10. */
  const timeAt = (set: (pacer: ReturnType<typeof pacerAt>['pacer']) => void): number => {
    const { pacer } = pacerAt(1_000_000, { factor: 2.5 })
    set(pacer)
    pacer.enqueueFrame(frame('K', 40, true))
    let now = 0
    for (let wait = pacer.process(now); wait !== undefined; wait = pacer.process(now)) now += wait
    return now
  }

  it('is that of the options when none is given', () => {
    expect(timeAt((pacer) => pacer.setRate(1_000_000))).toBeCloseTo(
      timeAt(() => {}),
      5,
    )
    expect(timeAt((pacer) => pacer.setRate(1_000_000))).toBeLessThan(160)
  })

  it('is less while a queue in the network drains, for as long as it is said', () => {
    expect(timeAt((pacer) => pacer.setRate(1_000_000, 1))).toBeGreaterThan(350)
    expect(
      timeAt((pacer) => {
        pacer.setRate(1_000_000, 1)
        pacer.setRate(1_000_000)
      }),
    ).toBeLessThan(160)
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

  it('lets a keyframe finish, then asks for another', () => {
    const { pacer, sent, keyframesNeeded } = pacerAt(1_000_000)
    pacer.enqueueFrame(frame('K', 40, true))
    pacer.process(0)
    for (let i = 0; i < 6; i++) pacer.enqueueFrame(frame('D', 5))
    expect(pacer.waitsForKeyframe).toBe(true)
    expect(keyframesNeeded()).toBe(0)
    let now = 0
    for (let wait = pacer.process(now); wait !== undefined; wait = pacer.process(now)) now += wait
    expect(sent).toHaveLength(40)
    expect(sent.at(-1)).toBe('K39')
    expect(keyframesNeeded()).toBe(1)
    pacer.process(now + 1000)
    expect(keyframesNeeded()).toBe(1)
  })

  it('takes a frame of any size when nothing waits', () => {
    const { pacer } = pacerAt(100_000)
    pacer.enqueueFrame(frame('K', 100, true))
    for (let now = 0, wait = pacer.process(now); wait !== undefined; wait = pacer.process(now)) now += wait
    expect(pacer.enqueueFrame(frame('D', 100))).toBe(true)
  })

  it('holds to its limit in bytes', () => {
    const { pacer, keyframesNeeded } = pacerAt(1e9, { maxQueueBytes: 10_000 })
    pacer.enqueueFrame(frame('K', 1, true))
    expect(pacer.enqueueFrame(frame('D', 8))).toBe(true)
    expect(pacer.enqueueFrame(frame('E', 1))).toBe(false)
    expect(keyframesNeeded()).toBe(0)
    pacer.process(0)
    expect(keyframesNeeded()).toBe(1)
  })

  it('drops by time at the rate of now', () => {
    const { pacer } = pacerAt(50_000_000)
    pacer.enqueueFrame(frame('K', 1, true))
    expect(pacer.enqueueFrame(frame('D', 20))).toBe(true)
    pacer.setRate(1_000_000)
    expect(pacer.enqueueFrame(frame('E', 20))).toBe(false)
  })
})

describe('a new keyframe', () => {
  it('follows what is before it on a short queue', () => {
    const { pacer, sent } = pacerAt(50_000_000)
    pacer.enqueueFrame(frame('K', 2, true))
    pacer.enqueueFrame(frame('D', 1))
    pacer.enqueueFrame(frame('L', 1, true))
    pacer.process(0)
    expect(sent).toEqual(['K0', 'K1', 'D0', 'L0'])
  })

  it('replaces what has not begun on a long one', () => {
    const { pacer, sent, keyframesNeeded } = pacerAt(1_000_000)
    pacer.enqueueFrame(frame('K', 6, true))
    pacer.process(0)
    pacer.enqueueFrame(frame('D', 10))
    pacer.enqueueFrame(frame('L', 1, true))
    pacer.process(10_000)
    pacer.process(20_000)
    expect(sent).toEqual(['K0', 'K1', 'K2', 'K3', 'K4', 'K5', 'L0'])
    expect(keyframesNeeded()).toBe(0)
    expect(pacer.stats).toMatchObject({ framesDropped: 1, overflows: 0 })
  })

  it('makes what waits to be sent again superfluous', () => {
    const { pacer, sent } = pacerAt(1_000_000)
    const key = frame('K', 8, true)
    pacer.enqueueFrame(key)
    pacer.process(0)
    const waiting = sent.length
    pacer.enqueueRetransmissions([0, 1, 2].map((index) => ({ frame: key, index })))
    const next = frame('L', 2, true)
    pacer.enqueueFrame(next)
    // It can be lost itself: what is asked for from now on is sent.
    pacer.enqueueRetransmissions([{ frame: next, index: 1 }])
    for (let now = 0, wait = pacer.process(now); wait !== undefined; wait = pacer.process(now)) now += wait
    expect(sent.filter((name) => name.startsWith('rtx'))).toEqual(['rtx L1'])
    expect(sent.indexOf('rtx L1')).toBe(waiting)
    expect(pacer.stats.retransmissionsDropped).toBe(3)
  })
})

describe('the rest', () => {
  it('clears', () => {
    const { pacer, sent, keyframesNeeded } = pacerAt(1_000_000)
    const key = frame('K', 20, true)
    pacer.enqueueFrame(key)
    pacer.enqueueRetransmissions([{ frame: key, index: 0 }])
    pacer.clear()
    expect(pacer.process(0)).toBeUndefined()
    expect(pacer.enqueueFrame(frame('D', 1))).toBe(false)
    expect([sent, keyframesNeeded(), pacer.queuedBytes]).toEqual([[], 0, 0])
  })

  it('bounds retransmissions', () => {
    const { pacer, sent } = pacerAt(50_000_000)
    const key = frame('K', 1, true)
    pacer.enqueueRetransmissions(Array.from({ length: 5000 }, () => ({ frame: key, index: 0 })))
    for (let now = 0, wait = pacer.process(now); wait !== undefined; wait = pacer.process(now)) now += wait
    expect(sent).toHaveLength(1000)
    expect(pacer.stats.retransmissionsDropped).toBe(4000)
  })

  it('takes a frame without packets', () => {
    const { pacer } = pacerAt(50_000_000)
    expect(pacer.enqueueFrame(frame('K', 0, true))).toBe(true)
    expect(pacer.process(0)).toBeUndefined()
  })

  it('survives a clock that goes back, and a rate of nothing', () => {
    const { pacer, sent } = pacerAt(Number.NaN)
    pacer.enqueueFrame(frame('K', 10, true))
    const wait = pacer.process(1000) ?? 0
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThan(Number.POSITIVE_INFINITY)
    expect(pacer.process(0)).toBeGreaterThan(0)
    pacer.setRate(0)
    expect(pacer.process(1)).toBeGreaterThan(0)
    expect(sent.length).toBeLessThan(10)
  })
})

describe('probes', () => {
  /** Probes at 6 Mbit/s until so many packets have left; packets of 1,250 bytes at 1 Mbit/s otherwise. */
  function probing(packets: number, padding: number) {
    const sent: [string, number][] = []
    let padded = 0
    const pacer = new Pacer<Frame, { frame: Frame; index: number }>(
      {
        sendPacket: (frame, index, now) => sent.push([`${frame.name}${index}`, now]),
        retransmit: ({ frame, index }, now) => sent.push([`rtx ${frame.name}${index}`, now]),
        needsKeyframe: () => {},
        probeRate: () => (sent.length < packets ? 6_000_000 : undefined),
        sendPadding: (now) => {
          if (padded++ >= padding) return 0
          sent.push(['padding', now])
          return 1250
        },
      },
      { rate: 1_000_000, factor: 1 },
    )
    const run = () => {
      let now = 0
      for (let wait = pacer.process(now); wait !== undefined; wait = pacer.process(now))
        now += Math.ceil(wait)
    }
    return { pacer, sent, run }
  }

  it('are sent at their own pace, media first, then padding', () => {
    const { pacer, sent, run } = probing(9, 100)
    pacer.enqueueFrame(frame('K', 4, true))
    run()
    expect(sent.map(([name]) => name)).toEqual(['K0', 'K1', 'K2', 'K3', ...Array(5).fill('padding')])
    // 1,250 bytes at 6 Mbit/s are 1.7 ms, and timers have whole ones.
    expect(sent.at(-1)?.[1]).toBeGreaterThanOrEqual(11)
    expect(sent.at(-1)?.[1]).toBeLessThanOrEqual(16)
  })

  it('end with what there is to send', () => {
    const { pacer, sent, run } = probing(9, 2)
    pacer.enqueueFrame(frame('K', 1, true))
    run()
    expect(sent.map(([name]) => name)).toEqual(['K0', 'padding', 'padding'])
  })

  it('are followed by the usual pace, and no padding', () => {
    const { pacer, sent, run } = probing(5, 100)
    pacer.enqueueFrame(frame('K', 20, true))
    run()
    expect(sent.map(([name]) => name)).toEqual(Array.from({ length: 20 }, (_, i) => `K${i}`))
    expect(sent.at(-1)?.[1]).toBeGreaterThan(140)
  })
})
