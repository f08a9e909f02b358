import type { TransportFeedback } from '../../../src/rtp/index.js'

/** Feedback about the packets from `base` on; arrivals in ms, NaN for what did not come. */
export function feedbackAbout(
  base: number,
  arrivals: readonly number[],
  fields: Partial<TransportFeedback> = {},
): TransportFeedback {
  return {
    type: 'transport-feedback',
    senderSsrc: 1,
    mediaSsrc: 2,
    baseSequenceNumber: base,
    feedbackCount: 0,
    referenceTime: 0,
    arrivals: Float64Array.from(arrivals),
    ...fields,
  }
}
