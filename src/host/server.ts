import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Emitter } from '../common/emitter.js'
import {
  checkOption,
  EngineError,
  OptionError,
  type PixelcastError,
  SignalingError,
  show,
} from '../common/errors.js'
import { serializeRequest, toNodeHandler, toResponse } from '../server/forward.js'
import { problemOf } from '../server/problem.js'
import { type ConnectOptions, ImageTrack, type RemoteViewer, type TrackOptions } from '../track/index.js'
import { EngineThread } from './engine-thread.js'
import { Ingest } from './ingest.js'
import type { EngineEvent, SerializedError, ServerSettings } from './messages.js'
import { checkServerOptions, type ServerOptions } from './options.js'
import { Publications } from './publications.js'
import { Restarts } from './restarts.js'
import { restoreError, serializeError } from './serialize-error.js'
import { urlOf } from './server-url.js'
import { ServerViewers } from './server-viewers.js'
import { Upgrades } from './upgrades.js'

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
  /** Another one after each restart. */
  #id = 0
  readonly #tracks = new Map<string, ImageTrack>()
  /** By key, until the engine has nothing more to say of them: a new track may have the name by then. */
  readonly #known = new Map<number, ImageTrack>()
  readonly #viewers: ServerViewers
  readonly #ingest: Ingest
  readonly #publications: Publications
  #upgrades: Upgrades | undefined
  #nextKey = 1
  #port: number | undefined
  #isOpen = false
  /** Whether the engine thread was acquired for this server, and not released. */
  #keepsAlive = true
  #closing: Promise<void> | undefined
  #failure: EngineError | undefined
  readonly #restarts = new Restarts()

  private constructor(thread: EngineThread, settings: ServerSettings) {
    super()
    this.#thread = thread
    this.#settings = settings
    this.#viewers = new ServerViewers(thread)
    this.#ingest = new Ingest(settings, {
      get: (name) => this.#tracks.get(name),
      add: (name) => {
        const track = this.addTrack(name)
        this.emit('track', track)
        return track
      },
      onError: (error) => this.emit('error', error),
    })
    this.#publications = new Publications(thread, () => this.#id)
  }

  /** @internal */
  static async open(thread: EngineThread, settings: ServerSettings): Promise<PixelcastServer> {
    const server = new PixelcastServer(thread, settings)
    try {
      server.#port = await server.#openEngine()
      server.#isOpen = true
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

  /** @returns the port */
  async #openEngine(): Promise<number | undefined> {
    const server = this.#thread.register({
      onEvent: (event) => this.#on(event),
      onFailure: (error, isFinal) => this.#fail(error, isFinal),
    })
    this.#id = server
    // Opened again it keeps the port that it was given.
    const settings = { ...this.#settings, ...(this.#port !== undefined && { port: this.#port }) }
    const { port } = await this.#thread.call('openServer', { server, settings })
    return port
  }

  /** The HTTP port; undefined with `listen: false`. */
  get port(): number | undefined {
    return this.#port
  }

  /** Where the pages are, e.g. `http://127.0.0.1:8080/`; undefined with `listen: false`. */
  get url(): string | undefined {
    return this.#port === undefined ? undefined : urlOf(this.#settings, this.#port)
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
    const { tracks: most } = this.#settings.limits
    checkOption(
      this.#tracks.size < most,
      'limits.tracks',
      `at most ${most} tracks on the server (raise it to allow more)`,
      most + 1,
    )
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
    this.#show(track, key)
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

  /** Tells the engine of a track; one that is being started is told later. */
  #show(track: ImageTrack, key: number): void {
    if (this.#restarts.pending) return
    const { control, slots, threads } = track.handle
    const { name, settings, tokenDigest } = track
    const memory = { control, slots, threads }
    this.#thread
      .call('addTrack', { server: this.#id, key, name, memory, settings, tokenDigest })
      .catch((error: Error) => {
        if (!this.#restarts.pending && !this.#failure) this.emit('error', error)
      })
  }

  /**
   * The server's routes as a fetch handler, for an own web server (Hono, Bun, Deno, Next). Under a
   * prefix, strip it from the URL first. Never rejects while the server is open.
   */
  readonly fetch = (request: Request): Promise<Response> => this.#answer(request)

  async #answer(request: Request, address?: string): Promise<Response> {
    const answer = this.#ingest.fetch(request)
    if (answer) return answer
    const serialized = await serializeRequest(request, this.#settings.limits.bodyBytes)
    if (serialized instanceof Response) return serialized
    const sockets = this.#upgrades !== undefined
    try {
      await this.#restarts.pending
      return toResponse(
        await this.#thread.call('request', {
          server: this.#id,
          request: { ...serialized, address, sockets },
        }),
      )
    } catch (error) {
      if (!this.#restarts.pending) throw error
      return problemOf(new SignalingError(503, 'the server is being started again', { 'Retry-After': '1' }))
    }
  }

  /** The same as `(req, res)`, for Express, Fastify or `node:http`. */
  readonly nodeHandler: (request: IncomingMessage, response: ServerResponse) => void = toNodeHandler(
    (request, { socket }) => this.#answer(request, socket.remoteAddress),
  )

  /**
   * For `upgrade` events of an own `node:http` server: takes the WebSocket of a viewer that UDP does not reach.
   * Requests through `fetch` and `nodeHandler` offer this way from the time when this property was first read; else
   * such viewers see nothing. The WebSocket lives in the application's thread: while that is busy, its pictures wait.
   *
   * @returns (the function) false, and does nothing, when the request is for something else
   */
  get handleUpgrade(): (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean {
    this.#upgrades ??= new Upgrades(this.#thread, () => this.#id, this.#settings.cors)
    const upgrades = this.#upgrades
    return (request, socket, head) => upgrades.handle(request, socket, head)
  }

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
    await this.#restarts.pending?.catch(() => {})
    // A thread that has failed has nothing left to close.
    await this.#thread.call('closeServer', { server: this.#id }).catch(() => {})
    this.#thread.unregister(this.#id)
    this.unref()
    this.#viewers.removeAll('the server was closed')
    this.#publications.end()
    this.#known.clear()
    this.emit('close')
  }

  async #connect(
    track: string,
    offer: string,
    options: ConnectOptions,
  ): Promise<{ answer: string; viewer: RemoteViewer }> {
    await this.#restarts.pending
    const { answer, viewer: id } = await this.#thread.call('connect', {
      server: this.#id,
      track,
      offer,
      options,
    })
    const viewer = this.#viewers.get(id)
    // Its events travel the same way as the answer, and were sent before it.
    if (!viewer) throw new EngineError('the viewer left while it was answered')
    return { answer, viewer }
  }

  #on(event: EngineEvent): void {
    switch (event.event) {
      case 'viewer':
        this.#viewers.add(this.#id, event.viewer, this.#known.get(event.track))
        break
      case 'viewer-connected':
        this.#viewers.get(event.viewer)?.setConnected()
        break
      case 'viewer-control':
        this.#viewers.get(event.viewer)?.setControl(event.canControl)
        break
      case 'input':
        for (const input of event.inputs) this.#viewers.receive(input)
        // Only now: while the application is busy with these, the engine keeps what comes.
        this.#thread.call('inputTaken', { server: this.#id }).catch(() => undefined)
        break
      case 'viewer-closed':
        this.#viewers.remove(event.viewer, event.reason)
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

  /** Everything that waits must hear of it. */
  #fail(error: EngineError, isFinal: boolean): void {
    // While it is being opened again the call that does it fails.
    if (this.#closing || this.#restarts.pending) return
    if (isFinal || !this.#isOpen || !this.#settings.restart) this.#giveUp(error)
    else if (this.#restarts.allow()) this.#reopen(error)
    else this.#giveUp(new EngineError(`${error.message}; given up after ${Restarts.limit}`, { cause: error }))
  }

  #reopen(failure: EngineError): void {
    this.#restarts.start(() => (this.#closing ? undefined : this.#openEngine()), {
      onOpen: () => {
        if (this.#closing) return
        for (const [key, track] of this.#known) {
          if (track.closed) continue
          this.#show(track, key)
          track.reattach()
        }
        this.#publications.reopen()
        this.emit('restart', failure)
      },
      onFailure: ({ message }) => {
        const text = `the engine could not be started again: ${message}`
        if (!this.#closing) this.#giveUp(new EngineError(text, { cause: failure }))
      },
    })
    this.#viewers.removeAll(failure.message)
    this.#report(failure)
  }

  /** Nothing is shown any more. */
  #giveUp(error: EngineError): void {
    this.#failure = error
    this.#publications.end(error)
    this.#viewers.removeAll(error.message)
    for (const track of this.tracks) track.detach(true)
    this.#tracks.clear()
    this.#known.clear()
    this.unref()
    this.#closing = Promise.resolve()
    this.#report(error)
    this.emit('close')
  }

  /** That must not go unseen. */
  #report(error: EngineError): void {
    if (!this.emit('error', error)) process.emitWarning(error)
  }
}
