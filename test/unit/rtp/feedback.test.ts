import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FeedbackHandler } from '../../../src/rtp/feedback.js'
import { hex, sendMany, streamOf } from './support.js'

/** The stream's SSRC is 11223344, its first sequence number 100. */
function handler() {
  const { stream } = streamOf({ rtx: { ssrc: 5, payloadType: 97 } })
  sendMany(stream, 50)
  return { stream, receive: (text: string) => new FeedbackHandler(stream).receive(hex(text), 1000) }
}

describe('FeedbackHandler', () => {
  it('answers a NACK for this stream only', () => {
    const { receive } = handler()
    const { retransmissions } = receive('81cd0003 00000001 11223344 0064 0005')
    expect(retransmissions.map(({ sequenceNumber }) => sequenceNumber)).toEqual([100, 101, 103])
    expect(receive('81cd0003 00000001 99999999 0064 0005').retransmissions).toEqual([])
  })

  it('takes a PLI for this stream only', () => {
    const { receive } = handler()
    expect(receive('81ce0002 00000001 11223344').keyframeRequested).toBe(true)
    expect(receive('81ce0002 00000001 99999999').keyframeRequested).toBe(false)
  })

  it('takes a FIR once (RFC 5104 §4.3.1.2)', () => {
    const { stream } = handler()
    const feedback = new FeedbackHandler(stream)
    const fir = (sender: string, sequenceNumber: string) =>
      feedback.receive(hex(`84ce0004 ${sender} 00000000 11223344 ${sequenceNumber}000000`), 0)
        .keyframeRequested
    expect(fir('00000001', '07')).toBe(true)
    expect(fir('00000001', '07')).toBe(false)
    expect(fir('00000001', '08')).toBe(true)
    expect(fir('00000002', '08')).toBe(true)
    expect(feedback.receive(hex('84ce0004 00000001 00000000 99999999 09000000'), 0).keyframeRequested).toBe(
      false,
    )
  })

  it('reads reports, estimates and a goodbye out of a compound', () => {
    const { stream, receive } = handler()
    const feedback = receive(
      '81c90007 00000001 11223344 40000003 00000084 00000384 00000000 00000000' +
        '8fce0005 00000001 00000000 52454d42 01 0a93a0 11223344' +
        '81cb0001 00000001',
    )
    expect(stream.reception).toMatchObject({ fractionLost: 0.25, packetsLost: 3, jitter: 10 })
    expect(feedback).toMatchObject({ receiverEstimate: 0x293a0 * 4, bye: true, keyframeRequested: false })
  })

  it('survives anything', () => {
    const { stream } = handler()
    const feedback = new FeedbackHandler(stream)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(feedback.receive(bytes, 0).retransmissions.length).toBeLessThanOrEqual(50)
      }),
    )
  })
})
