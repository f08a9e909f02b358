import type { ServerMessage } from '../common/channel-protocol.js'
import type { Channel } from './channel.js'
import type { PresentedFrame } from './presented-frame.js'
import type { Counters } from './stats.js'
import type { ViewerTransport } from './transport.js'
import type { WhepError } from './whep.js'

/** What there is to show: a track of a stream, or something that takes a `<video>` over. */
export type Picture =
  | { readonly track: MediaStreamTrack }
  | {
      /** Called once, with the video that is to show it. */
      attach(video: HTMLVideoElement): void
    }

/** What is known of a frame that was seen on the screen. */
export interface FrameTimes {
  /** RTP time; undefined where the browser does not tell. */
  readonly rtp: number | undefined
  /** Whether that is the very frame's own, not that of one nearby. */
  readonly exact: boolean
  /** When the last of it came, ms on this page's clock; undefined where the browser does not tell. */
  readonly received: number | undefined
}

export interface AttemptHandlers {
  picture(picture: Picture): void
  /** The server has answered, and named these for attempts to come. */
  iceServers(servers: RTCIceServer[]): void
  /** The way to the server is there; a picture need not be. */
  live(): void
  message(message: ServerMessage): void
  /** The server has closed the channel, and goes on sending the picture. */
  unheard(): void
  /** Neither answers nor pictures come; the server itself is there. Called again as long as that is so. */
  quiet(): void
  /** Metadata of a frame, as it came. */
  note(text: unknown): void
  /** It is over, for a reason that was not `close()`. Called once at most. */
  lost(error: WhepError): void
}

/** One attempt to watch, over whatever transport, from its beginning to its end. Never used twice. */
export interface Attempt {
  readonly transport: ViewerTransport
  readonly channel: Channel
  /** Its outcome comes through the handlers. */
  start(): Promise<void>
  /** Ends it and tells the server. Safe to call twice, and while the page goes away. */
  close(): void
  /** Undefined before the first of the video has come. */
  counters(now: number): Promise<Counters | undefined>
  timesOf(frame: PresentedFrame): FrameTimes
  /**
   * RTP time of the frame that a video shows at this moment, which may have been shown since the last callback.
   * @param presented RTP time of the frame that the last callback was about
   */
  shownRtp(video: HTMLVideoElement, presented: number | undefined): number | undefined
}
