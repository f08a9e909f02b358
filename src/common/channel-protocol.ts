import type { SendingTimes } from './frame-timing.js'

/**
 * What server and viewer say to each other on the data channel `pixelcast` (ordered, reliable, JSON
 * text), version 1. The viewer creates the channel; a WHEP client that does not is served all the same.
 * Either side passes over messages of a kind that it does not know.
 */
export const CHANNEL_LABEL = 'pixelcast'
export const CHANNEL_VERSION = 1

/**
 * A second data channel, for `meta` and `again` alone, that a viewer creates when it wants them: unordered,
 * and with a life of a second for its messages. On the first one a lost packet would hold up the metadata of
 * all frames behind it until it is repeated, and these frames would be gone by then.
 */
export const FRAMES_LABEL = 'pixelcast-frames'
export const FRAMES_INIT = { ordered: false, maxPacketLifeTime: 1_000 } as const

/** Times of frames are in 1/90,000 s of the server's monotonic clock; the RTP time is (time + `rtpOffset`) modulo 2^32. */
type FrameTime = number

/** From the server. */
export type ServerMessage =
  /** First message. */
  | {
      readonly t: 'hello'
      readonly v: 1
      readonly viewer: string
      readonly track: string
      readonly rtpOffset: number
      /** Whether this viewer's input is listened to at this moment. */
      readonly control: boolean
    }
  /** Answer to `ping`: the viewer's own `at` back, and the server's monotonic clock in ms. */
  | { readonly t: 'pong'; readonly id: number; readonly at: number; readonly clock: number }
  /** The size of the source image from now on (H.264 pads odd sizes to even ones). */
  | { readonly t: 'image'; readonly width: number; readonly height: number }
  /** On the channel for frames: the metadata of the frame of that time, sent before it. A frame that none was sent for has none. */
  | { readonly t: 'meta'; readonly time: FrameTime; readonly data: unknown }
  /** On the channel for frames: the frame of that time shows once more the image of the frame `of`, whose metadata it has. */
  | { readonly t: 'again'; readonly time: FrameTime; readonly of: FrameTime }
  /** From now on this viewer's input is listened to, or is not. */
  | { readonly t: 'rights'; readonly control: boolean }
  /** All controls of the track, in order: after `hello` when there are some, when one is added or removed, and when many change at once. */
  | { readonly t: 'controls'; readonly controls: readonly ControlState[] }
  /**
   * A control has a new value, by whom ever. The viewer that moved it is not told, unless it was corrected, or
   * was told another value in the last two seconds.
   */
  | { readonly t: 'control'; readonly name: string; readonly value: number }
  /** The viewer is asked to choose a rectangle; the answer is `selected`. */
  | { readonly t: 'select'; readonly id: number; readonly crosshair: boolean; readonly fromCenter: boolean }
  /** That is not wanted any more, or somebody else has chosen. */
  | { readonly t: 'unselect'; readonly id: number }
  /** Where the time of this viewer's frames went on the server: once a second, when there were new images. */
  | ({ readonly t: 'timing' } & SendingTimes)
  /** The server ends this viewer's session; `retry` says whether coming back makes sense. */
  | { readonly t: 'bye'; readonly reason: string; readonly retry: boolean }

/** A trackbar: whole numbers from `min` to `max`. */
export interface ControlState {
  /** Unique within the track; shown to people. */
  readonly name: string
  /** Least value. */
  readonly min: number
  /** Greatest value. */
  readonly max: number
  /** Value now. */
  readonly value: number
}

/** From the viewer. */
export type ViewerMessage =
  | { readonly t: 'ping'; readonly id: number; readonly at: number }
  | KeyMessage
  | PointerMessage
  | WheelMessage
  /** A trackbar was moved. */
  | { readonly t: 'control'; readonly name: string; readonly value: number }
  /** The rectangle that was asked for, in whole source pixels; undefined: the person declined. */
  | {
      readonly t: 'selected'
      readonly id: number
      readonly rect?: {
        readonly x: number
        readonly y: number
        readonly width: number
        readonly height: number
      }
    }

/** Bits of `mods`. */
export const MODIFIER = { shift: 1, ctrl: 2, alt: 4, meta: 8 } as const

/** A key, as the browser's `KeyboardEvent` has it. */
export interface KeyMessage {
  readonly t: 'key'
  readonly type: 'down' | 'up'
  /** `a`, `A`, `Escape`, `ArrowLeft`, …: `KeyboardEvent.key`. */
  readonly key: string
  /** `KeyA`, …: `KeyboardEvent.code`. */
  readonly code: string
  readonly repeat: boolean
  readonly mods: number
}

/** A mouse, a pen or a finger. */
export interface PointerMessage {
  readonly t: 'pointer'
  readonly type: 'move' | 'down' | 'up' | 'double' | 'cancel' | 'leave'
  readonly kind: 'mouse' | 'pen' | 'touch'
  /** Tells fingers apart. */
  readonly id: number
  /** Pixels of the source image, fractions included: 0 is the left (upper) edge of the first pixel. May lie outside while a button is held. */
  readonly x: number
  readonly y: number
  /** That changed, as `PointerEvent.button`: 0 left, 1 middle, 2 right; -1 with `move`. */
  readonly button: number
  /** Held now, as `PointerEvent.buttons`: 1 left, 2 right, 4 middle. */
  readonly buttons: number
  readonly mods: number
}

/** A wheel, or two fingers on a touchpad. */
export interface WheelMessage {
  readonly t: 'wheel'
  readonly x: number
  readonly y: number
  /** CSS pixels, positive to the right and down. */
  readonly dx: number
  readonly dy: number
  readonly buttons: number
  readonly mods: number
}
