/**
 * What server and viewer say to each other on the data channel `pixelcast` (ordered, reliable, JSON
 * text), version 1. The viewer creates the channel; a WHEP client that does not is served all the same.
 */
export const CHANNEL_LABEL = 'pixelcast'
export const CHANNEL_VERSION = 1

/** From the server. */
export type ServerMessage =
  /**
   * First message. RTP time of a frame = (capture time in ms on the server's monotonic clock × 90 +
   * `rtpOffset`) modulo 2^32.
   */
  | {
      readonly t: 'hello'
      readonly v: 1
      readonly viewer: string
      readonly track: string
      readonly rtpOffset: number
    }
  /** Answer to `ping`: the viewer's own `at` back, and the server's monotonic clock in ms. */
  | { readonly t: 'pong'; readonly id: number; readonly at: number; readonly clock: number }
  /** The size of the source image from now on (H.264 pads odd sizes to even ones). */
  | { readonly t: 'image'; readonly width: number; readonly height: number }
  /** The server ends this viewer's session; `retry` says whether coming back makes sense. */
  | { readonly t: 'bye'; readonly reason: string; readonly retry: boolean }

/** From the viewer. Anything else is ignored. */
export type ViewerMessage = { readonly t: 'ping'; readonly id: number; readonly at: number }
