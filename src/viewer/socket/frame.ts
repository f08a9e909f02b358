import type { VideoCodec } from '../../common/codec.js'
import { FRAME_HEADER_BYTES, FRAME_KIND, KEYFRAME_FLAG, SOCKET_CODECS } from '../../common/socket-protocol.js'

/** An encoded frame, as it came over the WebSocket. */
export interface SocketFrame {
  readonly keyframe: boolean
  readonly codec: VideoCodec
  /** Counts up modulo 2^32; what is missing was not sent. */
  readonly number: number
  readonly rtp: number
  /** Annex B, or a VP8 frame. */
  readonly data: Uint8Array<ArrayBuffer>
  /** When it had come, ms on this page's clock. */
  readonly received: number
}

/** Reads a binary message; undefined for one of a kind, or with a codec, that this viewer does not know. */
export function readFrame(message: ArrayBuffer, received: number): SocketFrame | undefined {
  if (message.byteLength <= FRAME_HEADER_BYTES) return undefined
  const view = new DataView(message)
  const codec = SOCKET_CODECS[view.getUint8(2)]
  if (view.getUint8(0) !== FRAME_KIND || codec === undefined) return undefined
  return {
    keyframe: (view.getUint8(1) & KEYFRAME_FLAG) !== 0,
    codec,
    number: view.getUint32(4),
    rtp: view.getUint32(8),
    data: new Uint8Array(message, FRAME_HEADER_BYTES),
    received,
  }
}
