import { describe, expect, it } from 'vitest'
import { OptionError } from '../../../src/common/errors.js'
import type { PacketizedFrame } from '../../../src/rtp/packetizer.js'
import { parseRtcp } from '../../../src/rtp/rtcp/parse.js'
import { RtpStream } from '../../../src/rtp/stream.js'
import { parseRtp, parseRtx } from '../../support/depacketize.js'
import { frameOf, sendMany, streamOf } from './support.js'

const RTX = { ssrc: 0x55667788, payloadType: 97, firstSequenceNumber: 7 }

describe('sending', () => {
  it('writes header, marker and sequence numbers', () => {
    const { stream, parsed } = streamOf({ clockOffset: 5 })
    const frame = frameOf([30, 20], 1000)
    stream.sendPacket(frame, 0, 1001)
    stream.sendPacket(frame, 1, 1002)
    const [first, second] = parsed()
    expect(first).toMatchObject({
      payloadType: 96,
      sequenceNumber: 100,
      timestamp: 90_005,
      ssrc: 0x11223344,
      marker: false,
    })
    expect(first?.payload).toEqual(frame.packets[0]?.subarray(64))
    expect(second).toMatchObject({ sequenceNumber: 101, timestamp: 90_005, marker: true })
    expect(stream.stats).toMatchObject({ packetsSent: 2, framesSent: 1, bytesSent: 12 + 30 + 12 + 20 })
  })

  it('lets viewers share a packet without reading each other’s header', () => {
    const a = streamOf({ ssrc: 1, extensions: { transportCc: 3, mid: 4 }, mid: '0' })
    const b = streamOf({ ssrc: 2 })
    const frame = frameOf([50, 60])
    for (const index of [0, 1]) for (const { stream } of [a, b]) stream.sendPacket(frame, index, 0)
    for (const [i, { ssrc, payload }] of [...a.parsed(), ...b.parsed()].entries()) {
      expect(ssrc).toBe(i < 2 ? 1 : 2)
      expect(payload).toEqual(frame.packets[i % 2]?.subarray(64))
    }
  })

  it('wraps sequence numbers and timestamps', () => {
    const { stream, parsed } = streamOf({ firstSequenceNumber: 32767, clockOffset: 0xffffffff })
    sendMany(stream, 32768)
    stream.sendPacket(frameOf([1], 1), 0, 0)
    const packets = parsed()
    expect(packets[0]).toMatchObject({ sequenceNumber: 32767, timestamp: 0xffffffff })
    expect(packets.at(-2)?.sequenceNumber).toBe(65534)
    expect(packets.at(-1)).toMatchObject({ sequenceNumber: 65535, timestamp: 89 })
    stream.sendPacket(frameOf([1]), 0, 0)
    expect(parsed().at(-1)?.sequenceNumber).toBe(0)
  })

  it('starts in the lower half of the sequence numbers', () => {
    for (let i = 0; i < 100; i++) {
      let packet: Buffer | undefined
      const stream = new RtpStream({
        ssrc: 1,
        payloadType: 96,
        clockOffset: 0,
        cname: '',
        out: (view) => {
          packet = Buffer.from(view)
        },
      })
      stream.sendPacket(frameOf([1]), 0, 0)
      expect(packet && parseRtp(packet).sequenceNumber).toBeLessThan(32768)
    }
    expect(() => streamOf({ firstSequenceNumber: 32768 })).toThrow(OptionError)
  })

  it('counts what the transport refuses', () => {
    const { stream } = streamOf({ out: () => false })
    expect(stream.sendPacket(frameOf([1]), 0, 0)).toBe(false)
    expect(stream.stats.packetsRefused).toBe(1)
  })

  it('ignores a packet that a frame does not have', () => {
    const { stream, packets } = streamOf()
    expect(stream.sendPacket(frameOf([1]), 1, 0)).toBe(false)
    expect(packets).toEqual([])
  })
})

