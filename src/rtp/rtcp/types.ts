/** RTCP packet types (RFC 3550 §12.1, RFC 4585 §6.1, RFC 3611 §2). */
export const PacketType = { SR: 200, RR: 201, SDES: 202, BYE: 203, RTPFB: 205, PSFB: 206, XR: 207 } as const

/** One block of a sender's or receiver's report (RFC 3550 §6.4.1): how `ssrc` is received. */
export interface ReportBlock {
  readonly ssrc: number
  /** Share of the packets lost since the last report, 0..1. */
  readonly fractionLost: number
  /** Packets lost in all; negative when duplicates outnumber losses. */
  readonly packetsLost: number
  /** Sequence number received last, with the count of its cycles in the upper 16 bits. */
  readonly highestSequenceNumber: number
  /** Interarrival jitter in RTP ticks. */
  readonly jitter: number
  /** Compact NTP time of the sender report received last; 0 for none. */
  readonly lastSenderReport: number
  /** Between that report's arrival and this block's sending, in units of 1/65536 s. */
  readonly delaySinceLastSenderReport: number
}

export interface SenderReport {
  readonly type: 'sender-report'
  readonly ssrc: number
  readonly ntp: { readonly seconds: number; readonly fraction: number }
  readonly rtpTimestamp: number
  readonly packetCount: number
  readonly octetCount: number
  readonly reports: readonly ReportBlock[]
}

export interface ReceiverReport {
  readonly type: 'receiver-report'
  readonly ssrc: number
  readonly reports: readonly ReportBlock[]
}

export interface Bye {
  readonly type: 'bye'
  readonly ssrcs: readonly number[]
}

/** Generic NACK (RFC 4585 §6.2.1). */
export interface Nack {
  readonly type: 'nack'
  readonly senderSsrc: number
  readonly mediaSsrc: number
  /** As listed, at most `MAX_NACKED` in a compound packet. */
  readonly sequenceNumbers: readonly number[]
}

/** Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 §3.1). */
export interface TransportFeedback {
  readonly type: 'transport-feedback'
  readonly senderSsrc: number
  readonly mediaSsrc: number
  /** Transport-wide sequence number that `arrivals[0]` is about; the others follow. */
  readonly baseSequenceNumber: number
  /** Counts the feedback packets, 0..255. */
  readonly feedbackCount: number
  /** Receiver's clock in units of 64 ms, 24 bits unsigned; wraps every twelve days. */
  readonly referenceTime: number
  /** ms after the reference time (steps of 0.25, may be negative); NaN: the packet has not arrived. */
  readonly arrivals: Float64Array
}

/** Picture loss indication (RFC 4585 §6.3.1). */
export interface PictureLoss {
  readonly type: 'pli'
  readonly senderSsrc: number
  readonly mediaSsrc: number
}

/** Full intra request (RFC 5104 §4.3.1). */
export interface FullIntraRequest {
  readonly type: 'fir'
  readonly senderSsrc: number
  /** A repeated `sequenceNumber` repeats an old request. */
  readonly requests: readonly { readonly ssrc: number; readonly sequenceNumber: number }[]
}

/** Receiver estimated maximum bitrate (draft-alvestrand-rmcat-remb-03 §2.2). */
export interface ReceiverEstimate {
  readonly type: 'remb'
  readonly senderSsrc: number
  /** Bits per second, all `ssrcs` together. */
  readonly bitrate: number
  readonly ssrcs: readonly number[]
}

/** Extended report (RFC 3611): the two blocks that measure round trips for receivers. */
export interface ExtendedReport {
  readonly type: 'extended-report'
  readonly ssrc: number
  /** §4.4, the receiver's own clock. */
  readonly receiverReferenceTime?: { readonly seconds: number; readonly fraction: number }
  /** §4.5. */
  readonly delaySinceLastReceiverReport: readonly {
    readonly ssrc: number
    readonly lastReceiverReport: number
    readonly delay: number
  }[]
}

export type RtcpPacket =
  | SenderReport
  | ReceiverReport
  | Bye
  | Nack
  | TransportFeedback
  | PictureLoss
  | FullIntraRequest
  | ReceiverEstimate
  | ExtendedReport
