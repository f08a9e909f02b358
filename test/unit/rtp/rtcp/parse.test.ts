import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_NACKED } from '../../../../src/rtp/rtcp/nack.js'
import { parseRtcp } from '../../../../src/rtp/rtcp/parse.js'
import { MAX_STATUSES } from '../../../../src/rtp/rtcp/transport-feedback.js'
import { hex } from '../support.js'

const parse = (text: string) => parseRtcp(hex(text))

describe('reports (RFC 3550 §6.4)', () => {
  const block = '11223344 40fffffd 00010064 00000384 b7052000 00054000'
  const parsed = {
    ssrc: 0x11223344,
    fractionLost: 0.25,
    packetsLost: -3,
    highestSequenceNumber: 65_636,
    jitter: 900,
    lastSenderReport: 0xb7052000,
    delaySinceLastSenderReport: 0x54000,
  }

  it('reads a receiver report', () => {
    expect(parse(`81c90007 00000001 ${block}`)).toEqual([
      { type: 'receiver-report', ssrc: 1, reports: [parsed] },
    ])
  })

  it('reads a sender report', () => {
    expect(parse(`81c8000c 00000001 b44db705 20000000 0000a0b0 00000005 00000400 ${block}`)).toEqual([
      {
        type: 'sender-report',
        ssrc: 1,
        ntp: { seconds: 0xb44db705, fraction: 0x20000000 },
        rtpTimestamp: 0xa0b0,
        packetCount: 5,
        octetCount: 1024,
        reports: [parsed],
      },
    ])
  })

  it('reads the blocks that are there when more are announced', () => {
    expect(parse(`9fc90007 00000001 ${block}`)).toMatchObject([{ reports: [parsed] }])
    expect(parse('81c90001 00000001')).toMatchObject([{ reports: [] }])
  })

  it('reads a goodbye, with and without a reason', () => {
    expect(parse('82cb0002 00000001 00000002')).toEqual([{ type: 'bye', ssrcs: [1, 2] }])
    expect(parse('81cb0003 00000001 04 6c656674 000000')).toEqual([{ type: 'bye', ssrcs: [1] }])
    expect(parse('82cb0001 00000001')).toEqual([])
  })
})

describe('NACK (RFC 4585 §6.2.1)', () => {
  it('reads ids and masks, across the wrap', () => {
    expect(parse('81cd0004 00000001 00000002 fffe 0005 0010 8000')).toEqual([
      {
        type: 'nack',
        senderSsrc: 1,
        mediaSsrc: 2,
        sequenceNumbers: [65534, 65535, 1, 16, 32],
      },
    ])
  })

  it('takes a bounded number from a whole compound', () => {
    const nack = `81cd0102 00000001 00000002 ${'0000 ffff'.repeat(256)}`
    const packets = parse(nack.repeat(10))
    const taken = packets.flatMap((packet) => (packet.type === 'nack' ? packet.sequenceNumbers : []))
    expect(taken).toHaveLength(MAX_NACKED)
  })

  it('needs an entry', () => {
    expect(parse('81cd0002 00000001 00000002')).toEqual([])
  })
})

describe('transport-wide feedback', () => {
  const header = (count: number, words: number, rest: string) =>
    `8fcd${words.toString(16).padStart(4, '0')} 00000001 00000002 0064 ${count
      .toString(16)
      .padStart(4, '0')} 000003 07 ${rest}`
  const arrivals = (text: string) => {
    const [packet] = parse(text)
    return packet?.type === 'transport-feedback' ? [...packet.arrivals] : undefined
  }

  it('reads the header', () => {
    expect(parse(header(1, 5, '2001 04 00'))).toEqual([
      {
        type: 'transport-feedback',
        senderSsrc: 1,
        mediaSsrc: 2,
        baseSequenceNumber: 100,
        referenceTime: 3,
        feedbackCount: 7,
        arrivals: Float64Array.of(1),
      },
    ])
  })

  it('reads run-length chunks (§3.1.3)', () => {
    expect(arrivals(header(5, 6, '0002 2003 04 08 04 00'))).toEqual([Number.NaN, Number.NaN, 1, 3, 4])
  })

  it('reads one-bit vectors (§3.1.4)', () => {
    // 10 0110 0000 0000 01: fourteen symbols, of which twelve count.
    expect(arrivals(header(12, 5, '9801 04 04'))).toEqual([
      Number.NaN,
      1,
      2,
      ...Array.from({ length: 9 }, () => Number.NaN),
    ])
  })

  it('reads two-bit vectors with negative deltas', () => {
    // 11 01 10 00 10 …: small, large, not received, large.
    expect(arrivals(header(4, 6, 'd880 28 fff8 0190 00'))).toEqual([10, 8, Number.NaN, 108])
  })

  it.each([
    ['no packets', header(0, 5, '2001 04 00')],
    ['chunks that end early', header(20, 5, '2001 2001')],
    ['deltas that end early', header(5, 5, '2005 0101')],
    ['a run of none', header(2, 5, '2000 0000')],
    ['the reserved symbol', header(1, 5, '6001 0000')],
    ['more packets than anybody remembers', header(MAX_STATUSES + 1, 5, '1fff 0000')],
    ['nothing after the SSRCs', '8fcd0002 00000001 00000002'],
  ])('leaves out one with %s', (_, text) => {
    expect(parse(text)).toEqual([])
  })

  it('takes a bounded number of packets from a whole compound', () => {
    expect(parse(header(MAX_STATUSES, 5, '1fff 0000').repeat(3))).toHaveLength(1)
  })
})

