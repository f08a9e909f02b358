import { Child } from '../child.js'
import type { ReceiverApi } from './protocol.js'

export type { ViewerStats } from './protocol.js'
export {
  fullIntraRequest,
  genericNack,
  pictureLossIndication,
  receiverEstimate,
  receiverReport,
  transportFeedback,
} from './rtcp.js'
export type HeadlessReceiver = Child<ReceiverApi>

/** Some hundred viewers in a process of their own that count packets instead of showing them. */
export function startHeadlessReceiver(): Promise<HeadlessReceiver> {
  return Child.start<ReceiverApi>('test/support/headless-receiver/process.ts')
}
