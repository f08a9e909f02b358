import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Pacer } from '../../../src/congestion/pacer.js'

interface Frame {
  readonly id: number
  readonly keyframe: boolean
  readonly packets: readonly { readonly length: number }[]
}

const PACKET = 1264

interface Conditions {
  /** Target, bits per second, by second. */
  readonly rates: readonly number[]
  /** What the encoder makes: bits per second, and packets of a keyframe. */
  readonly encoded: number
  readonly keyframePackets: number
  readonly fps: number
  /** Lateness of the timer, ms, taken in turn. */
  readonly lateness: readonly number[]
  /** Retransmissions before each frame, taken in turn. */
  readonly losses: readonly number[]
}

interface Outcome {
  /** Packets of frames in order of sending. */
  readonly sent: {
    readonly frame: Frame
    readonly index: number
    readonly at: number
    readonly age: number
  }[]
  /** Bytes of everything sent by time. */
  readonly bytes: { readonly at: number; readonly size: number }[]
  readonly requests: number
  readonly made: number
  readonly longestQueueTime: number
  readonly retransmitted: number
  readonly asked: number
  /** Asked for, and still waiting when a keyframe made them superfluous. */
  readonly obsolete: number
}

/** An encoder at a fixed frame rate that answers a keyframe request with the next frame. */
function simulate(conditions: Conditions): Outcome {
  const { rates, encoded, keyframePackets, fps, lateness, losses } = conditions
  const sent: Outcome['sent'] = []
  const bytes: Outcome['bytes'] = []
  const enqueuedAt = new Map<number, number>()
  let keyframeWanted = true
  let requests = 0
  let retransmitted = 0
  let asked = 0
  let obsolete = 0
  let longestQueueTime = 0
  const pacer = new Pacer<Frame, { frame: Frame; index: number }>({
    sendPacket(frame, index, now) {
      sent.push({ frame, index, at: now, age: now - (enqueuedAt.get(frame.id) ?? 0) })
      bytes.push({ at: now, size: PACKET })
    },
    retransmit(_, now) {
      retransmitted++
      bytes.push({ at: now, size: PACKET })
    },
    needsKeyframe() {
      requests++
      keyframeWanted = true
    },
  })
  const perFrame = Math.max(1, Math.round(encoded / 8 / fps / PACKET))
  let timer: number | undefined
  let turn = 0
  const process = (now: number) => {
    const wait = pacer.process(now)
    timer = wait === undefined ? undefined : now + wait + (lateness[turn++ % lateness.length] ?? 0)
  }
  const count = rates.length * fps
  for (let id = 0; id < count; id++) {
    const now = (id * 1000) / fps
    while (timer !== undefined && timer <= now) process(timer)
    pacer.setRate(rates[Math.floor(now / 1000)] ?? 0)
    const packets = Array.from({ length: keyframeWanted ? keyframePackets : perFrame }, () => ({
      length: PACKET,
    }))
    const frame: Frame = { id, keyframe: keyframeWanted, packets }
    keyframeWanted = false
    enqueuedAt.set(id, now)
    const lost = losses[id % losses.length] ?? 0
    asked += lost
    pacer.enqueueRetransmissions(Array.from({ length: lost }, () => ({ frame, index: 0 })))
    if (frame.keyframe) obsolete = asked - retransmitted
    pacer.enqueueFrame(frame)
    longestQueueTime = Math.max(longestQueueTime, pacer.queuedTime)
    process(now)
  }
  while (timer !== undefined) process(timer)
  return { sent, bytes, requests, made: count, longestQueueTime, retransmitted, asked, obsolete }
}

/** Counts whole frames; throws unless each delta follows, whole, the frame it builds on. */
function decodable({ sent }: Outcome): number {
  let good = 0
  let last = -1
  let intact = false
  for (let at = 0; at < sent.length; ) {
    const { frame } = sent[at]!
    let count = 0
    while (sent[at]?.frame === frame) {
      if (sent[at++]?.index !== count++) throw new Error(`frame ${frame.id}: packets out of order`)
    }
    if (frame.id <= last) throw new Error(`frame ${frame.id} after ${last}`)
    if (!frame.keyframe && !(intact && frame.id === last + 1))
      throw new Error(`delta frame ${frame.id} after ${last}, ${intact ? 'whole' : 'in part'}`)
    intact = count === frame.packets.length
    last = frame.id
    if (intact) good++
  }
  return good
}

