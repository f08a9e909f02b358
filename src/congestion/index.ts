/**
 * When a viewer's packets leave. Knows nothing of codecs and sockets; time comes in as an argument.
 */
export {
  type PacedFrame,
  type PacedRetransmission,
  Pacer,
  type PacerOptions,
  type PacerSink,
  type PacerStats,
} from './pacer.js'
