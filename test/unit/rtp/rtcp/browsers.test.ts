import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseRtcp } from '../../../../src/rtp/rtcp/parse.js'
import type { RtcpPacket } from '../../../../src/rtp/rtcp/types.js'
import { hex } from '../support.js'

const MEDIA = 0x11223344
const RTX = 0x55667788

function recorded(browser: string): RtcpPacket[][] {
  const lines = readFileSync(`test/fixtures/rtp/rtcp-${browser}.txt`, 'latin1').trim().split('\n')
  return lines.map((line) => parseRtcp(hex(line)))
}

const only = <T extends RtcpPacket['type']>(packets: RtcpPacket[][], type: T) =>
  packets.flat().filter((packet): packet is Extract<RtcpPacket, { type: T }> => packet.type === type)

describe.each(['chromium', 'firefox'])('what %s sends', (browser) => {
  const packets = recorded(browser)

  it('is understood to the last packet', () => {
    expect(packets).toHaveLength(60)
    for (const compound of packets) expect(compound.length).toBeGreaterThan(0)
  })

  it('reports each transport-wide sequence number once, in order, with rising times', () => {
    const feedback = only(packets, 'transport-feedback')
    expect(feedback.length).toBeGreaterThan(20)
    let next = 0
    let lost = 0
    let last = Number.NEGATIVE_INFINITY
    for (const [i, { baseSequenceNumber, feedbackCount, referenceTime, arrivals }] of feedback.entries()) {
      expect(baseSequenceNumber).toBe(next)
      expect(feedbackCount).toBe(i)
      next += arrivals.length
      for (const arrival of arrivals) {
        if (Number.isNaN(arrival)) {
          lost++
        } else {
          expect(referenceTime * 64 + arrival).toBeGreaterThanOrEqual(last)
          last = referenceTime * 64 + arrival
        }
      }
    }
    expect(lost / next).toBeGreaterThan(0.02)
    expect(lost / next).toBeLessThan(0.1)
  })

  it('asks for lost packets of the media stream', () => {
    const nacks = only(packets, 'nack')
    expect(nacks.length).toBeGreaterThan(5)
    for (const { mediaSsrc, sequenceNumbers } of nacks) {
      expect(mediaSsrc).toBe(MEDIA)
      expect(sequenceNumbers.length).toBeGreaterThan(0)
      expect(sequenceNumbers.length).toBeLessThan(10)
    }
  })

  it('reports on both streams', () => {
    const blocks = only(packets, 'receiver-report').flatMap(({ reports }) => reports)
    expect(new Set(blocks.map(({ ssrc }) => ssrc))).toEqual(new Set([MEDIA, RTX]))
    for (const { packetsLost, jitter } of blocks) {
      expect(packetsLost).toBeGreaterThanOrEqual(0)
      expect(jitter).toBeLessThan(90_000)
    }
  })
})
