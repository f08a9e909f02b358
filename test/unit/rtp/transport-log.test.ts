import { describe, expect, it } from 'vitest'
import { TransportLog } from '../../../src/rtp/transport-log.js'

describe('TransportLog', () => {
  it('numbers packets and remembers them', () => {
    const log = new TransportLog()
    expect(log.sentAt(0)).toBeUndefined()
    expect(log.record(1200, 5)).toBe(0)
    expect(log.record(100, 6)).toBe(1)
    expect([log.sentAt(0), log.size(0)]).toEqual([5, 1200])
    expect([log.sentAt(1), log.size(1)]).toEqual([6, 100])
    expect(log.sentAt(2)).toBeUndefined()
    expect(log.sentAt(65535)).toBeUndefined()
    expect(log.nextSequenceNumber).toBe(2)
  })

  it('wraps, and forgets what is more than 4,096 back', () => {
    const log = new TransportLog()
    for (let i = 0; i < 65_536 + 10; i++) log.record(i % 1000, i)
    expect(log.sentAt(9)).toBe(65_536 + 9)
    expect(log.sentAt(65_535)).toBe(65_535)
    expect(log.sentAt(65_536 + 10 - 4096)).toBe(65_536 + 10 - 4096)
    expect(log.sentAt(65_536 + 9 - 4096)).toBeUndefined()
    expect(log.size(10)).toBeUndefined()
  })
})
