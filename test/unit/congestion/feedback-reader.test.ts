import { describe, expect, it } from 'vitest'
import { FeedbackReader } from '../../../src/congestion/feedback-reader.js'
import { TransportLog } from '../../../src/rtp/transport-log.js'
import { feedbackAbout } from './support.js'

function sent(count: number, reader?: (log: TransportLog) => FeedbackReader) {
  const log = new TransportLog()
  const feedback = reader?.(log) ?? new FeedbackReader(log)
  for (let i = 0; i < count; i++) feedback.onSent(log.record(1000, i * 10), 0)
  return { log, reader: feedback }
}

describe('FeedbackReader', () => {
  it('gives sent and arrival times of what came', () => {
    const { reader } = sent(4)
    const report = reader.read(feedbackAbout(0, [0.25, Number.NaN, 20.5, 30], { referenceTime: 100 }))
    expect(report?.received).toEqual([
      { sentAt: 0, arrivedAt: 0.25, size: 1000, missingBefore: 0, cluster: 0 },
      { sentAt: 20, arrivedAt: 20.5, size: 1000, missingBefore: 0, cluster: 0 },
      { sentAt: 30, arrivedAt: 30, size: 1000, missingBefore: 0, cluster: 0 },
    ])
    expect(report).toMatchObject({
      lostPackets: 1,
      recoveredPackets: 0,
      bytes: 4000,
      firstSentAt: 0,
      lastSentAt: 30,
    })
  })

  it('sorts by arrival', () => {
    const { reader } = sent(3)
    const report = reader.read(feedbackAbout(0, [30, 10, 20]))
    expect(report?.received.map(({ sentAt }) => sentAt)).toEqual([10, 20, 0])
  })

  it('tells of each packet once', () => {
    const { reader } = sent(3)
    expect(reader.read(feedbackAbout(0, [0, 10, 20]))?.received).toHaveLength(3)
    expect(reader.read(feedbackAbout(0, [0, 10, 20]))).toBeUndefined()
    expect(reader.read(feedbackAbout(1, [Number.NaN, Number.NaN]))).toBeUndefined()
  })

  it('takes back a loss when the packet comes after all', () => {
    const { reader } = sent(3)
    expect(reader.read(feedbackAbout(0, [0, Number.NaN, 20]))?.lostPackets).toBe(1)
    expect(reader.read(feedbackAbout(0, [0, Number.NaN, 20]))).toBeUndefined()
    const late = reader.read(feedbackAbout(1, [25]))
    expect(late).toMatchObject({ lostPackets: 0, recoveredPackets: 1, bytes: 0 })
    expect(late?.received).toHaveLength(1)
  })

  it('adds what a lost feedback was about to the packet after it', () => {
    const { reader } = sent(10)
    reader.read(feedbackAbout(0, [0, 10]))
    const report = reader.read(feedbackAbout(5, [50, 60]))
    expect(report?.received.map(({ missingBefore }) => missingBefore)).toEqual([3000, 0])
    // It was late and not lost: times count, sizes have been counted.
    const late = reader.read(feedbackAbout(2, [20, 30, 40]))
    expect(late?.received.map(({ size, arrivedAt }) => [size, arrivedAt])).toEqual([
      [0, 20],
      [0, 30],
      [0, 40],
    ])
  })

  it('passes over what was never sent and what is forgotten', () => {
    const { reader } = sent(3)
    expect(reader.read(feedbackAbout(3, [30, 40]))).toBeUndefined()
    expect(reader.read(feedbackAbout(40_000, [0]))).toBeUndefined()
    expect(reader.read(feedbackAbout(65_535, [0, 10]))?.received).toHaveLength(1)
    const { reader: long } = sent(5000)
    expect(long.read(feedbackAbout(0, [0, 10]))).toBeUndefined()
    expect(long.read(feedbackAbout(4999, [10]))?.received).toHaveLength(1)
  })

  it('goes on where sequence numbers wrap', () => {
    const { reader, log } = sent(65_534)
    for (let i = 0; i < 4; i++) reader.onSent(log.record(1000, 1_000_000 + i * 10), i)
    const report = reader.read(feedbackAbout(65_534, [0, 10, 20, 30]))
    expect(report?.received.map(({ cluster }) => cluster)).toEqual([0, 1, 2, 3])
    expect(report?.received.map(({ sentAt }) => sentAt)).toEqual([1_000_000, 1_000_010, 1_000_020, 1_000_030])
  })

  it('goes on where the reference time wraps, and back for feedback that was overtaken', () => {
    const { reader } = sent(4)
    const at = (base: number, referenceTime: number) =>
      reader.read(feedbackAbout(base, [0], { referenceTime }))?.received[0]?.arrivedAt
    const first = at(0, 0xffffff)!
    expect(at(1, 1)! - first).toBe(128)
    expect(at(2, 0xfffffe)! - first).toBe(-64)
    expect(at(3, 0)! - first).toBe(64)
  })

  it('goes on after a long time without feedback', () => {
    const { reader, log } = sent(10)
    reader.read(feedbackAbout(0, [0, 10]))
    for (let i = 10; i < 40_010; i++) reader.onSent(log.record(1000, i * 10), 0)
    expect(reader.read(feedbackAbout(40_000, [0, 10]))?.received).toHaveLength(2)
    expect(reader.read(feedbackAbout(40_004, [40]))?.received[0]?.missingBefore).toBe(2000)
  })
})
