import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { Emitter } from '../common/emitter.js'
import { EngineError } from '../common/errors.js'
import type { TicketOptions } from '../server/access/ticket-options.js'
import { ImageTrack, type TrackOptions } from '../track/index.js'
import type { Authorize } from './access-options.js'
import { checkDrainOptions, type DrainOptions } from './drain-options.js'
import { type EventParts, followEvent } from './engine-events.js'
import { EngineThread } from './engine-thread.js'
import { Ingest } from './ingest.js'
import { Log } from './log/log.js'
import type { ServerSettings } from './messages.js'
import { checkServerOptions, type ServerOptions } from './options.js'
import { OwnWebServer } from './own-web-server.js'
import { Publications } from './publications.js'
import { Restarts } from './restarts.js'
import { ServerAccess, type Ticket } from './server-access.js'
import type { ServerEvents } from './server-events.js'
import { ServerTracks } from './server-tracks.js'
import { urlOf, withPorts } from './server-url.js'
import { ServerViewers } from './server-viewers.js'
import { linkFor } from './track-link.js'

/**
 * Starts an engine with its pages and WHEP on an HTTP port (unless `listen: false`).
 *
 * @throws OptionError for a bad option. @throws ListenError when the port cannot be opened.
 * @throws EngineError when the engine thread does not start.
 */
export async function createServer(options?: ServerOptions): Promise<PixelcastServer> {
  const settings = checkServerOptions(options)
  const log = await Log.open(options?.log, options)
  const thread = EngineThread.acquire()
  return PixelcastServer.open(thread, settings, log, options?.access?.authorize)
}

/** A running server, from `createServer`. */
export class PixelcastServer extends Emitter<ServerEvents> {
  readonly #thread: EngineThread
  readonly #settings: ServerSettings
  /** Another one after each restart. */
  #id = 0
  #firstId = 0
  readonly #log: Log
  readonly #tracks: ServerTracks
  readonly #viewers: ServerViewers
  readonly #access: ServerAccess
  readonly #ingest: Ingest
  readonly #publications: Publications
  readonly #ownWebServer: OwnWebServer
  readonly #parts: EventParts
  #port: number | undefined
  #isOpen = false
  #metricsPort: number | undefined
  /** Whether the engine thread was acquired for this server, and not released. */
  #keepsAlive = true
  #closing: Promise<void> | undefined
  #failure: EngineError | undefined
  readonly #restarts = new Restarts()

