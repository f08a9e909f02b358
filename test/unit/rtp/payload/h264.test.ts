import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { splitAnnexB } from '../../../../src/rtp/payload/annex-b.js'
import { h264Payloads } from '../../../../src/rtp/payload/h264.js'
import { depacketizeH264 } from '../../../support/depacketize.js'
import { hex } from '../support.js'

const START = hex('00000001')
const annexB = (...units: Uint8Array[]) => Buffer.concat(units.flatMap((unit) => [START, unit]))
const unit = (header: number, size: number) => Buffer.alloc(size, 0xab).fill(header, 0, 1)
const packed = (data: Uint8Array, limit: number) =>
  h264Payloads(data, limit).map((pieces) => Buffer.concat(pieces))

describe('splitAnnexB', () => {
  it.each([
    ['three-byte start codes', '000001 6512 000001 4134', ['6512', '4134']],
    ['four-byte start codes', '00000001 6512 00000001 4134', ['6512', '4134']],
    ['trailing zeros', '000001 6512 0000 000001 4134 000000', ['6512', '4134']],
    ['leading bytes and zeros', 'ff0000 000001 6512', ['6512']],
    ['emulation prevention', '000001 65000003 0001', ['650000030001']],
    ['empty units', '000001 000001 000001 6512 000001', ['6512']],
    ['no start code', '6512', []],
    ['nothing', '', []],
  ])('reads %s', (_, stream, units) => {
    expect(splitAnnexB(hex(stream)).map((unit) => Buffer.from(unit).toString('hex'))).toEqual(units)
  })

  it('reads a view into larger memory', () => {
    const memory = hex('000001 65ff 000001 41ee 000001 42dd')
    expect(splitAnnexB(new Uint8Array(memory.buffer, memory.byteOffset + 5, 5))).toEqual([hex('41ee')])
  })
})

describe('h264Payloads', () => {
  it('sends a unit alone (RFC 6184 §5.6)', () => {
    expect(packed(annexB(unit(0x65, 100)), 100)).toEqual([unit(0x65, 100)])
  })

  it('aggregates small units with the highest NRI and any F (§5.7.1)', () => {
    expect(packed(annexB(hex('4711'), hex('8822'), hex('0633')), 100)).toEqual([
      hex('d8 0002 4711 0002 8822 0002 0633'),
    ])
  })

  it('aggregates up to the limit, to the byte', () => {
    const units = annexB(unit(0x67, 10), unit(0x68, 20))
    expect(packed(units, 1 + 2 + 10 + 2 + 20).map(({ length }) => length)).toEqual([35])
    expect(packed(units, 34).map(({ length }) => length)).toEqual([10, 20])
  })

  it('fragments a large unit evenly (§5.8)', () => {
    const payloads = packed(annexB(unit(0x65, 2301)), 1000)
    expect(payloads.map(({ length }) => length)).toEqual([768, 769, 769])
    expect(payloads.map((payload) => payload.subarray(0, 2).toString('hex'))).toEqual([
      '7c85',
      '7c05',
      '7c45',
    ])
  })

  it('never makes a single fragment', () => {
    for (const size of [99, 100, 101, 102, 103])
      expect(packed(annexB(unit(0x41, size)), 100)).toHaveLength(size > 100 ? 2 : 1)
  })

  it('keeps the order of small and large units', () => {
    const units = annexB(unit(0x67, 10), unit(0x65, 150), unit(0x68, 10), unit(0x06, 10))
    expect(packed(units, 100).map((payload) => payload[0]! & 0x1f)).toEqual([7, 28, 28, 24])
  })

  it('leaves out delimiters, filler and types that packets use', () => {
    expect(packed(annexB(hex('09f0'), hex('0cff80'), hex('1c8000'), hex('0011'), hex('6588')), 100)).toEqual([
      hex('6588'),
    ])
    expect(packed(annexB(hex('09f0')), 100)).toEqual([])
  })

  it('gives back any units', () => {
    // Bytes above 3 make neither start codes nor trailing zeros.
    const body = (maxLength: number) => fc.uint8Array({ min: 4, minLength: 1, maxLength })
    const anyUnit = fc.tuple(fc.constantFrom(0x65, 0x41, 0x67, 0x68, 0x06, 0x01), body(300))
    fc.assert(
      fc.property(fc.array(anyUnit, { maxLength: 12 }), fc.integer({ min: 20, max: 150 }), (parts, limit) => {
        const stream = annexB(...parts.map(([header, rest]) => Buffer.from([header, ...rest])))
        const payloads = packed(stream, limit)
        for (const payload of payloads) expect(payload.length).toBeLessThanOrEqual(limit)
        expect(Buffer.from(depacketizeH264(payloads)).equals(stream)).toBe(true)
      }),
    )
  })

  it('gives back what x264 wrote: two slices a picture, SEI, delimiters, both start codes', () => {
    const stream = readFileSync('test/fixtures/rtp/x264.h264')
    const expected = splitAnnexB(stream).filter((unit) => (unit[0]! & 0x1f) !== 9)
    expect(expected.map((unit) => unit[0]! & 0x1f)).toEqual([7, 8, 6, 5, 5, 1, 1, 1, 1, 7, 8, 5, 5])
    for (const limit of [64, 500, 1154, 5000])
      expect(splitAnnexB(depacketizeH264(packed(stream, limit)))).toEqual(expected)
  })
})
