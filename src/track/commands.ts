import type { ControlState } from '../common/channel-protocol.js'

/** What the application's end of a track tells the engine's, in order. */
export type TrackCommand =
  /** A new control, or another range and value of one that is there. */
  | { readonly do: 'add-control'; readonly control: ControlState; readonly revision: number }
  | { readonly do: 'set-control'; readonly name: string; readonly value: number; readonly revision: number }
  | { readonly do: 'remove-control'; readonly name: string }
  /** Viewers that may control are asked for a rectangle; one question at a time. */
  | { readonly do: 'select'; readonly id: number; readonly crosshair: boolean; readonly fromCenter: boolean }
  | { readonly do: 'unselect'; readonly id: number }
