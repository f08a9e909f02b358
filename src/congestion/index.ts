/**
 * How much may be sent to a viewer, and when its packets leave. Knows nothing of codecs and sockets; time
 * comes in as an argument.
 */
export {
  BandwidthEstimator,
  type BandwidthEstimatorOptions,
  type BandwidthStats,
} from './bandwidth-estimator.js'
export { PACE_FACTOR, Pacer } from './pacer.js'
export type { PacedFrame, PacedRetransmission, PacerOptions, PacerSink, PacerStats } from './pacer-types.js'
export type { ProbeCluster } from './probe-control.js'
export { RetransmissionBudget } from './retransmission-budget.js'
export { RungAllocation, type RungNeed } from './rung-allocation.js'
export { SendBudget } from './send-budget.js'
export { StreamControl, type StreamControlOptions } from './stream-control.js'
