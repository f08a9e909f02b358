import type { VideoCodec } from '../common/codec.js'
import type { ViewerStats } from '../common/viewer-stats.js'
import type { Scale } from '../encode/index.js'
import type { Participant } from './backchannel.js'
import type { Receiver } from './outlet.js'

export interface WatcherIdentity {
  /** Public. */
  readonly id: string
  /** Secret: names the session in its URL. */
  readonly session: string
  /** The name of the track that it watches. */
  readonly track: string
}

/** What an encoder may make for somebody now, and what in the long run, bit/s. */
export interface Demand {
  readonly rate: number
  /** What may leave for a moment, for a keyframe. Default: `rate`. */
  readonly available?: number
  readonly capacity: number
  /** Its network has collapsed, and it sees nothing until a keyframe has come through. */
  readonly isUrgent: boolean
  /** Its network is known: who has just come has an estimate that still grows by the moment. */
  readonly isKnown: boolean
}

/** Somebody whom a track's frames go to, by whatever way: all that a track knows of its viewers. */
export interface Watcher extends Receiver {
  readonly identity: WatcherIdentity
  readonly codec: VideoCodec
  /** The only rung that it takes; undefined: what suits its network. */
  readonly only?: Scale | undefined
  demand(now: number): Demand
  /** The most that the encoder would make for it, bit/s. */
  setMaxRate(rate: number): void
  /** Some times a second. */
  pace(now: number): void
}

/** A viewer as the engine keeps it, by whatever way. */
export interface EngineViewer extends Watcher, Participant {
  readonly identity: WatcherIdentity
  /** Once a second. */
  tick(now: number): void
  stats(now: number): ViewerStats
  /** Ends the connection, telling the viewer why if it can be told. No event follows. */
  close(reason?: string, retry?: boolean): void
}
