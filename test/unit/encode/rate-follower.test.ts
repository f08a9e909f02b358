import { describe, expect, it } from 'vitest'
import { type RateChange, RateFollower } from '../../../src/encode/rate-follower.js'

/** One that follows what it decides, as an encoder does. */
function follower(live: boolean, rate: number) {
  const policy = new RateFollower(live)
  const target = (bitrate: number) => ({ bitrate, available: bitrate })
  policy.follow(target(rate), 0)
  return (next: number, now: number, wantsMore = true): RateChange => {
    const change = policy.decide(target(next), wantsMore, now)
    if (change !== 'keep') policy.follow(target(next), now)
    return change
  }
}

describe('an encoder that follows while it runs', () => {
  it('is told at once, whatever came before, but not of a few percent', () => {
    const decide = follower(true, 1_000_000)
    expect(decide(1_040_000, 0)).toBe('keep')
    expect(decide(960_000, 0)).toBe('keep')
    expect(decide(1_060_000, 1)).toBe('adjust')
    expect(decide(1_000_000, 2)).toBe('adjust')
    expect(decide(100_000, 3)).toBe('adjust')
    expect(decide(20_000_000, 4)).toBe('adjust')
  })

  it('is told when many small steps have become a large one', () => {
    const decide = follower(true, 1_000_000)
    const changes = Array.from({ length: 20 }, (_, i) => decide(1_000_000 + (i + 1) * 10_000, i))
    expect(changes.filter((change) => change === 'adjust').length).toBe(3)
  })

  it('is never opened anew for a rate', () => {
    const decide = follower(true, 1_000_000)
    for (let i = 0; i < 100; i++) expect(decide(1_000_000 * 2 ** ((i % 7) - 3), i * 100)).not.toBe('reopen')
  })
})

describe('an encoder that must be opened anew', () => {
  /** Past its start. */
  const old = (rate: number) => {
    const decide = follower(false, rate)
    return (next: number, since: number) => decide(next, 60_000 + since)
  }

  it('is at once when the rate has fallen by half, whenever that was', () => {
    const decide = old(1_000_000)
    expect(decide(500_000, 0)).toBe('reopen')
    expect(decide(250_000, 1)).toBe('reopen')
  })

  it('is when it has fallen a little, but not again within half a second', () => {
    const decide = old(1_000_000)
    expect(decide(860_000, 0)).toBe('keep')
    expect(decide(840_000, 0)).toBe('reopen')
    expect(decide(700_000, 499)).toBe('keep')
    expect(decide(700_000, 500)).toBe('reopen')
  })

  it('is when it has risen by a third, and only every five seconds', () => {
    const decide = old(1_000_000)
    expect(decide(1_250_000, 0)).toBe('keep')
    expect(decide(1_350_000, 0)).toBe('reopen')
    expect(decide(2_000_000, 4_999)).toBe('keep')
    expect(decide(2_000_000, 5_000)).toBe('reopen')
  })

  it('is not for a third more when the picture is good already, but for twice as much', () => {
    const policy = new RateFollower(false)
    policy.follow({ bitrate: 1_000_000, available: 1_000_000 }, 0)
    expect(policy.decide({ bitrate: 1_900_000, available: 1_900_000 }, false, 60_000)).toBe('keep')
    expect(policy.riseDueAt({ bitrate: 1_900_000, available: 1_900_000 }, false)).toBe(Infinity)
    expect(policy.decide({ bitrate: 2_000_000, available: 2_000_000 }, false, 60_000)).toBe('reopen')
  })

  it('is when a keyframe may become twice as large, because the network has room', () => {
    const policy = new RateFollower(false)
    policy.follow({ bitrate: 1_000_000, available: 1_000_000 }, 0)
    const roomy = { bitrate: 1_000_000, available: 3_000_000 }
    expect(policy.decide(roomy, false, 299)).toBe('keep')
    expect(policy.riseDueAt(roomy, false)).toBe(300)
    expect(policy.decide(roomy, false, 300)).toBe('reopen')
    policy.follow({ bitrate: 1_000_000, available: 2_500_000 }, 300)
    expect(policy.decide({ bitrate: 1_000_000, available: 2_900_000 }, false, 900)).toBe('keep')
    expect(policy.decide(roomy, false, 900)).toBe('reopen') // as large as any: not again after this
    policy.follow(roomy, 900)
    expect(policy.riseDueAt({ bitrate: 1_000_000, available: 90_000_000 }, false)).toBe(Infinity)
  })

  it('is not for a rate that goes up and down by a seventh', () => {
    const decide = old(1_000_000)
    for (let i = 0; i < 1000; i++)
      expect(decide(1_000_000 * (1 + (i % 2 ? 0.14 : -0.14)), i * 50)).toBe('keep')
  })

  it('at its start follows an estimate that multiplies, not one that grows', () => {
    const decide = follower(false, 1_000_000)
    expect(decide(3_000_000, 200)).toBe('keep')
    expect(decide(1_900_000, 300)).toBe('keep')
    expect(decide(3_000_000, 300)).toBe('reopen')
    expect(decide(6_000_000, 500)).toBe('keep')
    expect(decide(6_000_000, 600)).toBe('reopen')
    // Whoever was opened past the start waits longer.
    expect(decide(13_000_000, 3_100)).toBe('reopen')
    expect(decide(27_000_000, 5_099)).toBe('keep')
    expect(decide(27_000_000, 5_100)).toBe('reopen')
  })

  it('costs one keyframe a second at most when the rate swings by 40 % every three seconds', () => {
    const decide = follower(false, 1_000_000)
    let reopened = 0
    for (let now = 0; now < 60_000; now += 50) {
      const rate = 1_000_000 * (1 + 0.4 * Math.sin(now / 500))
      if (decide(rate, now) === 'reopen') reopened++
    }
    expect(reopened).toBeGreaterThan(0)
    expect(reopened).toBeLessThanOrEqual(60)
  })
})
