import { describe, expect, it } from 'vitest'
import { LivePlan, MOST_LIVE } from '../../../src/viewer/pages/live-plan.js'
import { arrange } from '../../../src/viewer/pages/track-order.js'

const card = (name: string, values = {}) => ({ name, visible: true, pointed: false, fps: 30, ...values })
const many = Array.from({ length: MOST_LIVE + 1 }, (_, index) => card(`t${index}`))

describe('LivePlan', () => {
  it('shows live what moves and is in sight', () => {
    const cards = [card('a'), card('b', { visible: false }), card('c', { fps: 0 })]
    expect([...new LivePlan().choose(cards, 0)]).toEqual(['a'])
  })

  it('shows thumbnails of too many, and live the one that is pointed at', () => {
    const plan = new LivePlan()
    expect(plan.choose(many, 0).size).toBe(0)
    expect([...plan.choose([...many, card('x', { pointed: true })], 0)]).toEqual(['x'])
  })

  it('keeps one that moves now and then', () => {
    const plan = new LivePlan()
    plan.choose([card('a')], 0)
    expect(plan.choose([card('a', { fps: 0 })], 9_000).size).toBe(1)
    expect(plan.choose([card('a', { fps: 0 })], 11_000).size).toBe(0)
  })

  it('does not end and begin all sessions for one more track that moves now and then', () => {
    const plan = new LivePlan()
    const four = many.slice(1)
    expect(plan.choose([...four, card('x', { fps: 0 })], 0).size).toBe(MOST_LIVE)
    for (let second = 1; second < 100; second++)
      expect(plan.choose([...four, card('x', { fps: second % 15 === 1 ? 1 : 0 })], second * 1_000).size).toBe(
        0,
      )
    // The last one was at 91 s.
    expect(plan.choose([...four, card('x', { fps: 0 })], 120_000).size).toBe(0)
    expect(plan.choose([...four, card('x', { fps: 0 })], 122_000).size).toBe(MOST_LIVE)
  })

  it('shows live at once what is left when others are out of sight', () => {
    const plan = new LivePlan()
    plan.choose(many, 0)
    expect(plan.choose([card('t0', { visible: false }), ...many.slice(1)], 1_000).size).toBe(MOST_LIVE)
  })
})

describe('arrange', () => {
  const track = (name: string, viewers = 0, fps = 0) => ({ name, viewers, fps, pushed: 1 })
  const tracks = [track('cam 10', 1), track('cam 9', 5, 30), track('Depth', 5), track('cam 1', 0, 30)]
  const names = (search: string, order: Parameters<typeof arrange>[2]) =>
    arrange(tracks, search, order).map(({ name }) => name)

  it('finds names that have every word', () => {
    expect(names('1 CAM', 'added')).toEqual(['cam 10', 'cam 1'])
    expect(names('nothing', 'added')).toEqual([])
    expect(names('  ', 'added')).toHaveLength(4)
  })

  it('sorts as people do', () => {
    expect(names('', 'name')).toEqual(['cam 1', 'cam 9', 'cam 10', 'Depth'])
    expect(names('', 'viewers')).toEqual(['cam 9', 'Depth', 'cam 10', 'cam 1'])
    expect(names('', 'moving')).toEqual(['cam 1', 'cam 9', 'cam 10', 'Depth'])
    expect(tracks[0]?.name).toBe('cam 10')
  })
})
