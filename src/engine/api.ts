import type { IceServerAccess } from '../common/ice-server.js'
import type { EngineMeasures } from '../common/measures.js'
import type { RungStats, ViewerStats } from '../common/viewer-stats.js'
import type { VideoCodec } from '../encode/encoded-frame.js'
import type { ImageProducer } from '../track/index.js'
import type { IceOptions } from '../transport/ice-options.js'
import type { MessagePipe } from './message-pipe.js'

export type { MessagePipe, PipeEvents } from './message-pipe.js'

/** What the HTTP server may ask of the engine, and all that it knows of it. */
export interface EngineApi {
  tracks(): TrackInfo[]
  track(name: string): TrackInfo | undefined
  /**
   * Answers a browser's offer for a track. Throws `SignalingError` (400 malformed, 404 no such track,
   * 406 no common codec, 429 too many from there, 503 too many in all).
   */
  connect(track: string, offerSdp: string, options?: ConnectOptions): Promise<ConnectResult>
  /** Adds the candidates of a trickle-ice-sdpfrag (RFC 8840). Throws `SignalingError` (404, 400, 422, 412). */
  addCandidates(session: string, fragment: string): Promise<void>
  /**
   * Begins a session without WebRTC: whole frames over a pipe, which has to come within 10 s. Throws `SignalingError`
   * (404, 406 no common codec, 503).
   *
   * @param accepted what the viewer can decode
   */
  connectSocket(track: string, accepted: readonly VideoCodec[], options?: ConnectOptions): SocketConnectResult
  socketState(session: string): SocketState
  /** Gives a session its pipe; the session ends with it. False unless it is `awaited`. */
  attachSocket(session: string, pipe: MessagePipe): boolean
  hasSession(session: string): boolean
  /** Ends a session; false when there is none. */
  disconnect(session: string): boolean
  /** The track's last image, encoded; undefined when it has none yet. */
  snapshot(track: string, format: 'png' | 'jpg'): Promise<Uint8Array | undefined>
  /** Whether new sessions are taken, and why not. */
  readiness(): Readiness
  /** What happened so far, in numbers. */
  measures(): EngineMeasures
  /** The writing end of a track; undefined when there is no such track. */
  producer(track: string): ImageProducer | undefined
}

/** What a publisher may ask of the engine, and all that it knows of it. */
export interface PublishingApi {
  newStreamIdentity(track: string): StreamIdentity
  /**
   * One connection to an engine elsewhere, for one track: it offers, the other side answers. The same identity may be
   * used again when it is over. Throws `EngineError` when there is no such track.
   */
  openUpstream(
    track: string,
    source: StreamIdentity,
    settings: UpstreamSettings,
    events: UpstreamEvents,
  ): UpstreamApi
}

/** What the packets of a publication are known by, from its first connection to its last. */
export interface StreamIdentity {
  /** Of the rungs that may be sent, the largest first; one stream is the first. */
  readonly sources: readonly { readonly ssrc: number; readonly rtxSsrc: number }[]
  /** RTP time of monotonic time 0. */
  readonly clockOffset: number
  readonly cname: string
  readonly streamId: string
  readonly trackId: string
}

export interface UpstreamSettings {
  /** To offer, best first. */
  readonly codecs: readonly VideoCodec[]
  /** How many rungs to offer at the same time (simulcast), 1..3; 1: one stream, which follows the network. */
  readonly rungs: number
  readonly ice: IceOptions
  /** Bit/s; undefined: as much as the track may have. */
  readonly maxBitrate?: number | undefined
  /** Most time between two keyframes, ms; undefined: they come when they are asked for. */
  readonly keyframeInterval?: number | undefined
}

export interface UpstreamEvents {
  /** Media can flow from now on. */
  onOpen(): void
  /** The connection is over. Not called after `close()`. */
  onClose(reason: string): void
  onError(error: unknown): void
}

export interface UpstreamApi {
  /** Once. SDP for the engine, without candidates. */
  offer(): Promise<string>
  /** Throws `SignalingError` when it is no answer to the offer. */
  accept(answerSdp: string): void
  /** A trickle-ice-sdpfrag with our candidates, to be sent after that; undefined when there are none. */
  readonly fragment: string | undefined
  /** How many rungs the engine takes at the same time; 0 before the answer. */
  readonly rungs: number
  /** Undefined before the answer. */
  stats(): UpstreamStats | undefined
  /** Ends it; no event follows. Idempotent. */
  close(): void
}

export interface UpstreamStats extends Omit<ViewerStats, 'ignoredMessages' | 'transport'> {
  /** The largest first. */
  readonly rungs: readonly RungStats[]
}

/** Whether new sessions are taken. */
export type Readiness =
  | { readonly status: 'ready' }
  | { readonly status: 'draining' | 'full' | 'overloaded' | 'closing'; readonly detail: string }

export interface ConnectOptions {
  /** Codecs to consider, best first; the default is the track's own. */
  readonly codecs?: readonly VideoCodec[] | undefined
  /** Whether the viewer may control, whatever the track's rule says. Default: as that says; if it is one of a token, not. */
  readonly control?: boolean | undefined
  /** IP address that it comes from, for the limits of one; undefined: not known. */
  readonly address?: string | undefined
  /** Stands for the token or account that it comes with, for the limits of one. No secret: a digest. */
  readonly holder?: string | undefined
}

export interface ConnectResult {
  /** Secret: names the session in its URL (128 random bits, base64url). */
  readonly session: string
  /** Public: names the viewer in events and statistics. */
  readonly viewer: string
  readonly answerSdp: string
  /** For the viewer to use, with credentials of its own. */
  readonly iceServers: readonly IceServerAccess[]
}

export interface SocketConnectResult {
  /** Secret, as in `ConnectResult`. */
  readonly session: string
  /** Public. */
  readonly viewer: string
}

/** Whether a session has room for a pipe: there is no such session, it is one over WebRTC, it waits for it, it has one. */
export type SocketState = 'none' | 'other' | 'awaited' | 'taken'

export interface TrackInfo {
  readonly name: string
  /** Size of the last image in pixels; undefined before the first. */
  readonly width?: number
  readonly height?: number
  readonly viewers: number
  /** Images taken in the last second. */
  readonly fps: number
  /** Images pushed since the track was added. */
  readonly pushed: number
}
