import { SlotState, type TrackControl, Word } from './control.js'

/** Counters since the track was made (32-bit, they wrap), and what is going on now. */
export interface TrackStats {
  /** Images that were queued. */
  readonly pushed: number
  /** Images that were queued or offered, and never encoded, by cause. */
  readonly dropped: {
    /** A newer image took its place in the queue (newest wins). */
    readonly superseded: number
    /** The queue was full (`overflow: 'drop-newest'`). */
    readonly full: number
    /** Compressed bytes with a good header that turned out not to decode. */
    readonly undecodable: number
  }
  /** Calls that threw an `ImageError`. */
  readonly refused: number
  /** Images waiting now. */
  readonly queued: number
  /** How long the last image waited before the engine took it, ms. */
  readonly queueAge: number
  /** Viewers connected now. */
  readonly viewers: number
  /** Encoders running now: one per codec and rung that somebody watches. */
  readonly encoders: number
  /** Pictures encoded, of all codecs, refinements of a still image included. */
  readonly framesEncoded: number
  /** Keyframes among them. */
  readonly keyframes: number
}

export function readStats(control: TrackControl): TrackStats {
  const count = (word: number): number => control.load(word) >>> 0
  return {
    pushed: count(Word.Pushed),
    dropped: {
      superseded: count(Word.DroppedSuperseded),
      full: count(Word.DroppedFull),
      undecodable: count(Word.DroppedUndecodable),
    },
    refused: count(Word.Refused),
    queued: control.countSlots(SlotState.Ready),
    queueAge: count(Word.QueueAge) / 1000,
    viewers: count(Word.Viewers),
    encoders: count(Word.Encoders),
    framesEncoded: count(Word.FramesEncoded),
    keyframes: count(Word.Keyframes),
  }
}
