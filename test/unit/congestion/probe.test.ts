import { describe, expect, it } from 'vitest'
import type { ReceivedPacket } from '../../../src/congestion/feedback-reader.js'
import { type ProbeCluster, ProbeControl } from '../../../src/congestion/probe-control.js'
import { ProbeMeasure } from '../../../src/congestion/probe-measure.js'

const calm = {
  estimate: 1_000_000,
  maxRate: 50_000_000,
  applicationLimited: false,
  congested: false,
  queueDelay: 0,
  decreasedAt: Number.NEGATIVE_INFINITY,
}

function started(maxRate = calm.maxRate) {
  const clusters: ProbeCluster[] = []
  const control = new ProbeControl((cluster) => clusters.push(cluster))
  control.start(1_000_000, maxRate, 0)
  /** Sends all clusters that wait, a packet each ms. */
  const send = (from: number) => {
    let now = from
    while (control.current(now)) control.onPacketSent(1200, now++)
    return now
  }
  return { control, clusters, send }
}

describe('ProbeControl', () => {
  it('begins with three times the start rate, and nothing right behind that a slow link would have to hold', () => {
    const { control, clusters, send } = started()
    expect(clusters).toEqual([{ id: 1, rate: 3_000_000, bytes: 6000, packets: 5 }])
    const ids: number[] = []
    for (let i = 0; i < 6; i++) ids.push(control.onPacketSent(1200, i))
    expect(ids).toEqual([1, 1, 1, 1, 1, 0])
    expect(send(20)).toBe(20)
  })

  it('goes on as long as most of it arrives', () => {
    const { control, clusters, send } = started()
    send(0)
    control.onResult({ cluster: 1, rate: 3_000_000 }, calm, 100)
    expect(clusters.at(-1)).toMatchObject({ rate: 6_000_000, bytes: 11_250 })
    send(100)
    control.onResult({ cluster: 2, rate: 5_000_000 }, calm, 200)
    expect(clusters.at(-1)?.rate).toBe(10_000_000)
    send(200)
    control.onResult({ cluster: 3, rate: 6_500_000 }, calm, 300)
    expect(clusters).toHaveLength(3)
  })

  it('does not go beyond what can be used', () => {
    const { control, clusters, send } = started(4_000_000)
    const conditions = { ...calm, maxRate: 4_000_000 }
    send(0)
    control.onResult({ cluster: 1, rate: 3_000_000 }, { ...conditions, estimate: 3_000_000 }, 100)
    expect(clusters.map(({ rate }) => rate)).toEqual([3_000_000, 4_000_000])
    send(100)
    control.onResult({ cluster: 2, rate: 4_000_000 }, { ...conditions, estimate: 4_000_000 }, 200)
    control.update({ ...conditions, estimate: 4_000_000 }, 60_000)
    expect(clusters).toHaveLength(2)
  })

  it('gives up what waits when the link is full', () => {
    const { control } = started()
    control.onPacketSent(1200, 0)
    control.update({ ...calm, congested: true }, 10)
    expect(control.current(10)).toBeUndefined()
  })

  it('gives up a cluster for which nothing is there to send', () => {
    const { control } = started()
    control.onPacketSent(1200, 0)
    expect(control.current(400)?.id).toBe(1)
    expect(control.current(600)).toBeUndefined()
  })

  it('looks again every five seconds, not into a queue, not soon after a decrease', () => {
    const { control, clusters, send } = started()
    send(0)
    control.onResult({ cluster: 1, rate: 2_000_000 }, calm, 100)
    expect(clusters).toHaveLength(1)
    control.update({ ...calm, estimate: 2_000_000 }, 1100)
    expect(clusters.at(-1)?.rate).toBe(3_000_000)
    send(1100)
    control.update({ ...calm, estimate: 2_000_000 }, 6000)
    expect(clusters).toHaveLength(2)
    control.update({ ...calm, estimate: 2_000_000, queueDelay: 100 }, 6200)
    control.update({ ...calm, estimate: 2_000_000, decreasedAt: 5000 }, 6200)
    expect(clusters).toHaveLength(2)
    control.update({ ...calm, estimate: 2_000_000, applicationLimited: true }, 6200)
    expect(clusters.at(-1)?.rate).toBe(4_000_000)
  })

  it('tries again after a second when there is no result, then less often', () => {
    const { control, clusters, send } = started()
    const run = (to: number) => {
      for (let now = 0; now <= to; now += 100) {
        send(now)
        control.update({ ...calm, estimate: 10_000_000 }, now)
      }
      return clusters.length
    }
    expect([run(900), run(1000), run(3000), run(3300)]).toEqual([1, 2, 2, 3])
  })

  it('is rarer on a slow link', () => {
    const { control, clusters, send } = started()
    send(0)
    control.onResult({ cluster: 1, rate: 200_000 }, calm, 100)
    const slow = { ...calm, estimate: 200_000 }
    control.update(slow, 1100)
    send(1100)
    // 6,000 bytes are 240 ms of it: once in 24 s.
    control.update(slow, 20_000)
    expect(clusters).toHaveLength(2)
    control.update(slow, 26_000)
    expect(clusters).toHaveLength(3)
  })
})

describe('ProbeMeasure', () => {
  const size = { packets: 5, bytes: 6000 }
  /** Packets of 1,200 bytes, so many ms apart when sent and when they came. */
  const packets = (count: number, sent: number, arrived: number): ReceivedPacket[] =>
    Array.from({ length: count }, (_, i) => ({
      sentAt: i * sent,
      arrivedAt: 1000 + i * arrived,
      size: 1200,
      missingBefore: 0,
      cluster: 1,
    }))
  const measure = (received: ReceivedPacket[]) => {
    const probes = new ProbeMeasure()
    probes.expect(1, size)
    return probes.update(received)
  }

  it('is the rate of sending where the link takes it', () => {
    expect(measure(packets(5, 2, 2))).toEqual({ cluster: 1, rate: 4_800_000, saturated: false })
    expect(measure(packets(5, 2, 1.5))?.rate).toBe(4_800_000)
  })

  it('is a little less than the link where it does not', () => {
    const result = measure(packets(5, 2, 4))
    expect(result?.saturated).toBe(true)
    expect(result?.rate).toBeCloseTo(0.95 * 2_400_000)
  })

  it('is nothing without four fifths of the packets, or when they came all at once', () => {
    expect(measure(packets(3, 2, 2))).toBeUndefined()
    expect(measure(packets(4, 2, 2))).toBeDefined()
    expect(measure(packets(5, 2, 0))).toBeUndefined()
    expect(measure(packets(5, 0, 2))).toBeUndefined()
    expect(measure(packets(5, 2, 0.5))).toBeUndefined()
    expect(measure(packets(5, 400, 400))).toBeUndefined()
  })

  it('knows only clusters that were announced, and not all of them for ever', () => {
    const probes = new ProbeMeasure()
    expect(probes.update(packets(5, 2, 2))).toBeUndefined()
    for (let id = 1; id <= 20; id++) probes.expect(id, size)
    expect(probes.update(packets(5, 2, 2))).toBeUndefined()
  })
})
