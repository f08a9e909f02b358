import type { IncomingMessage, ServerResponse } from 'node:http'
import { Emitter } from '../common/emitter.js'
import { EngineError, OptionError, type PixelcastError, show } from '../common/errors.js'
import { serializeRequest, toNodeHandler, toResponse } from '../server/forward.js'
import { type ConnectOptions, ImageTrack, RemoteViewer, type TrackOptions } from '../track/index.js'
import { EngineThread } from './engine-thread.js'
import { Ingest } from './ingest.js'
import type { ViewerInput } from './input-queue.js'
import type { EngineEvent, SerializedError, ServerSettings } from './messages.js'
import { checkServerOptions, type ServerOptions } from './options.js'
import { Publications } from './publications.js'
import { restoreError, serializeError } from './serialize-error.js'

/** Events of a `PixelcastServer`, with the arguments of their listeners. */
export interface ServerEvents {
  /** A sender has made a track (see the option `ingest.createTracks`); its first image follows. */
  track: [track: ImageTrack]
  /** Something failed that belongs to no single call; `EngineError`: the engine failed, and the server with it. */
  error: [error: Error]
  /** The server is closed, by `close()` or because the engine failed. */
  close: []
}

/**
 * Starts an engine with its pages and WHEP on an HTTP port (unless `listen: false`).
 *
 * @throws OptionError for a bad option. @throws ListenError when the port cannot be opened.
 * @throws EngineError when the engine thread does not start.
 */
export async function createServer(options?: ServerOptions): Promise<PixelcastServer> {
  const settings = checkServerOptions(options)
  const thread = EngineThread.acquire()
  return PixelcastServer.open(thread, settings)
}

/** A running server, from `createServer`. */
export class PixelcastServer extends Emitter<ServerEvents> {
  readonly #thread: EngineThread
  readonly #settings: ServerSettings
  readonly #id: number
  readonly #tracks = new Map<string, ImageTrack>()
  /** By key, until the engine has nothing more to say of them: a new track may have the name by then. */
  readonly #known = new Map<number, ImageTrack>()
  readonly #viewers = new Map<
    string,
    { readonly viewer: RemoteViewer; readonly track: ImageTrack | undefined }
  >()
  readonly #ingest: Ingest
  readonly #publications: Publications
  #nextKey = 1
  #port: number | undefined
  /** Whether the engine thread was acquired for this server, and not released. */
  #keepsAlive = true
  #closing: Promise<void> | undefined
  #failure: EngineError | undefined

