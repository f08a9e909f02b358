import type { VideoCodec } from './codec.js'

/**
 * The way without UDP: the encoded stream over a WebSocket on the HTTP port. Version 1.
 *
 * The viewer begins a session by `POST /whep/NAME` with a `SocketRequest` as `application/json` in place of an
 * offer; the answer is 201 with the session's address in Location, as WHEP has it. It then opens the WebSocket
 * `socket` below that address, once, with the subprotocol `SOCKET_PROTOCOL`. When the WebSocket ends, so does the
 * session.
 *
 * Text messages are those of both data channels (see channel-protocol.ts), in both directions, plus those below.
 * Binary messages are frames, from the server, each with a header of `FRAME_HEADER_BYTES`, big-endian:
 *
 * | byte | |
 * |---|---|
 * | 0 | 1: an encoded frame; messages of another kind are passed over |
 * | 1 | bit 0: keyframe |
 * | 2 | codec: 0 H.264 (Annex B, SPS and PPS before every IDR), 1 VP8 |
 * | 3 | scale: both sides of the image were divided by this |
 * | 4–7 | number of the frame, counting from 0 modulo 2^32 |
 * | 8–11 | RTP time, as it would be over WebRTC: (time + `rtpOffset` of `hello`) modulo 2^32, 1/90,000 s |
 * | 12–15 | 0 |
 *
 * The rest is the frame as the encoder made it. Frames that would come late are not sent; what follows a gap
 * is a keyframe.
 */
export const SOCKET_PROTOCOL = 'pixelcast.1'
export const FRAME_HEADER_BYTES = 16
export const FRAME_KIND = 1
export const KEYFRAME_FLAG = 1
export const SOCKET_CODECS: readonly VideoCodec[] = ['h264', 'vp8']

/** Body of the `POST` that begins a session over a WebSocket. */
export interface SocketRequest {
  readonly transport: 'websocket'
  /** What the viewer can decode, best first. */
  readonly codecs: readonly VideoCodec[]
}

/** From the viewer, besides those of the data channel. */
export type SocketViewerMessage =
  /** The frame of that number has come in whole: at once, for each; the server learns from it what the network takes. */
  | { readonly t: 'got'; readonly frame: number }
  /** Nothing can be decoded until a keyframe has come. */
  | { readonly t: 'keyframe' }