  private constructor(thread: EngineThread, settings: ServerSettings, log: Log, authorize?: Authorize) {
    super()
    this.#log = log
    this.#thread = thread
    this.#settings = settings
    this.#tracks = new ServerTracks(settings.limits.tracks)
    this.#viewers = new ServerViewers(thread)
    const onError = (error: Error) => void this.emit('error', error)
    const server = () => this.#id
    this.#access = new ServerAccess(thread, server, this.#restarts, settings.access, authorize, onError)
    const tracks = {
      get: (name: string) => this.#tracks.get(name),
      add: (name: string) => {
        const track = this.addTrack(name)
        this.emit('track', track)
        return track
      },
      onError,
    }
    this.#ingest = new Ingest(settings, tracks, this.#access)
    this.#publications = new Publications(thread, server, this.#restarts)
    this.#parts = {
      thread,
      server,
      tracks: this.#tracks,
      viewers: this.#viewers,
      publications: this.#publications,
      ingest: this.#ingest,
      access: this.#access,
      log,
      onError,
    }
    this.#ownWebServer = new OwnWebServer({
      thread,
      settings,
      ingest: this.#ingest,
      restarts: this.#restarts,
      bodyBytes: settings.limits.bodyBytes,
      server,
    })
  }

  /** @internal */
  static async open(
    thread: EngineThread,
    settings: ServerSettings,
    log: Log,
    authorize?: Authorize,
  ): Promise<PixelcastServer> {
    const server = new PixelcastServer(thread, settings, log, authorize)
    try {
      await server.#openEngine()
      server.#isOpen = true
      log.server('started', { url: server.url, metricsPort: server.#metricsPort })
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

  async #openEngine(): Promise<void> {
    this.#id = this.#thread.register({
      onEvent: (event) => followEvent(event, this.#parts),
      onFailure: (error, isFinal) => this.#fail(error, isFinal),
    })
    this.#firstId ||= this.#id
    // Opened again it keeps the ports that it was given.
    const settings = withPorts(this.#settings, this.#port, this.#metricsPort)
    const params = { server: this.#id, first: this.#firstId, settings }
    const { port, metricsPort } = await this.#thread.call('openServer', params)
    this.#port = port
    this.#metricsPort = metricsPort
  }

  /** The HTTP port; undefined with `listen: false`. */
  get port(): number | undefined {
    return this.#port
  }

  /** The port of the metrics, when they have one of their own (`metrics.port`). */
  get metricsPort(): number | undefined {
    return this.#metricsPort
  }

  /** Where the pages are, e.g. `http://127.0.0.1:8080/`; undefined with `listen: false`. */
  get url(): string | undefined {
    return this.#port === undefined ? undefined : urlOf(this.#settings, this.#port)
  }

  /** The tracks, in the order in which they were added. */
  get tracks(): readonly ImageTrack[] {
    return this.#tracks.list
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
    const key = this.#tracks.add(track)
    this.#log.track('added', name)
    this.#show(track, key)
    // After that: the engine is told of its controls then.
    const parts = { thread: this.#thread, server: () => this.#id, publications: this.#publications }
    track.attach(
      linkFor(name, parts, {
        connect: async (offer, connectOptions) => {
          await this.#restarts.pending
          return this.#viewers.connect({ server: this.#id, track: name, offer, options: connectOptions })
        },
        remove: () => {
          this.#tracks.remove(name)
          this.#log.track('removed', name)
        },
        removed: () => this.#tracks.forget(key),
      }),
    )
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
  readonly fetch = (request: Request): Promise<Response> => this.#ownWebServer.answer(request)

  /** The same as `(req, res)`, for Express, Fastify or `node:http`. */
  readonly nodeHandler = (request: IncomingMessage, response: ServerResponse): void =>
    this.#ownWebServer.nodeHandler(request, response)

  /**
   * For `upgrade` events of an own `node:http` server (see the option `upgrades`): takes the WebSocket of a viewer that
   * UDP does not reach. It lives in the application's thread: while that is busy, its pictures wait.
   *
   * @returns false, having done nothing, when the request is for something else
   */
  readonly handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): boolean =>
    this.#ownWebServer.handleUpgrade(request, socket, head)

  /**
   * A link that lets whoever opens it first see a track, or all, without a token.
   *
   * @throws OptionError for a bad option. @throws EngineError when the server is closed.
   */
  async createTicket(options?: TicketOptions): Promise<Ticket> {
    await this.#restarts.pending
    return this.#access.createTicket(options, this.url)
  }

  /**
   * From now on this server does not keep the process alive, as `unref` of a `node:net` server. Idempotent.
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

  /**
   * Closes the server without a jolt: new sessions are answered 503, `/readyz` as well, viewers are asked to come
   * back later, one after the other. When they have left, or after `timeout`, it is closed as by `close()`.
   *
   * @throws OptionError naming the option
   */
  async drain(options?: DrainOptions): Promise<void> {
    const settings = checkDrainOptions(options)
    if (!this.#closing) {
      this.#log.server('draining', { ...settings })
      // An engine that fails meanwhile has no viewers left either.
      await this.#thread.call('drain', { server: this.#id, options: settings }).catch(() => {})
    }
    await this.close()
  }

  /** Ends every viewer and track; after the last server of a process nothing of pixelcast keeps it alive. Idempotent. */
  close(): Promise<void> {
    // Whoever waits for the end of it is not to be left alone.
    this.ref()
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const track of this.tracks) {
      track.detach()
      this.#tracks.remove(track.name)
    }
    await this.#restarts.pending?.catch(() => {})
    await this.#closeEngine() // A thread that has failed has nothing left to close.
    this.#thread.unregister(this.#id)
    this.unref()
    this.#viewers.removeAll('the server was closed')
    this.#publications.end()
    this.#tracks.clear()
    this.#log.server('stopped')
    this.emit('close')
  }

  #closeEngine(): Promise<void> {
    return this.#thread.call('closeServer', { server: this.#id, first: this.#firstId }).catch(() => {})
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
        for (const [key, track] of this.#tracks.known) {
          if (track.closed) continue
          this.#show(track, key)
          track.reattach()
        }
        this.#publications.reopen()
        this.#log.server('started', { url: this.url, metricsPort: this.#metricsPort })
        this.emit('restart', failure)
      },
      onFailure: ({ message }) => {
        const text = `the engine could not be started again: ${message}`
        if (!this.#closing) this.#giveUp(new EngineError(text, { cause: failure }))
      },
    })
    this.#log.failed(failure)
    this.#viewers.removeAll(failure.message)
    this.#report(failure)
  }

  /** Nothing is shown any more. */
  #giveUp(error: EngineError): void {
    this.#failure = error
    void this.#closeEngine()
    this.#publications.end(error)
    this.#viewers.removeAll(error.message)
    this.#log.failed(error)
    for (const track of this.tracks) track.detach(true)
    this.#tracks.clear()
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
