import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { genericNack, transportFeedback } from '../../support/headless-receiver/rtcp.js'
import { seeded } from '../../support/random.js'
import { SenderLab, type SentRtp, simulateTime } from './sender-lab.js'

beforeEach(simulateTime)
afterEach(() => {
  vi.useRealTimers()
})

const Mbit = 1_000_000
const SSRC = 0x11223344
const bits = (packets: readonly SentRtp[]): number => packets.reduce((sum, { size }) => sum + size * 8, 0)

/** A viewer that has been good for so long. */
function watching(options: ConstructorParameters<typeof SenderLab>[0] = { link: { rate: 10 * Mbit } }) {
  const lab = new SenderLab(options)
  lab.run(3_000, 2 * Mbit)
  return lab
}

describe('a viewer that asks for everything again and again', () => {
  it('gets half of its rate of it, and the media all the same', () => {
    const lab = watching()
    const from = lab.now
    let turn = 0
    lab.run(5_000, 2 * Mbit, () => {
      if (turn++ % 10 > 0) return
      const all = lab.media().slice(-1_000)
      lab.nack(all.map(({ sequenceNumber }) => sequenceNumber))
    })
    const repeated = lab.repeated(from)
    expect(repeated.length).toBeGreaterThan(100)
    expect(bits(repeated) / 5).toBeLessThan(0.6 * 10 * Mbit)
    expect(bits(repeated) / 5).toBeLessThan(0.6 * lab.stats.estimate)
    expect(bits(lab.media(from)) / 5).toBeGreaterThan(0.7 * 2 * Mbit)
    expect(lab.stats.framesSent).toBeGreaterThan(8 * 30 - 10)
  })

  it('of what there never was, gets nothing', () => {
    const lab = watching({ link: { rate: 10 * Mbit } })
    const from = lab.now
    const before = lab.stats.packetsRetransmitted
    const never = Array.from({ length: 1_000 }, (_, i) => (40_000 + i * 17) & 0xffff)
    lab.run(1_000, 2 * Mbit, () => lab.nack(never))
    expect(lab.stats.packetsRetransmitted).toBe(before)
    expect(lab.media(from).length).toBeGreaterThan(100)
  })

  it('without transport-wide feedback, too, gets no more than half of its rate', () => {
    const lab = new SenderLab({ transportCc: false })
    lab.run(1_000)
    const from = lab.now
    lab.run(5_000, 50 * Mbit, () =>
      lab.nack(
        lab
          .media()
          .slice(-900)
          .map(({ sequenceNumber }) => sequenceNumber),
      ),
    )
    expect(bits(lab.repeated(from)) / 5).toBeLessThan(0.6 * Mbit)
    expect(bits(lab.sent.filter(({ at }) => at >= from)) / 5).toBeLessThan(1.2 * Mbit)
  })
})

describe('a viewer that floods requests for a keyframe', () => {
  it('has few made, and is still served', () => {
    const lab = watching()
    const before = lab.keyframeRequests.length
    lab.run(15_000, 2 * Mbit, () => {
      for (let i = 0; i < 5; i++) lab.pli()
    })
    const requests = lab.keyframeRequests.length - before
    expect(requests).toBeLessThanOrEqual(4 + 15 / 1.5)
    expect(requests).toBeGreaterThanOrEqual(10)
    expect(lab.stats.framesSent).toBeGreaterThan(18 * 30 - 10)
  })

  it('gets no more packets for it than its rate', () => {
    const lab = watching({ link: { rate: 2 * Mbit } })
    const from = lab.now
    lab.run(10_000, 50 * Mbit, () => lab.pli())
    expect(bits(lab.sent.filter(({ at }) => at >= from)) / 10).toBeLessThan(1.1 * 2 * Mbit)
    expect(lab.longestQueue).toBeLessThan(301)
  })

  it('and then needs one, gets it within two seconds', () => {
    const lab = watching()
    for (let i = 0; i < 100; i++) lab.pli()
    lab.run(50, 2 * Mbit)
    const before = lab.keyframeRequests.length
    lab.pli()
    lab.run(2_000, 2 * Mbit)
    expect(lab.keyframeRequests.length).toBeGreaterThan(before)
  })
})

