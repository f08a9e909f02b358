import type { IceServerAccess } from '../common/ice-server.js'
import type { VideoCodec } from '../encode/encoded-frame.js'
import type { ImageProducer } from '../track/index.js'
import type { MessagePipe } from './message-pipe.js'

export type { MessagePipe, PipeEvents } from './message-pipe.js'

/** What the HTTP server may ask of the engine, and all that it knows of it. */
export interface EngineApi {
  tracks(): TrackInfo[]
  track(name: string): TrackInfo | undefined
  /**
   * Answers a browser's offer for a track. Throws `SignalingError` (400 malformed, 404 no such track,
   * 406 no common codec, 503 too many viewers).
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
  /** The writing end of a track; undefined when there is no such track. */
  producer(track: string): ImageProducer | undefined
}

export interface ConnectOptions {
  /** Codecs to consider, best first; the default is the track's own. */
  readonly codecs?: readonly VideoCodec[] | undefined
  /** Whether the viewer may control, whatever the track's rule says. */
  readonly control?: boolean | undefined
  /** The bearer token that it sent, for tracks whose rule asks for one. */
  readonly bearer?: string | undefined
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
