import type { IncomingMessage, ServerResponse } from 'node:http'
import { Emitter } from '../common/emitter.js'
import { EngineError, OptionError, type PixelcastError, show } from '../common/errors.js'
import { serializeRequest, toNodeHandler, toResponse } from '../server/forward.js'
import { type ConnectOptions, ImageTrack, RemoteViewer, type TrackOptions } from '../track/index.js'
import { EngineThread } from './engine-thread.js'
import type { EngineEvent, ServerSettings } from './messages.js'
import { checkServerOptions, type ServerOptions } from './options.js'
import { restoreError } from './serialize-error.js'

/** Events of a `PixelcastServer`, with the arguments of their listeners. */
export interface ServerEvents {
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
  readonly #viewers = new Map<string, RemoteViewer>()
  #port: number | undefined
  #closing: Promise<void> | undefined
  #failure: EngineError | undefined

  private constructor(thread: EngineThread, settings: ServerSettings) {
    super()
    this.#thread = thread
    this.#settings = settings
    this.#id = thread.register({
      onEvent: (event) => this.#on(event),
      onFailure: (error) => this.#fail(error),
    })
  }

  /** @internal */
  static async open(thread: EngineThread, settings: ServerSettings): Promise<PixelcastServer> {
    const server = new PixelcastServer(thread, settings)
    try {
      const { port } = await thread.call('openServer', { server: server.#id, settings })
      server.#port = port
      return server
    } catch (error) {
      thread.unregister(server.#id)
      thread.release()
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
    return `http://${name}:${this.#port}/`
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
    this.#tracks.set(name, track)
    track.attach({
      connect: (offer, connectOptions) => this.#connect(name, offer, connectOptions),
      remove: async () => {
        this.#tracks.delete(name)
        // A server that is gone has removed it already.
        await this.#thread.call('removeTrack', { server: this.#id, name }).catch(() => {})
      },
    })
    const { control, slots } = track.handle
    this.#thread
      .call('addTrack', { server: this.#id, name, memory: { control, slots }, settings: track.settings })
      .catch((error: Error) => this.emit('error', error))
    return track
  }

  /**
   * The server's routes as a fetch handler, for an own web server (Hono, Bun, Deno, Next). Under a
   * prefix, strip it from the URL first. Never rejects while the server is open.
   */
  readonly fetch = async (request: Request): Promise<Response> => {
    const serialized = await serializeRequest(request)
    if (serialized instanceof Response) return serialized
    return toResponse(await this.#thread.call('request', { server: this.#id, request: serialized }))
  }

  /** The same as `(req, res)`, for Express, Fastify or `node:http`. */
  readonly nodeHandler: (request: IncomingMessage, response: ServerResponse) => void = toNodeHandler(
    (request) => this.fetch(request),
  )

  /** Ends every viewer and track; after the last server of a process nothing of pixelcast keeps it alive. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    for (const track of this.tracks) track.detach()
    this.#tracks.clear()
    // A thread that has failed has nothing left to close.
    await this.#thread.call('closeServer', { server: this.#id }).catch(() => {})
    this.#thread.unregister(this.#id)
    this.#thread.release()
    this.#viewersGone('the server was closed')
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
    const viewer = this.#viewers.get(id)
    // Its events travel the same way as the answer, and were sent before it.
    if (!viewer) throw new EngineError('the viewer left while it was answered')
    return { answer, viewer }
  }

  #on(event: EngineEvent): void {
    switch (event.event) {
      case 'viewer': {
        const viewer = new RemoteViewer(event.viewer, event.track, () => {
          this.#thread.call('disconnectViewer', { server: this.#id, viewer: event.viewer }).catch(() => {})
        })
        this.#viewers.set(event.viewer, viewer)
        this.#tracks.get(event.track)?.report('viewer', viewer)
        break
      }
      case 'viewer-connected':
        this.#viewers.get(event.viewer)?.setConnected()
        break
      case 'viewer-closed':
        this.#viewerGone(event.viewer, event.reason)
        break
      case 'track-error':
        this.#tracks.get(event.track)?.report('error', restoreError(event.error) as PixelcastError)
        break
      case 'error':
        this.emit('error', restoreError(event.error))
        break
    }
  }

  #viewerGone(id: string, reason: string): void {
    const viewer = this.#viewers.get(id)
    if (!viewer) return
    this.#viewers.delete(id)
    viewer.setClosed(reason)
    this.#tracks.get(viewer.track)?.report('leave', viewer, reason)
  }

  #viewersGone(reason: string): void {
    for (const id of [...this.#viewers.keys()]) this.#viewerGone(id, reason)
  }

  /** The engine thread is gone: everything that waits must hear of it. */
  #fail(error: EngineError): void {
    if (this.#closing) return
    this.#failure = error
    this.#viewersGone(error.message)
    for (const track of this.tracks) track.detach(true)
    this.#tracks.clear()
    this.#thread.release()
    this.#closing = Promise.resolve()
    this.emit('error', error)
    this.emit('close')
  }
}
