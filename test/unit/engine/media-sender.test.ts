import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { PAYLOAD, SenderLab, type SentRtp, simulateTime } from './sender-lab.js'

beforeEach(simulateTime)
afterEach(() => {
  vi.useRealTimers()
})

const Mbit = 1_000_000
const bits = (packets: readonly SentRtp[]): number => packets.reduce((sum, { size }) => sum + size * 8, 0)

describe('frames', () => {
  it('begin with a keyframe, and are dropped before it', () => {
    const lab = new SenderLab()
    expect(lab.sender.waitsForKeyframe).toBe(true)
    lab.frame(3)
    lab.run(100, 0)
    expect(lab.sent).toEqual([])
    lab.frame(2, true)
    lab.frame(1)
    lab.run(100, 0)
    expect(lab.media()).toHaveLength(3)
    expect(lab.sender.waitsForKeyframe).toBe(false)
  })

  it('are spread over the time that the rate takes', () => {
    const lab = new SenderLab({ transportCc: false })
    const start = lab.now
    lab.frame(60, true)
    // 69 kB at 2.5 times 1 Mbit/s are 221 ms.
    expect(lab.sender.backlog).toBeGreaterThan(150)
    lab.run(400, 0)
    const times = lab.media().map(({ at }) => at - start)
    expect(times).toHaveLength(60)
    expect(times.filter((at) => at < 5).length).toBeLessThan(20)
    expect(times.at(-1)).toBeGreaterThan(150)
    expect(times.at(-1)).toBeLessThan(260)
    expect(lab.sender.backlog).toBeLessThanOrEqual(0)
  })

  it('that a slow viewer cannot take are dropped, and a keyframe is asked for', () => {
    const lab = new SenderLab({ transportCc: false, rates: { start: 200_000, min: 50_000 } })
    lab.frame(2, true)
    lab.run(100, 0)
    for (let i = 0; i < 10; i++) {
      lab.frame(10)
      lab.run(33, 0)
    }
    expect(lab.sender.waitsForKeyframe).toBe(true)
    expect(lab.keyframeRequests.map(({ cause }) => cause)).toEqual(['overflow'])
    expect(lab.stats).toMatchObject({ stalls: 1, keyframes: { overflow: 1, asked: 0 } })
    expect(lab.stats.framesDropped).toBeGreaterThan(5)
    lab.frame(1, true)
    lab.run(500, 0)
    expect(lab.sender.waitsForKeyframe).toBe(false)
    const { stalledTime } = lab.stats
    lab.run(100, 0)
    expect(lab.stats.stalledTime).toBe(stalledTime)
  })
})

describe('the rate', () => {
  it.each([0.6 * Mbit, 3 * Mbit, 20 * Mbit])('becomes that of a network of %d bit/s, and is told', (rate) => {
    const lab = new SenderLab({ link: { rate } })
    lab.run(5_000)
    const settled = lab.now
    const changes = lab.rateChanges
    expect(changes).toBeGreaterThan(0)
    lab.run(10_000)
    expect(lab.sender.mediaRate(lab.now)).toBeGreaterThan(0.6 * rate)
    expect(lab.sender.mediaRate(lab.now)).toBeLessThan(1.05 * rate)
    expect(bits(lab.arrived.filter(({ at }) => at > settled)) / 10).toBeGreaterThan(0.7 * rate)
    expect(lab.longestQueue).toBeLessThan(301)
    expect(lab.stats.loss).toBeLessThan(0.05)
    // By more than a little, and not with each feedback.
    expect(lab.rateChanges - changes).toBeLessThan(100)
  })

  it('starts where it is told to, and is never less than it is told to be', () => {
    expect(new SenderLab({ rates: { start: 4 * Mbit } }).sender.mediaRate(0)).toBe(0.95 * 4 * Mbit)
    const lab = new SenderLab({ link: { rate: 300_000 }, rates: { min: 800_000 } })
    lab.run(10_000)
    expect(lab.sender.mediaRate(lab.now)).toBeGreaterThanOrEqual(0.95 * 0.5 * 800_000)
    expect(lab.sender.capacity).toBeGreaterThanOrEqual(0.95 * 800_000)
  })

  it('is not looked for beyond what can be used', () => {
    const probes = (most: number) => {
      const lab = new SenderLab()
      lab.sender.setMaxRate(most)
      lab.run(20_000, most)
      return { ...lab.stats, capacity: lab.sender.capacity, sent: bits(lab.sent) / 20 }
    }
    const { capacity, sent, paddingPackets, packetsSent } = probes(Mbit)
    expect(capacity).toBeLessThanOrEqual(4 * Mbit + 1)
    expect(capacity).toBeGreaterThan(Mbit)
    expect(sent).toBeLessThan(1.15 * Mbit)
    expect(paddingPackets).toBeLessThan(0.1 * packetsSent)
  })

  it('is known a second after the first feedback, or at once when it is slow', () => {
    const lab = new SenderLab({ link: { rate: 5 * Mbit } })
    expect(lab.sender.isSettled(lab.now)).toBe(false)
    lab.run(500)
    expect(lab.sender.isSettled(lab.now)).toBe(false)
    lab.run(1_000)
    expect(lab.sender.isSettled(lab.now)).toBe(true)

    const slow = new SenderLab({ link: { rate: 300_000 } })
    slow.run(1_000)
    expect(slow.sender.isSettled(slow.now)).toBe(true)
  })
})