  private constructor(thread: EngineThread, settings: ServerSettings) {
    super()
    this.#thread = thread
    this.#settings = settings
    this.#ingest = new Ingest(settings, {
      get: (name) => this.#tracks.get(name),
      add: (name) => {
        const track = this.addTrack(name)
        this.emit('track', track)
        return track
      },
      onError: (error) => this.emit('error', error),
    })
    this.#id = thread.register({
      onEvent: (event) => this.#on(event),
      onFailure: (error) => this.#fail(error),
    })
    this.#publications = new Publications(thread, this.#id)
  }

  /** @internal */
  static async open(thread: EngineThread, settings: ServerSettings): Promise<PixelcastServer> {
    const server = new PixelcastServer(thread, settings)
    try {
      const { port } = await thread.call('openServer', { server: server.#id, settings })
      server.#port = port
      return server
    } catch (error) {
      // Unless that was done when the engine failed meanwhile.
      if (!server.#failure) {
        thread.unregister(server.#id)
        thread.release()
      }
      throw error
    }
  }

  /** The HTTP port; undefined with `listen: false`. */
  get port(): number | undefined {
    return this.#port
  }

  /** Where the pages are, e.g. `http://127.0.0.1:8080/`; undefined with `listen: false`. */
  get url(): string | undefined {
    if (this.#port === undefined) return undefined
    const { host } = this.#settings
    const name =
      host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '[::1]' : host.includes(':') ? `[${host}]` : host
    return `${this.#settings.tls ? 'https' : 'http'}://${name}:${this.#port}/`
  }

  /** The tracks, in the order in which they were added. */
  get tracks(): readonly ImageTrack[] {
    return [...this.#tracks.values()]
  }

  /**
   * Adds a track: a new one by name, or one that was constructed before. It can be watched at once.
   *
   * @throws OptionError when the name is taken or an option is bad. @throws EngineError when the server is closed.
   */
  addTrack(name: string, options?: TrackOptions): ImageTrack
  addTrack(track: ImageTrack): ImageTrack
  addTrack(nameOrTrack: string | ImageTrack, options?: TrackOptions): ImageTrack {
    if (this.#failure) throw this.#failure
    if (this.#closing) throw new EngineError('the server is closed')
    const track = nameOrTrack instanceof ImageTrack ? nameOrTrack : new ImageTrack(nameOrTrack, options)
    const { name } = track
    if (this.#tracks.has(name)) {
      throw new OptionError({ field: 'track name', expected: 'one that is not taken', actual: show(name) })
    }
    if (track.attached || track.closed) {
      throw new OptionError({
        field: 'track',
        expected: 'one that is open and not on a server',
        actual: track.closed ? 'a closed one' : 'one that is on a server',
      })
    }
    const key = this.#nextKey++
    this.#tracks.set(name, track)
    this.#known.set(key, track)
    const { control, slots, threads } = track.handle
    const { settings, tokenDigest } = track
    this.#thread
      .call('addTrack', {
        server: this.#id,
        key,
        name,
        memory: { control, slots, threads },
        settings,
        tokenDigest,
      })
      .catch((error: Error) => this.emit('error', error))
    // After that: the engine is told of its controls then.
    track.attach({
      connect: (offer, connectOptions) => this.#connect(name, offer, connectOptions),
      // When the engine is gone, there is nobody to be told.
      publish: (settings) => this.#publications.start(name, settings),
      send: (command) =>
        void this.#thread
          .call('trackCommand', { server: this.#id, track: name, command })
          .catch(() => undefined),
      remove: async () => {
        this.#tracks.delete(name)
        // A server that is gone has removed it already.
        await this.#thread.call('removeTrack', { server: this.#id, name }).catch(() => {})
        this.#known.delete(key)
      },
    })
    return track
  }

  /**
   * The server's routes as a fetch handler, for an own web server (Hono, Bun, Deno, Next). Under a
   * prefix, strip it from the URL first. Never rejects while the server is open.
   */
  readonly fetch = async (request: Request): Promise<Response> => {
    const answer = this.#ingest.fetch(request)
    if (answer) return answer
    const serialized = await serializeRequest(request)
    if (serialized instanceof Response) return serialized
    return toResponse(await this.#thread.call('request', { server: this.#id, request: serialized }))
  }

  /** The same as `(req, res)`, for Express, Fastify or `node:http`. */
  readonly nodeHandler: (request: IncomingMessage, response: ServerResponse) => void = toNodeHandler(
    (request) => this.fetch(request),
  )

  /**
   * From now on this server does not keep the process alive, as `unref` of a `node:net` server; it is open as
   * before. Idempotent.
   */
  unref(): void {
    if (!this.#keepsAlive) return
    this.#keepsAlive = false
    this.#thread.release()
  }

  /** Takes `unref` back. Idempotent; does nothing when the server is closed. */
  ref(): void {
    if (this.#keepsAlive || this.#closing) return
    this.#keepsAlive = true
    this.#thread.retain()
  }

  /** Ends every viewer and track; after the last server of a process nothing of pixelcast keeps it alive. Idempotent. */
  close(): Promise<void> {
    // Whoever waits for the end of it is not to be left alone.
    this.ref()
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const track of this.tracks) track.detach()
    this.#tracks.clear()
    // A thread that has failed has nothing left to close.
    await this.#thread.call('closeServer', { server: this.#id }).catch(() => {})
    this.#thread.unregister(this.#id)
    this.unref()
    this.#viewersGone('the server was closed')
    this.#publications.end()
    this.#known.clear()
    this.emit('close')
  }

  async #connect(
    track: string,
    offer: string,
    options: ConnectOptions,
  ): Promise<{ answer: string; viewer: RemoteViewer }> {
    const { answer, viewer: id } = await this.#thread.call('connect', {
      server: this.#id,
      track,
      offer,
      options,
    })
    const viewer = this.#viewers.get(id)?.viewer
    // Its events travel the same way as the answer, and were sent before it.
    if (!viewer) throw new EngineError('the viewer left while it was answered')
    return { answer, viewer }
  }

  #on(event: EngineEvent): void {
    switch (event.event) {
      case 'viewer': {
        const track = this.#known.get(event.track)
        const who = { server: this.#id, viewer: event.viewer }
        const viewer = new RemoteViewer(event.viewer, track?.name ?? '', {
          close: () => void this.#thread.call('disconnectViewer', who).catch(() => {}),
          // When the engine is gone, so is the viewer.
          stats: () => this.#thread.call('viewerStats', who).catch(() => undefined),
        })
        this.#viewers.set(event.viewer, { viewer, track })
        track?.report('viewer', viewer)
        break
      }
      case 'viewer-connected':
        this.#viewers.get(event.viewer)?.viewer.setConnected()
        break
      case 'viewer-control':
        this.#viewers.get(event.viewer)?.viewer.setControl(event.canControl)
        break
      case 'input':
        for (const input of event.inputs) this.#receive(input)
        // Only now: while the application is busy with these, the engine keeps what comes.
        this.#thread.call('inputTaken', { server: this.#id }).catch(() => undefined)
        break
      case 'viewer-closed':
        this.#viewerGone(event.viewer, event.reason)
        break
      case 'track-error':
        this.#known.get(event.track)?.report('error', restoreError(event.error) as PixelcastError)
        break
      case 'publication':
        this.#publications.follow(event.publication, event.change)
        break
      case 'track-wanted':
        this.#onWanted(event.name)
        break
      case 'error':
        this.emit('error', restoreError(event.error))
        break
    }
  }

  /** The answer follows the track on its way. */
  #onWanted(name: string): void {
    let error: SerializedError | undefined
    try {
      this.#ingest.makeTrack(name)
    } catch (refusal) {
      error = serializeError(refusal)
    }
    const answer = { server: this.#id, name, ...(error && { error }) }
    this.#thread.call('trackWanted', answer).catch(() => {})
  }

  #receive(input: ViewerInput): void {
    if ('gone' in input) {
      this.#viewerGone(input.viewer, input.gone)
      return
    }
    const known = this.#viewers.get(input.viewer)
    known?.track?.receive(input.message, known.viewer)
  }

  #viewerGone(id: string, reason: string): void {
    const gone = this.#viewers.get(id)
    if (!gone) return
    this.#viewers.delete(id)
    gone.viewer.setClosed(reason)
    gone.track?.report('leave', gone.viewer, reason)
  }

  #viewersGone(reason: string): void {
    for (const id of [...this.#viewers.keys()]) this.#viewerGone(id, reason)
  }

  /** The engine thread is gone: everything that waits must hear of it. */
  #fail(error: EngineError): void {
    if (this.#closing) return
    this.#failure = error
    this.#publications.end(error)
    this.#viewersGone(error.message)
    for (const track of this.tracks) track.detach(true)
    this.#tracks.clear()
    this.#known.clear()
    this.unref()
    this.#closing = Promise.resolve()
    // Nothing is shown any more: that must not go unseen.
    if (!this.emit('error', error)) process.emitWarning(error)
    this.emit('close')
  }
}