describe('feedback that is garbage', () => {
  it('random bytes change nothing', () => {
    const lab = watching()
    const next = seeded(11)
    const rate = lab.sender.mediaRate(lab.now)
    for (let i = 0; i < 3_000; i++) {
      const packet = Uint8Array.from({ length: 4 + Math.floor(next() * 80) }, () => Math.floor(next() * 256))
      packet[0] = 0x80 | (packet[0]! & 31)
      packet[1] = [201, 205, 206, 207][i % 4]!
      if (i % 2) packet.set([0, packet.length / 4 - 1], 2)
      lab.receive(packet)
    }
    lab.run(1_000, 2 * Mbit)
    expect(lab.sender.mediaRate(lab.now)).toBeGreaterThan(0.5 * rate)
    expect(lab.stats.framesSent).toBeGreaterThan(4 * 30 - 10)
  })

  it.each([
    ['of packets that were never sent', { base: 50_000, arrivals: Array(200).fill(0) }],
    ['that all were lost', { base: 0, arrivals: Array(400).fill(Number.NaN) }],
    ['that came before they were sent', { base: 0, arrivals: Array.from({ length: 400 }, (_, i) => -i) }],
    ['that came all at one moment', { base: 0, arrivals: Array(400).fill(0) }],
    ['that came hours apart', { base: 0, arrivals: Array.from({ length: 400 }, (_, i) => i * 8_000) }],
  ])('%s: rates stay within bounds, and media flows', (_, about) => {
    const lab = watching()
    lab.sender.setMaxRate(5 * Mbit)
    const from = lab.now
    let count = 0
    lab.run(3_000, 2 * Mbit, () => {
      lab.receive(transportFeedback(1, SSRC, { ...about, referenceTime: count, count: count++ & 0xff }))
    })
    const { estimate, queueDelay, loss, roundTripTime } = lab.stats
    for (const value of [estimate, queueDelay, loss, roundTripTime]) expect(value).toBeGreaterThanOrEqual(0)
    expect(estimate).toBeGreaterThanOrEqual(100_000)
    expect(estimate).toBeLessThanOrEqual((5 * Mbit * 4) / 0.95 + 1)
    expect(lab.media(from).length).toBeGreaterThan(50)
    expect(bits(lab.sent.filter(({ at }) => at >= from)) / 3).toBeLessThan(5 * Mbit)
  })

  it('a REMB of nothing or of everything does not matter beside transport-wide feedback', () => {
    const lab = watching()
    const rate = lab.sender.mediaRate(lab.now)
    lab.run(1_000, 2 * Mbit, () => lab.remb(lab.now % 2 ? 0 : 2 ** 40))
    expect(lab.sender.mediaRate(lab.now)).toBeGreaterThan(0.5 * rate)
    expect(lab.sender.mediaRate(lab.now)).toBeLessThan(50 * Mbit)
  })

  it('a REMB of nothing leaves what is always sent, one of everything ends at the maximum', () => {
    const lab = new SenderLab({ transportCc: false })
    lab.sender.setMaxRate(2 * Mbit)
    lab.run(500)
    lab.remb(0)
    expect(lab.sender.mediaRate(lab.now)).toBe(0.95 * 100_000)
    lab.remb(2 ** 60)
    expect(lab.sender.mediaRate(lab.now)).toBeLessThanOrEqual(4 * 2 * Mbit + 1)
  })

  it('thousands of NACKs of everything at once bring no more than one answer', () => {
    const lab = watching()
    const all = genericNack(
      1,
      SSRC,
      lab
        .media()
        .slice(-1_000)
        .map(({ sequenceNumber }) => sequenceNumber),
    )
    const before = lab.sent.length
    for (let i = 0; i < 5_000; i++) lab.receive(all)
    lab.run(100, 0)
    expect(lab.sent.length - before).toBeLessThan(1_500)
  })
})
