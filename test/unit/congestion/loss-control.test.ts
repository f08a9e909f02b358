import { describe, expect, it } from 'vitest'
import { LossControl } from '../../../src/congestion/loss-control.js'
import { explain } from '../../../src/congestion/loss-model.js'
import { seeded } from '../../support/random.js'

interface Path {
  readonly inherent: number
  readonly bandwidth: number
  readonly queueDelay?: number
  /** What the delay would allow. */
  readonly delayBased?: number
  readonly seconds?: number
}

/** Sends what the controller allows, a little more or less, over a path without a queue. */
function run({ inherent, bandwidth, queueDelay = 0, delayBased = 4_000_000, seconds = 30 }: Path) {
  const random = seeded(3)
  const control = new LossControl()
  let lost = 0
  let sent = 0
  for (let now = 0; now < seconds * 1000; now += 100) {
    const rate = Math.min(control.limit, delayBased) * (0.85 + 0.3 * random())
    const packets = Math.max(1, Math.round(rate / 10 / 8 / 1200))
    const excess = Math.max(0, 1 - bandwidth / rate)
    let missing = 0
    for (let i = 0; i < packets; i++) if (random() < inherent + (1 - inherent) * excess) missing++
    if (now > (seconds * 1000) / 2) {
      sent += packets
      lost += missing
    }
    control.update(
      {
        packets,
        lost: missing,
        recovered: 0,
        bytes: packets * 1200,
        firstSentAt: now,
        lastSentAt: now + 99,
        delayBased,
        acknowledged: rate * (1 - missing / packets),
        queueDelay,
      },
      now + 140,
    )
  }
  return { control, share: lost / sent }
}

describe('explain', () => {
  const observe = (rate: number, loss: number) => ({ rate, packets: 1000, lost: loss * 1000 })

  it('finds the loss that is always there', () => {
    const observations = [observe(1e6, 0.1), observe(2e6, 0.1), observe(3e6, 0.1)]
    expect(explain(observations, 4e6, 0.3).inherent).toBeCloseTo(0.1, 2)
  })

  it('prefers a bottleneck where more is lost at higher rates', () => {
    const observations = [observe(1e6, 0), observe(2e6, 0.25), observe(3e6, 0.5)]
    const bottleneck = explain(observations, 1.5e6, 0.3)
    expect(bottleneck.likelihood).toBeGreaterThan(explain(observations, 4e6, 0.3).likelihood)
    expect(bottleneck.inherent).toBeLessThan(0.01)
  })

  it('prefers the higher rate where nothing speaks against it', () => {
    const observations = [observe(1e6, 0.02), observe(1e6, 0.02)]
    expect(explain(observations, 3e6, 0.3).likelihood).toBeGreaterThan(
      explain(observations, 2e6, 0.3).likelihood,
    )
  })
})

describe('LossControl', () => {
  it.each([0, 0.02, 0.05, 0.2])('lets be what the path loses anyway: %d', (inherent) => {
    const { control } = run({ inherent, bandwidth: Number.POSITIVE_INFINITY })
    expect(Math.min(control.limit, 4_000_000)).toBeGreaterThan(0.85 * 4_000_000)
    expect(control.inherentLoss).toBeCloseTo(inherent, 1)
  })

  it.each([1_000_000, 2_000_000, 3_000_000])(
    'finds a bottleneck of %d bit/s that has no queue',
    (bandwidth) => {
      const { control, share } = run({ inherent: 0, bandwidth, seconds: 60 })
      expect(control.limit).toBeLessThan(1.3 * bandwidth)
      expect(control.limit).toBeGreaterThan(0.7 * bandwidth)
      expect(share).toBeLessThan(0.2)
    },
  )

  it('does not believe in bad luck while a queue stands', () => {
    const clear = run({ inherent: 0.25, bandwidth: Number.POSITIVE_INFINITY, seconds: 10 })
    const full = run({ inherent: 0.25, bandwidth: Number.POSITIVE_INFINITY, queueDelay: 100, seconds: 10 })
    expect(full.control.limit).toBeLessThan(clear.control.limit)
    expect(full.control.limit).toBeLessThan(3_000_000)
  })

  it('is not moved by packets that were only late', () => {
    const control = new LossControl()
    for (let now = 0; now < 10_000; now += 50)
      control.update(
        {
          packets: 20,
          lost: 8,
          recovered: 8,
          bytes: 24_000,
          firstSentAt: now,
          lastSentAt: now + 50,
          delayBased: 4_000_000,
          acknowledged: 4_000_000,
          queueDelay: 0,
        },
        now,
      )
    expect(control.loss).toBe(0)
    expect(control.limit).toBe(Number.POSITIVE_INFINITY)
  })
})
