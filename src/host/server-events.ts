import type { EngineError } from '../common/errors.js'
import type { ImageTrack } from '../track/index.js'

/** Events of a `PixelcastServer`, with the arguments of their listeners. */
export interface ServerEvents {
  /** A sender has made a track (see the option `ingest.createTracks`); its first image follows. */
  track: [track: ImageTrack]
  /**
   * Something failed that belongs to no single call. An `EngineError` is the engine's end: `restart` follows, or, with
   * the option `restart: false` or after too many of them, `close`.
   */
  error: [error: Error]
  /** The engine failed, and the server is open again, with its tracks and their last images; `error` says why. */
  restart: [error: EngineError]
  /** The server is closed, by `close()` or because the engine failed. */
  close: []
}
