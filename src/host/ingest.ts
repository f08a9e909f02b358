import { EngineError, OptionError, SignalingError } from '../common/errors.js'
import { createIngestApp } from '../server/app.js'
import { IngestCounts } from '../server/ingest/counts.js'
import { isIngest } from '../server/ingest/routes.js'
import type { App } from '../server/routing.js'
import type { ImageTrack } from '../track/index.js'
import type { ServerSettings } from './messages.js'

/** What the ingest needs of the server whose tracks it feeds. */
export interface IngestTracks {
  get(name: string): ImageTrack | undefined
  /** Adds a track and tells the application. Throws `EngineError` when the server is closed. */
  add(name: string): ImageTrack
  /** Something failed that is nobody's fault but ours. */
  onError(error: Error): void
}

/**
 * The application's end of the ingest: makes the tracks that senders want, and takes the images that come
 * through the application's own web server. These go straight to the track, which can be written to from
 * this thread as well; only their body would have to cross to the engine's otherwise.
 */
export class Ingest {
  readonly #settings: ServerSettings
  readonly #tracks: IngestTracks
  /** Tracks that senders have made and that are still open. */
  readonly #made = new Set<ImageTrack>()
  #app: App | undefined

  constructor(settings: ServerSettings, tracks: IngestTracks) {
    this.#settings = settings
    this.#tracks = tracks
  }

  /** Throws `SignalingError` (503) when there may not be one more. */
  makeTrack(name: string): ImageTrack {
    const before = this.#tracks.get(name)
    if (before) return before
    const most = this.#settings.ingest?.maxTracks ?? 0
    if (this.#made.size >= most)
      throw new SignalingError(
        503,
        `senders may make ${most} tracks, and have (the option ingest.maxTracks); close one, or send to another`,
      )
    const track = this.#add(name)
    // Unless the application did not want it: then its close event is over.
    if (track.closed) return track
    this.#made.add(track)
    track.once('close', () => this.#made.delete(track))
    return track
  }

  /** The answer to a request with images; undefined for all others. */
  fetch(request: Request): Response | Promise<Response> | undefined {
    if (!isIngest(request)) return undefined
    this.#app ??= this.#createApp()
    return this.#app.fetch(request, { forwarded: true })
  }

  #createApp(): App {
    const { cors, ingest: settings, ingestCounts } = this.#settings
    const counts = new IngestCounts(ingestCounts)
    return createIngestApp({
      ...(cors && { cors }),
      ...(settings && {
        ingest: {
          settings,
          gate: {
            track: (name) => this.#tracks.get(name),
            createTrack: async (name) => void this.makeTrack(name),
            count: (fate, by) => counts.add(fate, by),
            report: (name, error) => this.#tracks.get(name)?.report('error', error),
          },
        },
      }),
      onError: (error) => this.#tracks.onError(error instanceof Error ? error : new Error(String(error))),
    })
  }

  #add(name: string): ImageTrack {
    try {
      return this.#tracks.add(name)
    } catch (error) {
      if (error instanceof OptionError && error.field === 'limits.tracks')
        throw new SignalingError(503, 'the server has all the tracks that it may have', {
          'Retry-After': '5',
        })
      if (error instanceof EngineError) throw new SignalingError(503, error.message, { 'Retry-After': '1' })
      throw error
    }
  }
}
