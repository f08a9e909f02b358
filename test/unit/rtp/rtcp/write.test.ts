import { describe, expect, it } from 'vitest'
import { writeBye, writeSenderReport, writeSourceDescription } from '../../../../src/rtp/rtcp/write.js'
import { hex } from '../support.js'

describe('RTCP writers', () => {
  it('write a sender report (RFC 3550 §6.4.1)', () => {
    const report = writeSenderReport({
      ssrc: 0x11223344,
      ntp: { seconds: 0xb44db705, fraction: 0x20000000 },
      rtpTimestamp: 0xfffffff0,
      packetCount: 2 ** 32 + 5,
      octetCount: 1024,
    })
    expect(report).toEqual(hex('80c80006 11223344 b44db705 20000000 fffffff0 00000005 00000400'))
  })

  it.each([
    ['', '81ca0002 00000001 01 00 00 00'],
    ['a', '81ca0002 00000001 01 01 61 00'],
    ['ab', '81ca0003 00000001 01 02 6162 00000000'],
    ['abcde', '81ca0003 00000001 01 05 6162636465 00'],
  ])('write a source description with the CNAME %j (§6.5)', (cname, bytes) => {
    expect(writeSourceDescription(1, cname)).toEqual(hex(bytes))
  })

  it('cut a CNAME that is too long', () => {
    expect(writeSourceDescription(1, 'x'.repeat(300))[9]).toBe(255)
  })

  it('write a goodbye (§6.6)', () => {
    expect(writeBye([1, 2])).toEqual(hex('82cb0002 00000001 00000002'))
  })
})
