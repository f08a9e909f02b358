import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import { SignalingError, show } from '../common/errors.js'
import type { EngineMeasures } from '../common/measures.js'
import type { ViewerStats } from '../common/viewer-stats.js'
import type { ImageProducer, InputMessage, TrackCommand, TrackMemory, TrackSettings } from '../track/index.js'
import { Admission } from './admission.js'
import type {
  ConnectOptions,
  ConnectResult,
  EngineApi,
  PublishingApi,
  Readiness,
  SocketConnectResult,
  SocketState,
  StreamIdentity,
  TrackInfo,
  UpstreamApi,
  UpstreamEvents,
  UpstreamSettings,
} from './api.js'
import { Backchannel } from './backchannel.js'
import type { DrainOptions } from './drain.js'
import { EngineTrack } from './engine-track.js'
import type { MessagePipe } from './message-pipe.js'
import { type SessionEvents, type SessionOptions, Sessions, type Watched } from './sessions.js'
import { newStreamIdentity, Upstreams } from './upstreams.js'

export type EngineOptions = SessionOptions

export interface EngineEvents extends SessionEvents {
  /** From now on a viewer's input is listened to, or is not. */
  onViewerControl(viewer: string, canControl: boolean): void
  /**
   * What a viewer that may control did.
   *
   * @returns false when so much of it waits that this is too much; its data channel is then closed
   */
  onInput(viewer: string, message: InputMessage): boolean
  onTrackError(track: string, error: Error): void
}

const TICK_MS = 1_000

/** Everything from the frame to the UDP socket, for the tracks of one server. Knows nothing of HTTP and of threads. */
export class Engine implements EngineApi, PublishingApi {
  readonly #tracks = new Map<string, Watched>()
  readonly #admission: Admission
  readonly #sessions: Sessions
  readonly #upstreams = new Upstreams()
  readonly #ticker: NodeJS.Timeout
  /** Tracks that were removed and are still at work. */
  readonly #removing = new Set<Promise<void>>()
  #closing: Promise<void> | undefined

  constructor(
    options: EngineOptions,
    private readonly events: EngineEvents,
  ) {
    this.#admission = new Admission(options.limits, (error) => this.events.onError(error))
    this.#sessions = new Sessions(options, this.#admission, events)
    this.#ticker = setInterval(() => this.#tick(), TICK_MS)
  }

