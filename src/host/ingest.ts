import { EngineError, OptionError, SignalingError } from '../common/errors.js'
import type { AccessRule } from '../server/access/access.js'
import { type AppOptions, createIngestApp } from '../server/app.js'
import { IngestCounts } from '../server/ingest/counts.js'
import { isIngest } from '../server/ingest/routes.js'
import type { App } from '../server/routing.js'
import type { ImageTrack } from '../track/index.js'
import type { SerializedError, ServerSettings } from './messages.js'
import { serializeError } from './serialize-error.js'

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

  constructor(
    settings: ServerSettings,
    tracks: IngestTracks,
    private readonly access: AccessRule,
  ) {
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

  /** A sender in the engine's thread wants a track: whether there is one now, or why not. */
  want(name: string): { name: string; error?: SerializedError } {
    try {
      this.makeTrack(name)
      return { name }
    } catch (refusal) {
      return { name, error: serializeError(refusal) }
    }
  }

  /** The answer to a request with images; undefined for all others. */
  fetch(request: Request, address?: string): Response | Promise<Response> | undefined {
    if (!isIngest(request)) return undefined
    this.#app ??= this.#createApp()
    return this.#app.fetch(request, { forwarded: true, address })
  }

  #createApp(): App {
    const { cors, trustProxy, ingest: settings, ingestCounts } = this.#settings
    const counts = new IngestCounts(ingestCounts)
    const options = {
      ...(cors && { cors }),
      trustProxy,
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
      onError: (error: unknown) =>
        this.#tracks.onError(error instanceof Error ? error : new Error(String(error))),
    } satisfies AppOptions
    return createIngestApp(options, this.access)
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
