import type { RtcpBlock } from './block.js'
import type { ExtendedReport } from './types.js'

/** Block types of RFC 3611 §4.4 and §4.5; all others are skipped. */
const RECEIVER_REFERENCE_TIME = 4
const DELAY_SINCE_LAST_RECEIVER_REPORT = 5

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** RFC 3611 §2: an SSRC, then blocks that carry their own length. */
export function parseExtendedReport({ body }: RtcpBlock): ExtendedReport | undefined {
  if (body.byteLength < 4) return undefined
  const delays: ExtendedReport['delaySinceLastReceiverReport'][number][] = []
  const report: Mutable<ExtendedReport> = {
    type: 'extended-report',
    ssrc: body.getUint32(0),
    delaySinceLastReceiverReport: delays,
  }
  for (let at = 4; at + 4 <= body.byteLength; ) {
    const type = body.getUint8(at)
    const start = at + 4
    const end = start + body.getUint16(at + 2) * 4
    if (end > body.byteLength) break
    if (type === RECEIVER_REFERENCE_TIME && end - start === 8)
      report.receiverReferenceTime = { seconds: body.getUint32(start), fraction: body.getUint32(start + 4) }
    if (type === DELAY_SINCE_LAST_RECEIVER_REPORT)
      for (let sub = start; sub + 12 <= end; sub += 12)
        delays.push({
          ssrc: body.getUint32(sub),
          lastReceiverReport: body.getUint32(sub + 4),
          delay: body.getUint32(sub + 8),
        })
    at = end
  }
  return report
}