describe('RTP time', () => {
  const timestamps = (frames: PacketizedFrame[], clockOffset = 0): number[] => {
    const { stream, parsed } = streamOf({ clockOffset })
    for (const frame of frames) for (const index of frame.packets.keys()) stream.sendPacket(frame, index, 0)
    return parsed().map(({ timestamp }) => timestamp)
  }

  it('is a tick later when the same picture comes once more, from another rung', () => {
    const [fromOne, fromOther] = [frameOf([10, 10], 1000), frameOf([10, 10], 1000, true)]
    expect(timestamps([fromOne, fromOther])).toEqual([90_000, 90_000, 90_001, 90_001])
  })

  it('rises even when the other rung is a picture or two behind', () => {
    const frames = [1000, 966, 983, 1000, 1033].map((time) => frameOf([10], time))
    expect(timestamps(frames)).toEqual([90_000, 90_001, 90_002, 90_003, 92_970])
  })

  it('rises by a tick across the wrap', () => {
    expect(timestamps([frameOf([10], 1), frameOf([10], 1), frameOf([10], 2)], 2 ** 32 - 91)).toEqual([
      2 ** 32 - 1,
      0,
      89,
    ])
  })

  it('is the one of the image whatever came before, when it is later', () => {
    expect(timestamps([frameOf([10], 1000), frameOf([10], 1000), frameOf([10], 1001)]).at(-1)).toBe(90_090)
  })

  it('is to the tick what a viewer is told in advance', () => {
    const clockOffset = 0xfffffff0
    const { stream, parsed } = streamOf({ clockOffset })
    const times = [123_456_789.012_3, 123_456_789.012_3, 123_456_700, 123_456_822.333_3]
    const frames = times.map((time) => frameOf([10], time))
    const told = frames.map((frame) => stream.timeOf(frame))
    for (const frame of frames) stream.sendPacket(frame, 0, 0)
    expect(parsed().map(({ timestamp }) => timestamp)).toEqual(
      told.map((time) => (time + clockOffset) % 2 ** 32),
    )
    expect(new Set(told).size).toBe(4)
    // What was asked for and then not sent changes nothing.
    stream.timeOf(frameOf([10], 123_456_900))
    const late = frameOf([10], 123_456_850)
    stream.sendPacket(late, 0, 0)
    expect(parsed().at(-1)?.timestamp).toBe((stream.timeOf(late) + clockOffset) % 2 ** 32)
  })

  it.each([undefined, RTX])('of a retransmission is that of the first sending (RTX: %o)', (rtx) => {
    const { stream, parsed } = streamOf(rtx ? { rtx } : {})
    const frames = [frameOf([10], 1000), frameOf([10], 1000, true), frameOf([10], 2000)]
    for (const frame of frames) stream.sendPacket(frame, 0, 1000)
    for (const item of stream.onNack([101, 100], 2000)) stream.retransmit(item, 2000)
    expect(parsed().map(({ timestamp }) => timestamp)).toEqual([90_000, 90_001, 180_000, 90_001, 90_000])
    // … and it changes nothing for what follows.
    stream.sendPacket(frameOf([10], 2000), 0, 2000)
    expect(parsed().at(-1)?.timestamp).toBe(180_001)
  })
})

describe('header extensions', () => {
  const extensions = { playoutDelay: 2, transportCc: 3, mid: 4 }

  it('are written in the one-byte form', () => {
    const { stream, parsed, packets } = streamOf({
      extensions,
      mid: 'video',
      playoutDelay: { min: 10, max: 400 },
    })
    sendMany(stream, 2)
    expect(packets[0]?.readUInt16BE(12)).toBe(0xbede)
    const [first, second] = parsed()
    expect(first?.extensions.get(2)).toEqual(Buffer.from([0x00, 0x10, 0x28]))
    expect(first?.extensions.get(3)).toEqual(Buffer.from([0, 0]))
    expect(second?.extensions.get(3)).toEqual(Buffer.from([0, 1]))
    expect(first?.extensions.get(4)).toEqual(Buffer.from('video'))
  })

  it('are all written in the two-byte form when one id needs it', () => {
    const { stream, parsed, packets } = streamOf({ extensions: { ...extensions, mid: 15 }, mid: '1' })
    sendMany(stream, 1)
    expect(packets[0]?.readUInt16BE(12)).toBe(0x1000)
    expect([...(parsed()[0]?.extensions ?? [])]).toEqual([
      [3, Buffer.from([0, 0])],
      [2, Buffer.from([0x00, 0x00, 0x0a])],
      [15, Buffer.from('1')],
    ])
  })

  it('keep the largest header within its budget', () => {
    const { stream, packets } = streamOf({
      extensions: { playoutDelay: 200, transportCc: 201, mid: 202 },
      mid: 'x'.repeat(16),
      rtx: RTX,
    })
    const frame = frameOf([1154])
    stream.sendPacket(frame, 0, 0)
    for (const item of stream.onNack([100], 0)) stream.retransmit(item, 0)
    expect(packets.map(({ length }) => length)).toEqual([1198, 1200])
  })

  it('leave out a MID that is too long', () => {
    const { stream, parsed } = streamOf({ extensions: { mid: 4 }, mid: 'x'.repeat(17) })
    sendMany(stream, 1)
    expect(parsed()[0]?.extensions.size).toBe(0)
  })

  it.each([{ mid: 0 }, { mid: 256 }, { mid: 1.5 }, { mid: 3, transportCc: 3 }])(
    'refuse ids %o',
    (extensions) => {
      expect(() => streamOf({ extensions, mid: '0' })).toThrow(OptionError)
    },
  )

  it.each([
    { min: 10, max: 0 },
    { min: -10, max: 0 },
    { min: 0, max: 40_960 },
    { min: 0, max: Number.NaN },
  ])('refuse a playout delay of %o', (playoutDelay) => {
    expect(() => streamOf({ extensions, playoutDelay })).toThrow(OptionError)
  })
})