describe('payload-specific feedback', () => {
  it('reads a PLI (RFC 4585 §6.3.1)', () => {
    expect(parse('81ce0002 00000001 00000002')).toEqual([{ type: 'pli', senderSsrc: 1, mediaSsrc: 2 }])
  })

  it('reads a FIR (RFC 5104 §4.3.1)', () => {
    expect(parse('84ce0006 00000001 00000000 00000002 07000000 00000003 ff000000')).toEqual([
      {
        type: 'fir',
        senderSsrc: 1,
        requests: [
          { ssrc: 2, sequenceNumber: 7 },
          { ssrc: 3, sequenceNumber: 255 },
        ],
      },
    ])
  })

  it('reads a REMB', () => {
    expect(parse('8fce0006 00000001 00000000 52454d42 02 0b ffff 00000002 00000003')).toEqual([
      { type: 'remb', senderSsrc: 1, bitrate: 0x3ffff * 4, ssrcs: [2, 3] },
    ])
    expect(parse('8fce0005 00000001 00000000 52454d42 02 0b ffff 00000002')).toEqual([])
    expect(parse('8fce0004 00000001 00000000 52454d43 00 0b ffff')).toEqual([])
  })
})

describe('extended reports (RFC 3611)', () => {
  it('reads reference time and delays, and skips other blocks', () => {
    expect(
      parse(
        '80cf000a 00000001 2a000001 ffffffff 04000002 b44db705 20000000 05000003 00000002 b7052000 00054000',
      ),
    ).toEqual([
      {
        type: 'extended-report',
        ssrc: 1,
        receiverReferenceTime: { seconds: 0xb44db705, fraction: 0x20000000 },
        delaySinceLastReceiverReport: [{ ssrc: 2, lastReceiverReport: 0xb7052000, delay: 0x54000 }],
      },
    ])
  })

  it('stops at a block that is too long', () => {
    expect(parse('80cf0002 00000001 04000002')).toMatchObject([{ delaySinceLastReceiverReport: [] }])
  })
})

describe('compounds', () => {
  const PLI = '81ce0002 00000001 00000002'

  it('skips what is unknown or of no interest', () => {
    expect(parse(`81ca0002 00000001 00000000 80cc0001 41424344 9fcd0002 0000000100000002 ${PLI}`)).toEqual(
      parse(PLI),
    )
  })

  it('honours padding, and drops a packet with too much of it', () => {
    expect(parse('a1ce0003 00000001 00000002 00000004')).toEqual(parse(PLI))
    expect(parse(`a1ce0003 00000001 00000002 000000ff ${PLI}`)).toEqual(parse(PLI))
  })

  it.each([
    ['another version', `41ce0002 00000001 00000002 ${PLI}`],
    ['a length beyond the end', '81ce0003 00000001 00000002'],
    ['less than a header', '81ce00'],
    ['nothing', ''],
  ])('ends at %s', (_, text) => {
    expect(parse(text)).toEqual([])
  })

  it('looks at a bounded number of packets', () => {
    expect(parse(PLI.repeat(1000)).length).toBeLessThanOrEqual(64)
  })

  it('reads a view into larger memory', () => {
    const memory = hex(`ffff ${PLI} ffff`)
    expect(parseRtcp(new Uint8Array(memory.buffer, memory.byteOffset + 2, 12))).toEqual(parse(PLI))
  })
})

describe('hostile bytes', () => {
  const bounded = (bytes: Uint8Array) => {
    const packets = parseRtcp(bytes)
    expect(packets.length).toBeLessThanOrEqual(64)
    let work = 0
    for (const packet of packets) {
      if (packet.type === 'nack') work += packet.sequenceNumbers.length
      if (packet.type === 'transport-feedback') work += packet.arrivals.length
    }
    expect(work).toBeLessThanOrEqual(MAX_NACKED + MAX_STATUSES)
  }

  it('never throw', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 1500 }), bounded), { numRuns: 500 })
  })

  it('never throw behind a valid header', () => {
    const packet = fc
      .tuple(
        fc.constantFrom(200, 201, 202, 203, 204, 205, 206, 207),
        fc.constantFrom(0, 1, 4, 15, 31),
        fc.boolean(),
        fc.uint8Array({ maxLength: 120 }),
      )
      .map(([type, count, padded, body]) => {
        const words = Math.floor(body.length / 4)
        return [0x80 | (padded ? 0x20 : 0) | count, type, 0, words, ...body.subarray(0, words * 4)]
      })
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 10 }), (packets) => bounded(Uint8Array.from(packets.flat()))),
      { numRuns: 2000 },
    )
  })

  it('never throw when bits flip in a valid compound', () => {
    const valid = hex(
      '81c90007 00000001 11223344 40000003 00000084 00000384 00000000 00000000' +
        '8fcd0006 00000001 00000002 0064 0004 000003 07 d880 28 fff8 0190 00' +
        '81cd0003 00000001 11223344 0064 0005 84ce0004 00000001 00000000 11223344 07000000' +
        '8fce0005 00000001 00000000 52454d42 01 0a93a0 11223344',
    )
    const flips = fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 })
    fc.assert(
      fc.property(flips, fc.nat(valid.length), (changes, length) => {
        const bytes = Uint8Array.from(valid)
        for (const [at, value] of changes) bytes[at] = value
        bounded(bytes.subarray(0, length))
      }),
      { numRuns: 2000 },
    )
  })
})
