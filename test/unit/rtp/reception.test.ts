import { describe, expect, it } from 'vitest'
import { ReceptionMonitor } from '../../../src/rtp/reception.js'

const block = {
  ssrc: 1,
  fractionLost: 0,
  packetsLost: 0,
  highestSequenceNumber: 0,
  jitter: 0,
  lastSenderReport: 0xb7052000,
  delaySinceLastSenderReport: 0x0005_4000,
}
const sent = { seconds: 0xb44db705, fraction: 0x20000000 }

describe('ReceptionMonitor', () => {
  it('computes the round trip of RFC 3550 figure 2', () => {
    const monitor = new ReceptionMonitor()
    monitor.onSenderReport(sent)
    monitor.onReport(block, { seconds: 0xb44db710, fraction: 0x80000000 })
    expect(monitor.reception?.roundTripTime).toBe(6125)
  })

  it('smooths', () => {
    const monitor = new ReceptionMonitor()
    monitor.onSenderReport(sent)
    monitor.onReport(block, { seconds: 0xb44db70a, fraction: 0x60000000 })
    expect(monitor.reception?.roundTripTime).toBe(0)
    monitor.onReport(block, { seconds: 0xb44db70b, fraction: 0x60000000 })
    expect(monitor.reception?.roundTripTime).toBe(125)
  })

  it('takes a round trip a little below zero for none, and leaves out an absurd one', () => {
    const monitor = new ReceptionMonitor()
    monitor.onSenderReport(sent)
    monitor.onReport({ ...block, delaySinceLastSenderReport: 0xffffffff }, sent)
    expect(monitor.reception?.roundTripTime).toBeCloseTo(0, 1)
    const other = new ReceptionMonitor()
    other.onSenderReport(sent)
    other.onReport(block, { seconds: sent.seconds + 70, fraction: 0 })
    expect(other.reception).toMatchObject({ roundTripTime: undefined })
  })
})