describe('padding', () => {
  it('is the largest of the last packets, by RTX', () => {
    const { stream, parsed } = streamOf({ rtx: RTX, extensions: { transportCc: 3 } })
    expect(stream.sendPadding(0)).toBe(0)
    const frame = frameOf([90, 60, 5])
    for (let i = 0; i < 3; i++) stream.sendPacket(frame, i, 10)
    const before = stream.sentPackets.nextSequenceNumber
    expect(stream.sendPadding(20)).toBeGreaterThan(90)
    expect(parsed().at(-1)).toMatchObject({ ssrc: RTX.ssrc, sequenceNumber: 7 })
    expect(parseRtx(parsed().at(-1)?.payload ?? Buffer.alloc(0)).originalSequenceNumber).toBe(100)
    expect(stream.sentPackets.nextSequenceNumber).toBe(before + 1)
    expect(stream.stats).toMatchObject({ paddingPackets: 1, packetsRetransmitted: 0 })
  })

  it('does not keep a packet from being asked for', () => {
    const { stream } = streamOf({ rtx: RTX })
    sendMany(stream, 1)
    stream.sendPadding(20)
    expect(stream.onNack([100], 21)).toHaveLength(1)
  })

  it('is none without RTX', () => {
    const { stream, packets } = streamOf()
    sendMany(stream, 1)
    expect(stream.sendPadding(20)).toBe(0)
    expect(packets).toHaveLength(1)
  })
})

