import type { VideoCodec } from './codec.js'
import type { SendingTimes } from './frame-timing.js'

/** Why a viewer needed a keyframe: it joined, it asked (PLI, FIR), its queue overflowed, it changed the rung. */
export type KeyframeCause = 'joined' | 'asked' | 'overflow' | 'rung'

/** How frames get to a viewer: `websocket` where UDP does not pass. */
export type Transport = 'webrtc' | 'websocket'

/** How one viewer is sent to. Rates in bit/s, times in ms, counts since it connected. */
export interface ViewerStats {
  /** How frames get to it: `websocket` where UDP does not pass. */
  readonly transport: Transport
  /** What it decodes. */
  readonly codec: VideoCodec
  /** The rung that it watches: both sides of the image divided by this, 1, 2 or 4; undefined before its first picture. */
  readonly scale: number | undefined
  /** What its network takes, as estimated; headers and retransmissions included. */
  readonly estimate: number
  /** What it acknowledged lately; undefined before its first feedback. */
  readonly acknowledged: number | undefined
  /** What waits in its network beyond the usual delay. */
  readonly queueDelay: number
  /** Of the network, both ways. */
  readonly roundTripTime: number
  /** Share of the packets lost lately, 0…1. Over a WebSocket always 0: TCP repeats them, and they come late. */
  readonly loss: number
  /** Interarrival jitter, from its reports (RFC 3550, section 6.4.1); over a WebSocket 0. */
  readonly jitter: number
  /** RTP bytes, headers and retransmissions included; over a WebSocket those of the messages. */
  readonly bytesSent: number
  /** Media packets, first sendings only; over a WebSocket, and the next three there as well, 0. */
  readonly packetsSent: number
  /** Sent again because it asked (NACK). */
  readonly packetsRetransmitted: number
  /** Sent once more only to find out how much its network takes. */
  readonly paddingPackets: number
  /** Frames whose last packet has left. */
  readonly framesSent: number
  /** Frames left out because it could not follow. */
  readonly framesDropped: number
  /** How often its network was probed for more. */
  readonly probes: number
  /** How often it needed a keyframe, by cause. */
  readonly keyframes: Readonly<Record<KeyframeCause, number>>
  /** How often its picture stood still for want of a keyframe. */
  readonly stalls: number
  /** … and for how long, all together. */
  readonly stalledTime: number
  /** The longest of them. */
  readonly longestStall: number
  /** Where the time of its frames goes, here on the server; undefined when no new image was sent in the last second. */
  readonly timing: SendingTimes | undefined
  /** Messages on its data channel that were malformed, or of a kind that is not known here. */
  readonly ignoredMessages: number
}

/** How one of the rungs of a publication is sent. */
export interface RungStats {
  /** Its name, by which the engine knows it (RFC 8851): `f`, `h` or `q`; undefined for a stream without one. */
  readonly rid: string | undefined
  /** Both sides of the image are divided by this; undefined before the first picture of one that may change it. */
  readonly scale: number | undefined
  /** False while it is left out, because the network does not carry it or the picture is too small for it. */
  readonly isSent: boolean
  /** RTP bytes, headers and retransmissions included. */
  readonly bytesSent: number
  /** Frames whose last packet has left. */
  readonly framesSent: number
  /** Frames left out because the network could not follow. */
  readonly framesDropped: number
  /** How often it needed a keyframe, by cause. */
  readonly keyframes: Readonly<Record<KeyframeCause, number>>
}

/** What of it a sender knows. */
export type SendingStats = Omit<ViewerStats, 'transport' | 'codec' | 'scale' | 'ignoredMessages'>
