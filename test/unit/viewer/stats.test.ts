import { describe, expect, it } from 'vitest'
import { compareCounters, readCounters, type StatsReport } from '../../../src/viewer/stats.js'

const NOTHING = {
  size: undefined,
  fps: undefined,
  latency: undefined,
  arrival: undefined,
  roundTrip: undefined,
  timing: undefined,
  transport: 'webrtc' as const,
}

/** As Chromium reports, shortened. */
function report(values: Record<string, number> = {}): StatsReport {
  return [
    { id: 'CIT01_96', type: 'codec', mimeType: 'video/H264', payloadType: 96 },
    { id: 'CP1', type: 'candidate-pair', nominated: false, state: 'succeeded', currentRoundTripTime: 0.5 },
    { id: 'CP2', type: 'candidate-pair', nominated: true, state: 'succeeded', currentRoundTripTime: 0.002 },
    { id: 'IT01A', type: 'inbound-rtp', kind: 'audio', bytesReceived: 1 },
    {
      id: 'IT01V',
      type: 'inbound-rtp',
      kind: 'video',
      codecId: 'CIT01_96',
      bytesReceived: 100_000,
      packetsLost: 2,
      framesDropped: 1,
      framesDecoded: 30,
      framesPerSecond: 30,
      frameWidth: 642,
      frameHeight: 480,
      jitterBufferDelay: 0.3,
      jitterBufferEmittedCount: 30,
      totalDecodeTime: 0.06,
      ...values,
    },
  ]
}

describe('readCounters', () => {
  it('finds the video, its codec and the path in use', () => {
    expect(readCounters(report(), 5)).toMatchObject({ at: 5, bytes: 100_000, codec: 'H264', roundTrip: 2 })
  })

  it('gives nothing before the first packet', () => {
    expect(readCounters([{ id: 'T', type: 'transport' }, null, 7], 0)).toBeUndefined()
  })

  it('takes what a browser leaves out, or reports as negative, for zero', () => {
    const counters = readCounters([{ id: 'i', type: 'inbound-rtp', kind: 'video', packetsLost: -3 }], 0)
    expect(counters).toMatchObject({ bytes: 0, packetsLost: 0, jitterBufferDelay: 0, codec: undefined })
  })
})

describe('compareCounters', () => {
  const before = readCounters(report(), 1_000)
  const now = readCounters(
    report({
      bytesReceived: 350_000,
      framesDecoded: 50,
      jitterBufferDelay: 0.36,
      jitterBufferEmittedCount: 50,
      totalDecodeTime: 0.1,
    }),
    3_000,
  )!

  it('measures what happened in between', () => {
    const stats = compareCounters(before, now, NOTHING)
    expect(stats.bitrate).toBe(1_000_000)
    expect(stats.jitterBuffer).toBeCloseTo(3)
    expect(stats.decode).toBeCloseTo(2)
    expect(stats).toMatchObject({ width: 642, height: 480, fps: 30, roundTrip: 2, framesDropped: 1 })
  })

  it('prefers what was measured on the screen and over the channel', () => {
    const measured = {
      ...NOTHING,
      size: { width: 641, height: 479 },
      fps: 29.5,
      latency: 14,
      roundTrip: 0.4,
    }
    expect(compareCounters(before, now, measured)).toMatchObject({
      width: 641,
      height: 479,
      fps: 29.5,
      latency: 14,
      latencyParts: { network: 0.2, decode: expect.closeTo(2) },
      roundTrip: 0.4,
    })
  })

  it('has no rate at the first reading, nor means without frames', () => {
    expect(compareCounters(undefined, now, NOTHING).bitrate).toBeUndefined()
    const still = compareCounters(now, { ...now, at: 4_000 }, NOTHING)
    expect(still).toMatchObject({ bitrate: 0, jitterBuffer: undefined, decode: undefined })
  })
})