describe('retransmission', () => {
  it('goes to the RTX stream', () => {
    const { stream, parsed } = streamOf({ rtx: RTX, extensions: { transportCc: 3 } })
    const frame = frameOf([40, 50], 20)
    stream.sendPacket(frame, 0, 20)
    stream.sendPacket(frame, 1, 20)
    for (const item of stream.onNack([101, 100], 25)) stream.retransmit(item, 25)
    const [, , second, first] = parsed()
    expect(second).toMatchObject({
      ssrc: RTX.ssrc,
      payloadType: 97,
      sequenceNumber: 7,
      timestamp: 1800,
      marker: true,
    })
    expect(first).toMatchObject({ sequenceNumber: 8, marker: false })
    expect(first?.extensions.get(3)).toEqual(Buffer.from([0, 3]))
    const original = parseRtx(first?.payload ?? Buffer.alloc(0))
    expect(original.originalSequenceNumber).toBe(100)
    expect(original.payload).toEqual(frame.packets[0]?.subarray(64))
    expect(stream.stats).toMatchObject({ packetsSent: 2, packetsRetransmitted: 2, nackedNotFound: 0 })
  })

  it('without RTX repeats the packet, but not one of 1,000 packets ago', () => {
    const { stream, packets } = streamOf()
    const now = sendMany(stream, 1001)
    expect(stream.onNack([100], now)).toEqual([])
    expect(stream.stats.nackedNotFound).toBe(1)
    const [item] = stream.onNack([101], now)
    expect(item && stream.retransmit(item, now)).toBe(true)
    expect(packets.at(-1)).toEqual(packets[1])
  })

  it('without RTX drops a packet that grew too old while it waited', () => {
    const { stream, packets } = streamOf()
    const now = sendMany(stream, 1000)
    const [item] = stream.onNack([100], now)
    sendMany(stream, 1, now)
    expect(item && stream.retransmit(item, now)).toBe(false)
    expect(packets).toHaveLength(1001)
  })

  it('does not repeat a packet twice at a time', () => {
    const { stream } = streamOf({ rtx: RTX })
    sendMany(stream, 1)
    expect(stream.onNack([100, 100], 5)).toHaveLength(1)
    expect(stream.onNack([100], 19)).toHaveLength(0)
    expect(stream.onNack([100], 20)).toHaveLength(1)
  })

  it('waits a round trip before it repeats a packet again', () => {
    const { stream } = streamOf({ rtx: RTX })
    sendMany(stream, 1)
    const lsr = stream.senderReport(1000).readUInt32BE(10)
    stream.onReport({ ...REPORT, lastSenderReport: lsr, delaySinceLastSenderReport: 65536 / 4 }, 1350)
    expect(stream.reception?.roundTripTime).toBeCloseTo(100, 1)
    expect(stream.onNack([100], 2000)).toHaveLength(1)
    expect(stream.onNack([100], 2090)).toHaveLength(0)
    expect(stream.onNack([100], 2101)).toHaveLength(1)
  })

  it('finds what is in the ring, and nothing else, when everything is asked for', () => {
    const { stream } = streamOf({ rtx: RTX })
    const now = sendMany(stream, 3000)
    const everything = Array.from({ length: 65_536 }, (_, i) => i)
    expect(stream.onNack(everything, now)).toHaveLength(2048)
    expect(stream.stats.nackedNotFound).toBe(65_536 - 2048)
  })
})

const REPORT = {
  ssrc: 0x11223344,
  fractionLost: 0.25,
  packetsLost: 3,
  highestSequenceNumber: 100,
  jitter: 900,
  lastSenderReport: 0,
  delaySinceLastSenderReport: 0,
}

describe('reports', () => {
  it('send SR and SDES', () => {
    const { stream } = streamOf({ clockOffset: 7 })
    const frame = frameOf([40, 50])
    stream.sendPacket(frame, 0, 0)
    stream.sendPacket(frame, 1, 0)
    const report = stream.senderReport(1500)
    expect(parseRtcp(report)).toEqual([
      {
        type: 'sender-report',
        ssrc: 0x11223344,
        ntp: { seconds: 2_208_988_801, fraction: 0x80000000 },
        rtpTimestamp: 135_007,
        packetCount: 2,
        octetCount: 90,
        reports: [],
      },
    ])
    expect(report.subarray(28).toString('latin1')).toContain('pixelcast')
  })

  it('count RTX apart, and plain repetitions', () => {
    for (const [rtx, count] of [
      [{ rtx: RTX }, 1],
      [{}, 2],
    ] as const) {
      const { stream } = streamOf(rtx)
      sendMany(stream, 1)
      for (const item of stream.onNack([100], 0)) stream.retransmit(item, 0)
      expect(parseRtcp(stream.senderReport(0))).toMatchObject([
        { packetCount: count, octetCount: 10 * count },
      ])
    }
  })

  it('say goodbye for both streams', () => {
    const { stream } = streamOf({ rtx: RTX })
    expect(parseRtcp(stream.bye(0))).toMatchObject([
      { type: 'sender-report' },
      { type: 'bye', ssrcs: [0x11223344, RTX.ssrc] },
    ])
  })

  it('are read for loss and jitter', () => {
    const { stream } = streamOf()
    expect(stream.reception).toBeUndefined()
    stream.onReport({ ...REPORT, ssrc: 9 }, 0)
    expect(stream.reception).toBeUndefined()
    stream.onReport(REPORT, 0)
    expect(stream.reception).toEqual({
      roundTripTime: undefined,
      fractionLost: 0.25,
      packetsLost: 3,
      jitter: 10,
    })
  })

  it('give no round trip for a sender report that was never sent', () => {
    const { stream } = streamOf()
    stream.senderReport(1000)
    stream.onReport({ ...REPORT, lastSenderReport: 12345 }, 1100)
    expect(stream.reception?.roundTripTime).toBeUndefined()
  })
})