  /** @returns false when there is a track of that name */
  addTrack(name: string, memory: TrackMemory, settings: TrackSettings): boolean {
    if (this.#tracks.has(name)) return false
    const track = new EngineTrack(
      name,
      memory,
      settings,
      (error) => this.events.onTrackError(name, error),
      this.#admission.encodeLoad,
    )
    const backchannel = new Backchannel(settings, {
      onInput: (viewer, message) => this.events.onInput(viewer, message),
      onRights: (viewer, canControl) => this.events.onViewerControl(viewer, canControl),
      size: () => track.size,
    })
    this.#tracks.set(name, { track, backchannel })
    return true
  }

  /** What the application does with a track's controls, and asks its viewers. */
  command(name: string, command: TrackCommand): void {
    this.#tracks.get(name)?.backchannel.command(command)
  }

  async removeTrack(name: string): Promise<void> {
    const watched = this.#tracks.get(name)
    if (!watched) return
    const { track, backchannel } = watched
    this.#sessions.dismissAll('the track was removed', track)
    this.#upstreams.close(track)
    this.#tracks.delete(name)
    this.#sessions.meter.forget(name)
    backchannel.close()
    const removed = track.close()
    this.#removing.add(removed)
    await removed.finally(() => this.#removing.delete(removed))
  }

  tracks(): TrackInfo[] {
    return [...this.#tracks.values()].map(({ track }) => track.info())
  }

  track(name: string): TrackInfo | undefined {
    return this.#tracks.get(name)?.track.info()
  }

  async connect(name: string, offerSdp: string, options: ConnectOptions = {}): Promise<ConnectResult> {
    return this.#sessions.connect(this.#watchable(name), offerSdp, options)
  }

  connectSocket(
    name: string,
    accepted: readonly VideoCodec[],
    options: ConnectOptions = {},
  ): SocketConnectResult {
    return this.#sessions.connectSocket(this.#watchable(name), accepted, options)
  }

  socketState(session: string): SocketState {
    return this.#sessions.socketState(session)
  }

  attachSocket(session: string, pipe: MessagePipe): boolean {
    return this.#sessions.attachSocket(session, pipe)
  }

  async addCandidates(session: string, fragment: string): Promise<void> {
    this.#sessions.addCandidates(session, fragment)
  }

  hasSession(session: string): boolean {
    return this.#sessions.has(session)
  }

  disconnect(session: string): boolean {
    return this.#sessions.disconnect(session)
  }

  /** Ends a viewer by its public id. */
  disconnectViewer(id: string): void {
    const viewer = this.#sessions.byId(id)
    if (viewer) this.#sessions.dismiss(viewer, 'the application closed it', false)
  }

  /** Ends the data channel of a viewer, by its public id, and nothing else. */
  closeChannel(id: string): void {
    this.#sessions.byId(id)?.closeChannel()
  }

  /** Of a viewer by its public id; undefined when it is gone. */
  viewerStats(id: string): ViewerStats | undefined {
    return this.#sessions.byId(id)?.stats(monotonicNow())
  }

  async snapshot(name: string, format: 'png' | 'jpg'): Promise<Uint8Array | undefined> {
    return this.#tracks.get(name)?.track.snapshot(format)
  }

  producer(name: string): ImageProducer | undefined {
    return this.#tracks.get(name)?.track.producer
  }

  newStreamIdentity(track: string): StreamIdentity {
    return newStreamIdentity(track)
  }

  openUpstream(
    name: string,
    source: StreamIdentity,
    settings: UpstreamSettings,
    events: UpstreamEvents,
  ): UpstreamApi {
    return this.#upstreams.open(name, this.#tracks.get(name)?.track, source, settings, events)
  }

  /** A limit was reached that is not the engine's own: the application is told of all of them in the same way. */
  limitReached(limit: string, value: number): void {
    this.#admission.reached(limit, value)
  }

  readiness(): Readiness {
    if (this.#closing) return { status: 'closing', detail: 'the server is closing' }
    return this.#sessions.readiness()
  }

  measures(): EngineMeasures {
    const sending = this.#sessions.sending(monotonicNow())
    const tracks = [...this.#tracks.values()].map(({ track }) => ({
      ...track.measures(),
      sending: sending.get(track.name) ?? [],
    }))
    return { tracks, ...this.#sessions.meter.read() }
  }

  /** Takes no new sessions, and asks the viewers to come back later; resolves when all have left, or time is up. */
  drain(options: DrainOptions): Promise<void> {
    return this.#sessions.drain(options)
  }

  /**
   * Ends every viewer and every track; resolves when nothing runs any more.
   *
   * @param handsOver leaves the tracks open for their producers: another engine takes them over
   */
  close(handsOver = false): Promise<void> {
    this.#closing ??= this.#close(handsOver)
    return this.#closing
  }

  async #close(handsOver: boolean): Promise<void> {
    clearInterval(this.#ticker)
    this.#sessions.dismissAll('the server was closed')
    this.#upstreams.close()
    const all = [...this.#tracks.values()]
    this.#tracks.clear()
    for (const { backchannel } of all) backchannel.close()
    await Promise.all([...this.#removing, ...all.map(({ track }) => track.close(handsOver))])
  }

  /** Throws `SignalingError` when it cannot be watched. */
  #watchable(name: string): Watched {
    const watched = this.#tracks.get(name)
    if (!watched) throw new SignalingError(404, `there is no track ${show(name)}`)
    if (this.#closing) throw new SignalingError(503, 'the server is closing', { 'Retry-After': '1' })
    return watched
  }

  #tick(): void {
    const now = monotonicNow()
    this.#admission.tick(now)
    this.#sessions.tick(now)
    this.#upstreams.tick(now, (error) => this.events.onError(error))
    for (const { backchannel } of this.#tracks.values()) backchannel.tick()
  }
}
