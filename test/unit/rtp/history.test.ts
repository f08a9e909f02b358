import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PacketHistory } from '../../../src/rtp/history.js'
import { frameOf } from './support.js'

const frame = frameOf([1])

describe('PacketHistory', () => {
  it('knows what was pushed and nothing else', () => {
    const history = new PacketHistory()
    expect(history.get(0)).toBeUndefined()
    history.push(65535, frame, 3, 90, 0)
    history.push(0, frame, 4, 0, 0)
    expect(history.get(65535)).toEqual({ frame, index: 3, timestamp: 90 })
    expect(history.get(0)).toEqual({ frame, index: 4, timestamp: 0 })
    expect(history.get(1)).toBeUndefined()
    expect(history.get(65534)).toBeUndefined()
    expect(history.age(65535)).toBe(1)
  })

  it('grows while its packets are younger than a second, up to 8,192', () => {
    const history = new PacketHistory()
    for (let i = 0; i < 20_000; i++) history.push(i, frame, i % 1000, 0, i * 0.1)
    expect(history.capacity).toBe(8192)
    expect(history.size).toBe(8192)
    expect(history.get(20_000 - 8192)?.index).toBe((20_000 - 8192) % 1000)
    expect(history.get(20_000 - 8193)).toBeUndefined()
  })

  it('stays small when packets are few', () => {
    const history = new PacketHistory()
    for (let i = 0; i < 20_000; i++) history.push(i, frame, 0, 0, i)
    expect(history.capacity).toBe(2048)
  })

  it('keeps old packets of an idle track', () => {
    const history = new PacketHistory()
    history.push(7, frame, 0, 0, 0)
    history.push(8, frame, 1, 0, 1e9)
    expect(history.get(7)).toEqual({ frame, index: 0, timestamp: 0 })
  })

  it('forgets a retransmission with its packet, not when it grows', () => {
    const history = new PacketHistory()
    for (let i = 0; i < 2048; i++) history.push(i, frame, 0, 0, 0)
    history.markResent(2000, 5)
    history.push(2048, frame, 0, 0, 0)
    expect(history.capacity).toBe(4096)
    expect(history.resentAt(2000)).toBe(5)
    expect(history.resentAt(2001)).toBe(Number.NEGATIVE_INFINITY)
    for (let i = 2049; i < 2000 + 8192 + 1; i++) history.push(i, frame, 0, 0, 0)
    expect(history.resentAt(2000 + 8192)).toBe(Number.NEGATIVE_INFINITY)
  })

  it('holds the newest packets whatever the start and the pace', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 65535 }),
        fc.integer({ min: 1, max: 10_000 }),
        fc.double({ min: 0.01, max: 2, noNaN: true }),
        (first, count, step) => {
          const history = new PacketHistory()
          for (let i = 0; i < count; i++) history.push((first + i) & 0xffff, frame, i, 0, i * step)
          for (let age = 0; age < history.size; age += 97) {
            const i = count - 1 - age
            expect(history.get((first + i) & 0xffff)?.index).toBe(i)
          }
          expect(history.get((first - 1) & 0xffff)).toBeUndefined()
          expect(history.get((first + count) & 0xffff)).toBeUndefined()
        },
      ),
      { numRuns: 30 },
    )
  })
})
