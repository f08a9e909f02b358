import type { ServerMessage } from '../common/channel-protocol.js'
import type { Size } from './placement.js'
import type { ViewerStats } from './stats.js'
import type { ViewerTransport } from './transport.js'

/** A video codec that a browser may have. A pixelcast server sends `h264` and `vp8`. */
export type ViewerCodec = 'h264' | 'vp8' | 'vp9' | 'av1'

/** Options of a `Viewer`; every one may be left out. */
export interface ViewerOptions {
  /** Codecs to ask for, best first. Default: all that the browser has, the server chooses. */
  readonly codec?: ViewerCodec | readonly ViewerCodec[]
  /** Sent as `Authorization: Bearer …`. Default: none. */
  readonly token?: string
  /** Only watches: never asks for the right to control, and never takes another's turn. Default false. */
  readonly watchOnly?: boolean
  /**
   * `auto` (default): WebRTC, and a WebSocket on the server's HTTP port while no UDP path to it is found;
   * `webrtc` or `websocket`: that one alone.
   */
  readonly transport?: 'auto' | ViewerTransport
  /**
   * Where the video is shown: its `srcObject` is set anew for each connection, and latency and
   * frame rate are measured on it. Default: none, use `stream`; frame rate is then the decoder's, latency unknown.
   */
  readonly video?: HTMLVideoElement
}

/**
 * - `connecting`: not yet connected since `connect()`
 * - `live`: connected; a track that nobody has pushed to yet shows nothing all the same
 * - `reconnecting`: was live, and tries to be again by itself
 * - `closed`: before `connect()`, after `close()`, or ended by the server for good
 * - `failed`: trying again cannot help (no access, no common codec)
 */
export type ViewerState = 'connecting' | 'live' | 'reconnecting' | 'closed' | 'failed'

/** Detail of the `state` event: the new state, and why. */
export interface StateChange {
  /** The state from now on. */
  readonly state: ViewerState
  /** Why, for people; undefined when there is nothing to explain. */
  readonly reason: string | undefined
}

/** Detail of the `metadata` event: what the application said about the frame on the screen. */
export interface MetadataEvent {
  /** As it was given to `addImage`. */
  readonly data: unknown
  /** When the image was pushed, or sent once more, ms on the server's monotonic clock. */
  readonly time: number
  /** Of the frame, as `requestVideoFrameCallback` has it. */
  readonly rtpTimestamp: number
}

/** Events of a `Viewer`, with the argument of their listeners. */
export interface ViewerEvents {
  /** The state, or the reason for it, changed. */
  state: StateChange
  /** Once a second while live. */
  stats: ViewerStats
  /** The size of the source image, in pixels: when it is first known, and when it changes. */
  size: Size
  /** The stream comes over that from now on; told before the picture of another connection takes the place of the last one. */
  transport: ViewerTransport
  /** A new connection's track was added to `stream`. */
  track: MediaStreamTrack
  /** This viewer's input is listened to from now on, or is not any more. */
  rights: boolean
  /** Every message of the server, as `channel-protocol.ts` has it, after the viewer has taken note of it. */
  message: ServerMessage
  /** A frame was seen on the screen; only with `video`, and only while the page is shown. */
  frame: undefined
  /**
   * The frame on the screen has metadata: with its `frame` event, or later while it is still there. Only
   * with `video`, and in browsers that tell a frame's RTP time.
   */
  metadata: MetadataEvent
}

/** Detail of the element's `zoom` event. */
export interface ZoomChange {
  /** Device pixels a source pixel. */
  readonly zoom: number
  /** Whether it is just what `fit` gives. */
  readonly fits: boolean
}

/** What is in a snapshot or a recording; every option may be left out. */
export interface SnapshotOptions {
  /** With what is drawn over the picture. Default: false, the picture alone. */
  readonly overlay?: boolean
}