describe('without transport-wide feedback', () => {
  it('the rate is what the receiver estimates, and there are no probes', () => {
    const lab = new SenderLab({ transportCc: false })
    lab.run(1_000)
    expect(lab.sender.mediaRate(lab.now)).toBe(0.95 * Mbit)
    lab.remb(3 * Mbit)
    expect(lab.sender.mediaRate(lab.now) / (0.95 * 3 * Mbit)).toBeCloseTo(1, 3)
    lab.remb(400_000)
    expect(lab.sender.mediaRate(lab.now) / (0.95 * 400_000)).toBeCloseTo(1, 3)
    lab.run(10_000)
    expect(lab.repeated(), 'padding').toEqual([])
    expect(lab.stats.paddingPackets).toBe(0)
    expect(bits(lab.media(lab.now - 5_000)) / 5).toBeLessThan(1.1 * 400_000)
  })

  it('the rate gives way to reported loss, and grows without', () => {
    const lab = new SenderLab({ transportCc: false })
    for (let i = 0; i < 5; i++) {
      lab.run(1_000)
      lab.report(0.4)
    }
    const low = lab.sender.mediaRate(lab.now)
    expect(low).toBeLessThan(0.5 * Mbit)
    for (let i = 0; i < 10; i++) {
      lab.run(1_000)
      lab.report(0)
    }
    expect(lab.sender.mediaRate(lab.now)).toBeGreaterThan(1.3 * low)
    expect(lab.sender.isSettled(lab.now)).toBe(true)
  })
})

describe('what was lost', () => {
  /** A viewer that has seen some seconds, and a delta frame of ten packets just now. */
  function watching(options: ConstructorParameters<typeof SenderLab>[0]) {
    const lab = new SenderLab(options)
    lab.run(3_000, Mbit)
    lab.frame(10)
    lab.run(60, 0)
    const last = lab.media().slice(-10)
    return { lab, sequences: last.map(({ sequenceNumber }) => sequenceNumber) }
  }

  it('is sent again when it is asked for, by RTX', () => {
    const { lab, sequences } = watching({ link: { rate: 8 * Mbit } })
    const asked = lab.now
    lab.nack(sequences)
    lab.run(100, 0)
    expect(lab.repeated(asked).map(({ original }) => original)).toEqual(sequences)
    expect(lab.stats.packetsRetransmitted).toBe(10)
  })

  it('is sent more than once on a path that loses anyway, not all copies of one packet in a row', () => {
    const { lab, sequences } = watching({ link: { rate: 8 * Mbit, loss: 0.05 } })
    const asked = lab.now
    lab.nack(sequences)
    lab.run(150, 0)
    const repeated = lab.repeated(asked).map(({ original }) => original)
    for (const sequence of sequences) expect(repeated.filter((other) => other === sequence)).toHaveLength(3)
    expect(repeated.slice(0, 10)).toEqual(sequences)
  })

  it('is left out when a keyframe has made it superfluous', () => {
    const { lab, sequences } = watching({ link: { rate: 8 * Mbit } })
    lab.frame(5, true)
    lab.run(60, 0)
    const asked = lab.now
    const needed = lab.media().at(-1)!.sequenceNumber
    lab.nack([...sequences, needed])
    lab.run(100, 0)
    expect(lab.repeated(asked).map(({ original }) => original)).toEqual([needed])
  })
})