describe('simulated links', () => {
  it('a fast link gets every frame at once', () => {
    const outcome = simulate({
      rates: [50e6, 50e6, 50e6],
      encoded: 2e6,
      keyframePackets: 60,
      fps: 30,
      lateness: [0.3, 1.1],
      losses: [0],
    })
    expect(decodable(outcome)).toBe(outcome.made)
    expect(outcome.requests).toBe(0)
    expect(Math.max(...outcome.sent.filter(({ frame }) => !frame.keyframe).map(({ age }) => age))).toBe(0)
    expect(Math.max(...outcome.sent.map(({ age }) => age))).toBeLessThan(15)
  })

  it('a link that just suffices gets every frame, evenly', () => {
    const outcome = simulate({
      rates: [2e6, 2e6, 2e6, 2e6],
      encoded: 2e6,
      keyframePackets: 40,
      fps: 30,
      lateness: [1],
      losses: [0],
    })
    expect(decodable(outcome)).toBe(outcome.made)
    expect(outcome.requests).toBe(0)
  })

  it('a link that is too slow gets fresh frames, not old ones', () => {
    const outcome = simulate({
      rates: Array.from({ length: 20 }, () => 400_000),
      encoded: 4e6,
      keyframePackets: 40,
      fps: 30,
      lateness: [1],
      losses: [0],
    })
    const good = decodable(outcome)
    expect(good).toBeGreaterThan(20)
    expect(good).toBeLessThan(outcome.made / 2)
    expect(outcome.requests).toBeLessThan(20 * 3)
    expect(outcome.longestQueueTime).toBeLessThan(1000)
  })

  it('a keyframe larger than the queue may be still arrives', () => {
    const outcome = simulate({
      rates: Array.from({ length: 10 }, () => 300_000),
      encoded: 1e6,
      keyframePackets: 200,
      fps: 30,
      lateness: [1],
      losses: [0],
    })
    expect(decodable(outcome)).toBeGreaterThan(2)
  })

  it('frames resume when the rate comes back', () => {
    const outcome = simulate({
      rates: [5e6, 100_000, 100_000, 5e6, 5e6],
      encoded: 2e6,
      keyframePackets: 30,
      fps: 30,
      lateness: [1],
      losses: [0],
    })
    decodable(outcome)
    const lastSecond = outcome.sent.filter(({ frame }) => frame.id >= 4 * 30)
    expect(new Set(lastSecond.map(({ frame }) => frame.id)).size).toBe(30)
  })
})

describe('whatever the traffic', () => {
  const anyConditions: fc.Arbitrary<Conditions> = fc.record({
    rates: fc.array(fc.integer({ min: 50_000, max: 20_000_000 }), { minLength: 1, maxLength: 6 }),
    encoded: fc.integer({ min: 50_000, max: 10_000_000 }),
    keyframePackets: fc.integer({ min: 1, max: 200 }),
    fps: fc.constantFrom(5, 30, 60),
    lateness: fc.array(fc.double({ min: 0, max: 30, noNaN: true }), { minLength: 1, maxLength: 5 }),
    losses: fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 5 }),
  })

  it('frames arrive in order and on what they build on, retransmissions all that are of use', () => {
    fc.assert(
      fc.property(anyConditions, (conditions) => {
        const outcome = simulate(conditions)
        decodable(outcome)
        expect(outcome.sent.length).toBeGreaterThan(0)
        if (outcome.asked < 1000) expect(outcome.retransmitted).toBe(outcome.asked - outcome.obsolete)
      }),
      { seed: 2, numRuns: 100 },
    )
  })

  it('no second carries more than the pace and one burst', () => {
    fc.assert(
      fc.property(anyConditions, fc.integer({ min: 200_000, max: 20_000_000 }), (conditions, rate) => {
        const { bytes } = simulate({ ...conditions, rates: conditions.rates.map(() => rate) })
        const pace = (rate * 2.5) / 8000
        const burst = Math.max(Math.min(pace * 40, 16 * PACKET), pace * 2)
        for (let from = 0, to = 0, sum = 0; from < bytes.length; from++) {
          while (to < bytes.length && bytes[to]!.at - bytes[from]!.at <= 1000) sum += bytes[to++]!.size
          if (sum > pace * 1000 + burst + PACKET + 1) throw new Error(`${sum} bytes after ${bytes[from]!.at}`)
          sum -= bytes[from]!.size
        }
      }),
      { seed: 3, numRuns: 60 },
    )
  })
})
