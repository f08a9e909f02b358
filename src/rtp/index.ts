/**
 * RTP and RTCP: encoded frames to packets once, per viewer a header; what comes back, parsed. Knows
 * nothing of sockets: packets leave through a callback, time comes in as an argument.
 */
export { rtpTimestamp } from './clock.js'
export { type Feedback, FeedbackHandler } from './feedback.js'
export type { HeaderExtensionIds, PlayoutDelay } from './header.js'
export { HEADROOM, MAX_PACKET_SIZE } from './packet-buffer.js'
export { type PacketizedFrame, Packetizer } from './packetizer.js'
export type { Reception } from './reception.js'
export { parseRtcp } from './rtcp/parse.js'
export type { ReportBlock, RtcpPacket, TransportFeedback } from './rtcp/types.js'
export { type Retransmission, RtpStream, type RtpStreamOptions, type RtpStreamStats } from './stream.js'
export { type SentPackets, TransportLog } from './transport-log.js'
