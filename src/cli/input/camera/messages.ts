import type { MediaSource } from '../media.js'
import type { PlayOptions } from '../types.js'

/** What a camera's process is to open; sent to it once. */
export interface CameraOrder {
  /** Ways to open the same camera, best first. */
  readonly sources: readonly MediaSource[]
  /** The camera's name in messages, without its password. */
  readonly shown: string
  /** For a video that has an end. */
  readonly play: PlayOptions
}

/** What the process tells; the frames themselves come over its stdout. */
export type CameraReport =
  | { readonly is: 'open'; readonly description: string }
  | { readonly is: 'end'; readonly how: 'lost' | 'over' }
  | { readonly is: 'failed'; readonly reason: string; readonly hopeless: boolean }
  | { readonly is: 'remark'; readonly text: string }
