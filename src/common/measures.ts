import type { VideoCodec } from './codec.js'
import type { HistogramCounts } from './histogram.js'
import type { KeyframeCause, Transport } from './viewer-stats.js'

/** Why a picture was not encoded: all who watch were busy with earlier ones, fewer a second are wanted, the rate control left it out. */
export type SkipCause = 'busy' | 'pace' | 'rate'

/** What became of a track's pictures at the encoders of one codec; counts, times in ms. */
export interface EncodeMeasures {
  readonly codec: VideoCodec
  readonly encoded: number
  readonly keyframes: number
  readonly skipped: Readonly<Record<SkipCause, number>>
  readonly time: HistogramCounts
}

/** What was sent to all viewers of a track with one codec, by one way, those who have left included; counts, times in ms. */
export interface SendMeasures {
  readonly codec: VideoCodec
  readonly transport: Transport
  /** Sessions there are now. */
  viewers: number
  bytes: number
  packets: number
  retransmissions: number
  padding: number
  frames: number
  framesDropped: number
  keyframes: Record<KeyframeCause, number>
  stalls: number
  stalledTime: number
}

/** A track, since it was added. */
export interface TrackMeasures {
  readonly name: string
  readonly pushed: number
  readonly dropped: { readonly superseded: number; readonly full: number; readonly undecodable: number }
  readonly refused: number
  /** Encoders that run now. */
  readonly encoders: number
  /** How long images waited for the encoders, ms. */
  readonly queue: HistogramCounts
  /** How long one took to be decoded and converted, at all scales, ms. */
  readonly conversion: HistogramCounts
  readonly encoding: readonly EncodeMeasures[]
  readonly sending: readonly SendMeasures[]
}

/** Why a session ended. */
export type EndCause =
  /** The viewer ended it, or closed its connection. */
  | 'left'
  /** Its network failed, or it reported nothing any more. */
  | 'lost'
  /** It was answered, and never connected. */
  | 'unconnected'
  /** Its offer could not be answered. */
  | 'unanswered'
  /** It did what no viewer does. */
  | 'misbehaved'
  | 'track_removed'
  /** The application ended it. */
  | 'application'
  | 'server_closed'
  | 'other'

/** The networks of the viewers by one way: a sample of each viewer a second. */
export interface NetworkMeasures {
  readonly transport: Transport
  /** ms */
  readonly roundTripTime: HistogramCounts
  /** 0…1 */
  readonly loss: HistogramCounts
  /** bit/s */
  readonly estimate: HistogramCounts
}

/** An engine since it was started. */
export interface EngineMeasures {
  readonly tracks: readonly TrackMeasures[]
  readonly begun: readonly {
    readonly codec: VideoCodec
    readonly transport: Transport
    readonly count: number
  }[]
  readonly ended: Readonly<Record<EndCause, number>>
  readonly networks: readonly NetworkMeasures[]
}

/** How far a publication is that is not over. */
export type PublicationPhase = 'connecting' | 'connected' | 'waiting'

/** The publications of a track, those that are over included; counts since the server was started. */
export interface PublishMeasures {
  readonly track: string
  /** How many there are now, of each. */
  readonly now: Readonly<Record<PublicationPhase, number>>
  /** Connections that came after a first one. */
  readonly reconnections: number
  /** Publications that ended because they were refused for good. */
  readonly failures: number
  /** RTP bytes, headers and retransmissions included. */
  readonly bytes: number
}

/** What happens to a session; without anything that is secret. */
export interface SessionEvent {
  readonly event: 'begun' | 'connected' | 'ended'
  /** Public. */
  readonly viewer: string
  readonly track: string
  readonly codec: VideoCodec
  readonly transport: Transport
  /** Since it was begun, ms. */
  readonly duration: number
  /** Of one that ended. */
  readonly cause?: EndCause
  readonly reason?: string
}
