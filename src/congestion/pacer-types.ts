import type { SendBudget } from './send-budget.js'

/** What the pacer must know of a frame; each packet counts with its `length` (headroom for overhead). */
export interface PacedFrame {
  readonly keyframe: boolean
  readonly packets: readonly { readonly length: number }[]
}

/** What it must know of a retransmission: which packet of which frame. */
export interface PacedRetransmission {
  readonly frame: PacedFrame
  readonly index: number
}

/** Where packets go when their time has come. `RtpStream` has the first two. */
export interface PacerSink<F extends PacedFrame, R extends PacedRetransmission> {
  sendPacket(frame: F, index: number, now: number): unknown
  retransmit(retransmission: R, now: number): unknown
  /** The rate at which to send now, because it is probed, bits per second; undefined: at the usual pace. */
  probeRate?(now: number): number | undefined
  /** Sends some packet that is of no further use, for a probe. @returns its bytes; 0 when there is none */
  sendPadding?(now: number): number
  /** Frames were dropped: nothing but a keyframe helps this viewer. Called once, until one is enqueued. */
  needsKeyframe(): void
}

export interface PacerOptions {
  /** Target bitrate, bits per second. Default 50 Mbit/s, until an estimator knows better. */
  readonly rate?: number
  /** Shared with the pacers of other streams that go the same way. Default: one of its own, of this rate. */
  readonly budget?: SendBudget
  /** The target times this is the rate of sending, so that the queue drains; 1.5..2.5. Default 2.5. */
  readonly factor?: number
  /** Delta frames that would take longer than this to send are dropped, ms. Default 250. */
  readonly maxQueueTime?: number
  /** The same in bytes. Default 2 MiB. */
  readonly maxQueueBytes?: number
}

export interface PacerStats {
  /** Frames that were refused or dropped, in whole or in part. */
  readonly framesDropped: number
  /** How often the queue ran over. */
  readonly overflows: number
  readonly retransmissionsDropped: number
}
