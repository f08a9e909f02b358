import { describe, expect, it } from 'vitest'
import { OveruseDetector, type Usage } from '../../../src/congestion/overuse-detector.js'
import { Trendline } from '../../../src/congestion/trendline.js'
import { seeded } from '../../support/random.js'

/** Frames at 30 fps; `growth` ms of delay come with each, and noise either way. */
function follow(count: number, growth: (i: number) => number, noise = 0) {
  const random = seeded(7)
  const trendline = new Trendline()
  const detector = new OveruseDetector()
  const usages: Usage[] = []
  let delay = 0
  let last = 0
  for (let i = 0; i < count; i++) {
    delay = Math.max(0, delay + growth(i))
    const arrivedAt = i * 33 + delay + (2 * random() - 1) * noise
    trendline.update({ sent: 33, arrived: arrivedAt - last, arrivedAt })
    last = arrivedAt
    detector.update(trendline.slope, 33, arrivedAt)
    usages.push(detector.usage)
  }
  return { trendline, detector, usages }
}

describe('Trendline', () => {
  it('says nothing before its window is full', () => {
    expect(follow(19, () => 5).trendline.slope).toBe(0)
  })

  it('is the growth of the delay', () => {
    // 5 ms for each 38 ms of the receiver's clock; the smoothing has caught up.
    expect(follow(200, () => 5).trendline.slope).toBeCloseTo(5 / 38, 3)
    expect(follow(200, () => 0).trendline.slope).toBeCloseTo(0, 6)
  })

  it('falls when a queue empties', () => {
    expect(follow(200, (i) => (i < 100 ? 5 : -4)).trendline.slope).toBeLessThan(-0.05)
  })
})

describe('OveruseDetector', () => {
  it('is normal on a quiet path, and becomes sensitive', () => {
    const { usages, detector } = follow(300, () => 0)
    expect(new Set(usages)).toEqual(new Set(['normal']))
    expect(detector.threshold).toBe(6)
  })

  it('sees a queue that fills up, and that it empties', () => {
    const { usages } = follow(200, (i) => (i < 60 ? 0 : i < 90 ? 5 : -3))
    expect(usages.slice(0, 60)).not.toContain('over')
    expect(usages.slice(60, 90)).toContain('over')
    expect(usages.slice(90, 150)).toContain('under')
  })

  it('gets used to jitter', () => {
    const { usages } = follow(900, () => 0, 30)
    expect(usages.slice(300).filter((usage) => usage === 'over').length).toBeLessThan(60)
  })

  it('does not get used to a sudden drop of capacity', () => {
    const detector = new OveruseDetector()
    for (let i = 0; i < 60; i++) detector.update(0.03, 33, i * 33)
    const { threshold } = detector
    for (let i = 60; i < 70; i++) detector.update(0.5, 33, i * 33)
    expect(detector.threshold).toBe(threshold)
  })

  it('needs two groups, and more than 10 ms', () => {
    const detector = new OveruseDetector()
    detector.update(0, 33, 0)
    for (let i = 1; i < 60; i++) detector.update(0, 33, i)
    detector.update(1, 5, 61)
    expect(detector.usage).toBe('normal')
    detector.update(1, 5, 62)
    expect(detector.usage).toBe('normal')
    detector.update(1, 5, 63)
    expect(detector.usage).toBe('over')
  })

  it('does not count while the slope falls', () => {
    const detector = new OveruseDetector()
    for (let i = 0; i < 60; i++) detector.update(0, 33, i)
    detector.update(2, 5, 61)
    detector.update(1.9, 50, 62)
    expect(detector.usage).toBe('normal')
  })
})
