import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { vp8Payloads } from '../../../../src/rtp/payload/vp8.js'
import { depacketizeVp8, parseVp8Descriptor } from '../../../support/depacketize.js'
import { hex } from '../support.js'

const packed = (data: Uint8Array, pictureId: number, limit: number) =>
  vp8Payloads(data, pictureId, limit).map((pieces) => Buffer.concat(pieces))

describe('vp8Payloads', () => {
  it('writes the descriptor (RFC 7741 §4.2)', () => {
    expect(packed(hex('0102 0304'), 0x1234, 6)).toEqual([hex('90 80 92 34 0102'), hex('80 80 92 34 0304')])
  })

  it('cuts evenly', () => {
    expect(packed(Buffer.alloc(2001), 0, 1004).map(({ length }) => length)).toEqual([671, 671, 671])
    expect(packed(Buffer.alloc(1000), 0, 1004)).toHaveLength(1)
  })

  it('makes nothing of nothing', () => {
    expect(packed(Buffer.alloc(0), 0, 100)).toEqual([])
  })

  it('gives back any frame', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 5000 }),
        fc.integer({ min: 0, max: 0x7fff }),
        fc.integer({ min: 5, max: 1200 }),
        (frame, pictureId, limit) => {
          const payloads = packed(frame, pictureId, limit)
          expect(payloads.length).toBe(Math.ceil(frame.length / (limit - 4)))
          for (const payload of payloads) {
            expect(payload.length).toBeLessThanOrEqual(limit)
            expect(parseVp8Descriptor(payload)).toMatchObject({ pictureId, partition: 0 })
          }
          expect(Buffer.from(depacketizeVp8(payloads)).equals(frame)).toBe(true)
        },
      ),
    )
  })
})
