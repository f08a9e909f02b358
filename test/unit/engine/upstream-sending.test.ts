import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { monotonicNow } from '../../../src/common/clock.js'
import type { UpstreamRung } from '../../../src/engine/upstream-rung.js'
import { UpstreamSending } from '../../../src/engine/upstream-sending.js'
import { publishedCodecs } from '../../../src/signaling/index.js'
import { parseRtp, parseRtx } from '../../support/depacketize.js'
import {
  fullIntraRequest,
  genericNack,
  pictureLossIndication,
  receiverEstimate,
} from '../../support/headless-receiver/rtcp.js'
import { frameOf } from '../rtp/support.js'
import { simulateTime } from './sender-lab.js'

const EXTENSIONS = { mid: 1, transportCc: 2, rid: 4, repairedRid: 5 }
const [CODEC] = publishedCodecs(['h264'])
const SOURCES = [
  { ssrc: 10, rtxSsrc: 11 },
  { ssrc: 20, rtxSsrc: 21 },
  { ssrc: 40, rtxSsrc: 41 },
]
const SSRCS = { f: 10, h: 20, q: 40 } as const
const TICK = 100

/** Something published to an engine that takes these rungs; REMB says what the network carries. */
class Lab {
  readonly packets: Buffer[] = []
  readonly joined: UpstreamRung[] = []
  readonly asked: UpstreamRung[] = []
  size = { width: 1280, height: 720 }
  maxBitrate = 4_000_000
  others: number | undefined
  bitsPerPixel = 0.02
  readonly sending: UpstreamSending

  constructor(
    rids: readonly string[],
    { transportCc = false, rungs = 3, maxBitrate = undefined as number | undefined } = {},
  ) {
    const { transportCc: id, ...rest } = EXTENSIONS
    const lab = this
    this.sending = new UpstreamSending({
      peer: { isOpen: true, send: (packet) => lab.packets.push(Buffer.from(packet)) > 0 },
      identity: { id: 'u', session: 'u', track: 't' },
      agreed: {
        codec: CODEC!,
        rtx: true,
        extensions: transportCc ? { ...rest, transportCc: id } : rest,
        rids,
        transport: {} as never,
        iceLite: false,
      },
      source: { sources: SOURCES, clockOffset: 5, cname: 'c', streamId: 's', trackId: 't' },
      settings: { codecs: ['h264'], rungs, ice: {}, maxBitrate },
      rates: { min: 50_000 },
      track: {
        get size() {
          return lab.size
        },
        get maxBitrate() {
          return lab.maxBitrate
        },
        contentHint: 'motion',
        bitsPerPixel: () => lab.bitsPerPixel,
        slowestOn: (_, scale) => (scale === 1 ? lab.others : undefined),
        join: (rung) => lab.joined.push(rung),
        leave: (rung) => lab.joined.splice(lab.joined.indexOf(rung), 1),
        requestKeyframe: (rung) => lab.asked.push(rung),
        planSoon: () => {},
      },
      onPace: () => {},
    })
  }

  /** The scales of what is sent, the smallest picture first. */
  get scales(): (number | undefined)[] {
    return this.joined.map(({ only }) => only).sort((a = 1, b = 1) => b - a)
  }

  rung(scale: number): UpstreamRung {
    return this.joined.find(({ only }) => only === scale)!
  }

  /** The scales of what was sent at the beginning. */
  shown: readonly (number | undefined)[] = []

  open(rate: number): void {
    this.carries(rate)
    this.sending.opened(monotonicNow())
    this.shown = this.scales
  }

  /** From now on. */
  carries(rate: number): void {
    this.hears(receiverEstimate(1, 40, rate))
  }

  hears(packet: Uint8Array): void {
    this.sending.receive(Buffer.from(packet), monotonicNow())
  }

  run(time: number): void {
    for (let passed = 0; passed < time; passed += TICK) {
      vi.advanceTimersByTime(TICK)
      for (const rung of [...this.joined]) rung.pace(monotonicNow())
    }
  }

  /** What left since it was asked last. */
  sent() {
    return this.packets
      .splice(0)
      .filter((packet) => packet[1]! < 192 || packet[1]! > 223)
      .map(parseRtp)
  }
}

const textOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString()

beforeEach(simulateTime)
afterEach(() => vi.useRealTimers())

describe('rungs that are published at the same time', () => {
  it('are streams of their own with a rid, one clock and one count of packets, repaired by name', () => {
    const lab = new Lab(['f', 'h', 'q'], { transportCc: true })
    lab.open(9_000_000)
    expect(lab.scales).toEqual([4, 2, 1])
    const captureTime = monotonicNow()
    for (const scale of [1, 2, 4]) lab.rung(scale).sendFrame(frameOf([100], captureTime, true))
    const all = lab.sent()
    // It is probed as well, with repetitions.
    const sent = all.filter(({ payloadType }) => payloadType === CODEC!.payloadType)
    expect(
      sent.map(({ ssrc, extensions }) => [ssrc, textOf(extensions.get(1)), textOf(extensions.get(4))]),
    ).toEqual([
      [10, '0', 'f'],
      [20, '0', 'h'],
      [40, '0', 'q'],
    ])
    expect(new Set(sent.map(({ timestamp }) => timestamp)).size).toBe(1)
    const counts = all.map(({ extensions }) => Buffer.from(extensions.get(2)!).readUInt16BE())
    expect(counts).toEqual(all.map((_, index) => index))
    vi.advanceTimersByTime(200)
    lab.sent()
    lab.hears(genericNack(1, SSRCS.h, [sent[1]!.sequenceNumber]))
    vi.advanceTimersByTime(50)
    const [repair] = lab.sent().filter(({ ssrc }) => ssrc === 21)
    expect(repair?.payloadType).toBe(CODEC!.rtxPayloadType)
    expect(parseRtx(repair!.payload).originalSequenceNumber).toBe(sent[1]!.sequenceNumber)
    expect([repair!.extensions.get(4), textOf(repair!.extensions.get(5))]).toEqual([undefined, 'h'])
    lab.sending.stop()
  })

  it('get the keyframe that was asked for by name, and no other', () => {
    const lab = new Lab(['f', 'h', 'q'])
    lab.open(9_000_000)
    lab.asked.length = 0
    lab.hears(pictureLossIndication(1, SSRCS.h))
    lab.hears(fullIntraRequest(1, SSRCS.q, 7))
    lab.hears(pictureLossIndication(1, 99))
    expect(lab.asked.map(({ only }) => only)).toEqual([2, 4])
    lab.sending.stop()
  })

  it('are as many as the network carries, and come back with a keyframe', () => {
    const lab = new Lab(['f', 'h', 'q'])
    lab.open(9_000_000)
    lab.carries(900_000)
    lab.run(TICK)
    expect(lab.scales).toEqual([4, 2])
    lab.carries(150_000)
    lab.run(TICK)
    expect(lab.scales).toEqual([4])
    const [smallest] = lab.joined
    // Of 150 kbit/s: 5 % are for headers.
    expect(smallest!.demand(monotonicNow())).toMatchObject({ rate: 142_500, isKnown: true })
    lab.carries(9_000_000)
    lab.run(9_000)
    expect(lab.scales).toEqual([4])
    lab.run(4_000)
    expect(lab.scales).toEqual([4, 2, 1])
    expect([1, 2, 4].map((scale) => lab.rung(scale).demand(monotonicNow()).rate)).toEqual([
      4_000_000, 500_000, 125_000,
    ])
    // What was before is of no use any more.
    for (const scale of [1, 2, 4]) expect(lab.rung(scale).waitsForKeyframe).toBe(true)
    lab.sending.stop()
    expect(lab.joined).toEqual([])
  })

  it('go on where they were when they come back', () => {
    const lab = new Lab(['f', 'h', 'q'])
    lab.open(9_000_000)
    const full = lab.rung(1)
    full.sendFrame(frameOf([100], monotonicNow(), true))
    const [before] = lab.sent()
    lab.carries(300_000)
    // At once, not only with the next tick.
    expect(lab.scales).not.toContain(1)
    lab.asked.length = 0
    lab.hears(pictureLossIndication(1, SSRCS.f))
    lab.hears(genericNack(1, SSRCS.f, [before!.sequenceNumber]))
    lab.run(TICK)
    expect([lab.asked, lab.sent()]).toEqual([[], []])
    lab.carries(9_000_000)
    lab.run(14_000)
    lab.sent()
    expect(lab.rung(1)).toBe(full)
    full.sendFrame(frameOf([100], monotonicNow()))
    expect(lab.sent()).toEqual([])
    full.sendFrame(frameOf([100], monotonicNow(), true))
    const [after] = lab.sent()
    expect(after?.sequenceNumber).toBe(before!.sequenceNumber + 1)
    lab.sending.stop()
  })

  it('keep within the bound that was set for all together', () => {
    const lab = new Lab(['f', 'h', 'q'], { maxBitrate: 2_000_000 })
    lab.open(9_000_000)
    const rates = [4, 2, 1].map((scale) => lab.rung(scale).demand(monotonicNow()).rate)
    expect(rates).toEqual([125_000, 500_000, 1_375_000])
    lab.sending.stop()
  })

  it('do without the largest when viewers on it would get less than half', () => {
    const lab = new Lab(['f', 'h', 'q'])
    lab.others = 4_000_000
    lab.open(2_500_000)
    expect(lab.scales).toEqual([4, 2])
    lab.sending.stop()
    const alone = new Lab(['f', 'h', 'q'])
    alone.open(2_500_000)
    expect(alone.scales).toEqual([4, 2, 1])
    alone.sending.stop()
  })

  it('are those that go on moving: of what is hard to encode, fewer', () => {
    const scalesAt = (rate: number, bitsPerPixel: number) => {
      const lab = new Lab(['f', 'h', 'q'])
      lab.bitsPerPixel = bitsPerPixel
      lab.open(rate)
      lab.sending.stop()
      return lab.shown
    }
    expect(scalesAt(2_500_000, 0.02)).toEqual([4, 2, 1])
    expect(scalesAt(2_500_000, 0.15)).toEqual([4, 2])
    // Never more than it could use.
    expect(scalesAt(9_000_000, 10)).toEqual([4, 2, 1])
  })

  it('are those that make sense for the picture', () => {
    const lab = new Lab(['f', 'h', 'q'])
    lab.size = { width: 320, height: 200 }
    lab.maxBitrate = 1_000_000
    lab.open(9_000_000)
    expect(lab.scales).toEqual([2, 1])
    lab.size = { width: 1280, height: 720 }
    lab.run(3_000)
    expect(lab.scales).toEqual([4, 2, 1])
    lab.sending.stop()
    const tiny = new Lab(['h', 'q'])
    tiny.size = { width: 32, height: 20 }
    tiny.open(9_000_000)
    expect(tiny.scales).toEqual([2])
    tiny.sending.stop()
  })

  it.each([
    [[], undefined, 10, undefined],
    [['f'], undefined, 10, 'f'],
    [['h'], 2, 20, 'h'],
    [['q'], 4, 40, 'q'],
  ])('%o of them: scale %s', (rids, scale, ssrc, rid) => {
    const lab = new Lab(rids)
    lab.open(9_000_000)
    expect(lab.sending.count).toBe(1)
    const [only] = lab.joined
    expect(only?.only).toBe(scale)
    only!.sendFrame(frameOf([100], monotonicNow(), true))
    const [packet] = lab.sent()
    expect([packet?.ssrc, textOf(packet?.extensions.get(4))]).toEqual([ssrc, rid])
    lab.sending.stop()
  })

  it('are told of one by one, and all together', () => {
    const lab = new Lab(['f', 'h', 'q'])
    lab.open(900_000)
    for (const scale of [2, 4]) lab.rung(scale).sendFrame(frameOf([100], monotonicNow(), true))
    const stats = lab.sending.stats(monotonicNow())
    expect(stats.rungs.map(({ rid, scale, isSent, framesSent }) => [rid, scale, isSent, framesSent])).toEqual(
      [
        ['f', 1, false, 0],
        ['h', 2, true, 1],
        ['q', 4, true, 1],
      ],
    )
    expect(stats).toMatchObject({ codec: 'h264', framesSent: 2, packetsSent: 2 })
    expect(stats.bytesSent).toBe(stats.rungs.reduce((sum, { bytesSent }) => sum + bytesSent, 0))
    lab.sending.stop()
  })
})