describe('a network that collapses', () => {
  function collapsed() {
    const lab = new SenderLab({ link: { rate: 8 * Mbit, queue: 2_000 } })
    lab.run(6_000, 6 * Mbit)
    const at = lab.now
    const requests = lab.keyframeRequests.length
    lab.change({ rate: 0.8 * Mbit })
    return { lab, at, requests: () => lab.keyframeRequests.slice(requests) }
  }

  it('is sent nothing until the next feedback tells how much is left, then a keyframe', () => {
    const { lab, at, requests } = collapsed()
    let held = 0
    lab.run(1_500, 6 * Mbit, () => {
      if (lab.sender.backlog > 0 && lab.sender.waitsForKeyframe) held ||= lab.now
    })
    expect(held, 'when it was held').toBeGreaterThan(at)
    expect(held).toBeLessThan(at + 700)
    // The packet times around the longest gap.
    const times = lab.sent.filter((packet) => packet.at >= at).map((packet) => packet.at)
    const gaps = times.slice(1).map((time, i) => time - times[i]!)
    expect(Math.max(...gaps)).toBeGreaterThanOrEqual(100)
    expect(requests().map(({ cause }) => cause)).toContain('overflow')
    expect(requests()[0]!.at - held).toBeGreaterThanOrEqual(100)
    expect(lab.stats.stalls).toBeGreaterThanOrEqual(1)
  })

  /** Runs until it is held. */
  function held() {
    const { lab, requests } = collapsed()
    while (!lab.sender.isUrgent) lab.run(1, 6 * Mbit)
    return { lab, requests, at: lab.now }
  }

  it('gets a keyframe that was made for others meanwhile at the end of the hold, and no second one', () => {
    const { lab, requests, at } = held()
    const asked = requests().length
    lab.run(30, 0)
    lab.frame(3, true)
    lab.run(60, 0)
    expect(lab.media(at + 1), 'while it is held').toEqual([])
    expect(lab.sender.isUrgent, 'once the keyframe is there').toBe(false)
    lab.run(100, 0)
    expect(lab.media(at + 1)).toHaveLength(3)
    expect(requests()).toHaveLength(asked)
  })

  it('is not sent again what was lost before the hold', () => {
    const { lab, at } = held()
    lab.nack(lab.media(at - 200).map(({ sequenceNumber }) => sequenceNumber))
    lab.run(300, 0)
    expect(lab.repeated(at)).toEqual([])
  })

  it('is not held again while the queue drains', () => {
    const { lab, at } = held()
    let holds = 0
    let before = true
    lab.run(450, 6 * Mbit, () => {
      if (lab.sender.isUrgent && !before) holds++
      before = lab.sender.isUrgent
    })
    expect(holds).toBe(0)
    expect(lab.media(at + 105).length).toBeGreaterThan(0)
  })

  it('is used again soon after, without a queue', () => {
    const { lab } = collapsed()
    lab.run(4_000, 6 * Mbit)
    lab.longestQueue = 0
    const from = lab.now
    lab.run(5_000, 6 * Mbit)
    expect(lab.longestQueue).toBeLessThan(200)
    expect(bits(lab.arrived.filter(({ at }) => at > from)) / 5).toBeGreaterThan(0.6 * 0.8 * Mbit)
    expect(lab.sender.waitsForKeyframe).toBe(false)
  })

  it('asks for nothing after the viewer has gone', () => {
    const { lab, requests } = collapsed()
    lab.run(1_000, 6 * Mbit, () => {
      if (lab.sender.waitsForKeyframe) lab.sender.stop()
    })
    const [stopped, sent] = [requests().length, lab.sent.length]
    lab.sender.stop()
    vi.advanceTimersByTime(1_000)
    expect(requests()).toHaveLength(stopped)
    expect(lab.sent).toHaveLength(sent)
  })
})

describe('the rest', () => {
  it('says goodbye when the viewer did', () => {
    const lab = new SenderLab()
    expect(lab.receive(Buffer.from('81cb000100000001', 'hex'))).toBe(true)
    expect(lab.receive(Buffer.from('80c9000100000001', 'hex'))).toBe(false)
  })

  it('does nothing by itself before the first frame', () => {
    const lab = new SenderLab()
    lab.run(5_000, 0)
    expect([lab.sent, lab.keyframeRequests, lab.rateChanges]).toEqual([[], [], 0])
  })

  it('counts what it does', () => {
    const lab = new SenderLab({ link: { rate: 5 * Mbit } })
    lab.sender.countJoin()
    lab.sender.countRungChange()
    lab.run(3_000, 2 * Mbit)
    const { bytesSent, packetsSent, paddingPackets, framesSent, keyframes, roundTripTime, loss } = lab.stats
    expect(bytesSent).toBe(lab.sent.reduce((sum, { size }) => sum + size, 0))
    expect(packetsSent).toBe(lab.media().length)
    expect(paddingPackets).toBe(lab.repeated().length)
    expect(framesSent).toBe(90)
    expect(keyframes).toEqual({ joined: 1, asked: 0, overflow: 0, rung: 1 })
    expect(roundTripTime).toBeGreaterThan(39)
    expect(roundTripTime).toBeLessThan(100)
    expect(loss).toBe(0)
    expect(Math.max(...lab.sent.map(({ payload }) => payload.length))).toBeLessThanOrEqual(PAYLOAD + 2)
  })
})
