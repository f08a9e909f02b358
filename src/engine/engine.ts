import { randomBytes } from 'node:crypto'
import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import { SignalingError, show } from '../common/errors.js'
import type { ViewerStats } from '../common/viewer-stats.js'
import { negotiate, parseOffer, parseTrickleFragment } from '../signaling/index.js'
import type {
  ImageProducer,
  InputMessage,
  TokenDigest,
  TrackCommand,
  TrackMemory,
  TrackSettings,
} from '../track/index.js'
import type { IceOptions } from '../transport/index.js'
import type {
  ConnectOptions,
  ConnectResult,
  EngineApi,
  SocketConnectResult,
  SocketState,
  TrackInfo,
} from './api.js'
import { Backchannel } from './backchannel.js'
import { EngineTrack } from './engine-track.js'
import { iceFor, serversFor } from './ice-choice.js'
import type { MessagePipe } from './message-pipe.js'
import { SocketViewer } from './socket-viewer.js'
import { Viewer, type ViewerEvents } from './viewer.js'
import type { EngineViewer, WatcherIdentity } from './watcher.js'

export interface EngineOptions {
  readonly ice: IceOptions
  /** For offers of Firefox, when they need other bindings (see `iceFor`). Default: `ice`. */
  readonly firefoxIce?: IceOptions
  /** Sessions at a time, of all tracks. */
  readonly maxViewers: number
}

export interface EngineEvents {
  /** An offer was accepted; media cannot flow yet. */
  onViewer(track: string, viewer: string): void
  onViewerConnected(viewer: string): void
  onViewerClosed(viewer: string, reason: string): void
  /** From now on a viewer's input is listened to, or is not. */
  onViewerControl(viewer: string, canControl: boolean): void
  /**
   * What a viewer that may control did.
   *
   * @returns false when so much of it waits that this is too much; its data channel is then closed
   */
  onInput(viewer: string, message: InputMessage): boolean
  onTrackError(track: string, error: Error): void
  /** Something went wrong that belongs to no track; the engine goes on. */
  onError(error: unknown): void
}

const TICK_MS = 1_000

/** What a new viewer is given. */
interface Place {
  readonly track: EngineTrack
  readonly backchannel: Backchannel
  readonly identity: WatcherIdentity
}

/** Everything from the frame to the UDP socket, for the tracks of one server. Knows nothing of HTTP and of threads. */
export class Engine implements EngineApi {
  readonly #tracks = new Map<string, EngineTrack>()
  /** Of the tracks, by their names. */
  readonly #backchannels = new Map<string, Backchannel>()
  readonly #viewers = new Map<string, EngineViewer>()
  readonly #ticker: NodeJS.Timeout
  #count = 0
  /** Tracks that were removed and are still at work. */
  readonly #removing = new Set<Promise<void>>()
  #closing: Promise<void> | undefined

  constructor(
    private readonly options: EngineOptions,
    private readonly events: EngineEvents,
  ) {
    this.#ticker = setInterval(() => this.#tick(), TICK_MS)
  }

  /**
   * @param tokenDigest of the token that lets a viewer control, if the track's rule is one of a token
   * @returns false when there is a track of that name
   */
  addTrack(name: string, memory: TrackMemory, settings: TrackSettings, tokenDigest?: TokenDigest): boolean {
    if (this.#tracks.has(name)) return false
    const track = new EngineTrack(name, memory, settings, (error) => this.events.onTrackError(name, error))
    this.#tracks.set(name, track)
    this.#backchannels.set(
      name,
      new Backchannel(settings, tokenDigest, {
        onInput: (viewer, message) => this.events.onInput(viewer, message),
        onRights: (viewer, canControl) => this.events.onViewerControl(viewer, canControl),
        size: () => track.size,
      }),
    )
    return true
  }

  /** What the application does with a track's controls, and asks its viewers. */
  command(name: string, command: TrackCommand): void {
    this.#backchannels.get(name)?.command(command)
  }

  async removeTrack(name: string): Promise<void> {
    const track = this.#tracks.get(name)
    if (!track) return
    for (const viewer of [...this.#viewers.values()]) {
      if (viewer.identity.track === name)
        this.#end(viewer, 'the track was removed', { tell: true, retry: true })
    }
    this.#tracks.delete(name)
    this.#backchannels.get(name)?.close()
    this.#backchannels.delete(name)
    const removed = track.close()
    this.#removing.add(removed)
    await removed.finally(() => this.#removing.delete(removed))
  }

  tracks(): TrackInfo[] {
    return [...this.#tracks.values()].map((track) => track.info())
  }

  track(name: string): TrackInfo | undefined {
    return this.#tracks.get(name)?.info()
  }

  async connect(name: string, offerSdp: string, options: ConnectOptions = {}): Promise<ConnectResult> {
    const place = this.#admit(name)
    const offer = parseOffer(offerSdp)
    const negotiated = negotiate(offer, options.codecs ?? place.track.settings.codecs)
    const { minBitrate, startBitrate, playoutDelay } = place.track.settings
    const settings = { rates: { min: minBitrate, start: startBitrate }, playoutDelay }
    const { identity } = place
    const viewer: Viewer = new Viewer(
      identity,
      offer,
      negotiated,
      iceFor(this.options, offerSdp),
      settings,
      this.#eventsOf(() => viewer, place, options),
    )
    this.#begin(viewer, place.track)
    try {
      return {
        session: identity.session,
        viewer: identity.id,
        answerSdp: await viewer.answer(),
        iceServers: serversFor(this.options.ice, identity.id),
      }
    } catch (error) {
      if (!this.#viewers.has(identity.session)) {
        throw new SignalingError(503, 'the session was ended while it was being set up', {
          'Retry-After': '1',
        })
      }
      this.#end(viewer, 'it could not be answered')
      if (error instanceof SignalingError) throw error
      throw new SignalingError(
        400,
        `the offer could not be answered: ${error instanceof Error ? error.message : String(error)}`,
      )
    }
  }

  connectSocket(
    name: string,
    accepted: readonly VideoCodec[],
    options: ConnectOptions = {},
  ): SocketConnectResult {
    const place = this.#admit(name)
    const { codecs, minBitrate, startBitrate } = place.track.settings
    const possible = options.codecs ?? codecs
    const codec = possible.find((candidate) => accepted.includes(candidate))
    if (!codec)
      throw new SignalingError(
        406,
        `codecs: no common video codec: can decode ${accepted.join(', ')}; can send ${possible.join(', ')}`,
      )
    const rates = { min: minBitrate, start: startBitrate }
    const viewer: SocketViewer = new SocketViewer(
      place.identity,
      codec,
      rates,
      this.#eventsOf(() => viewer, place, options),
    )
    this.#begin(viewer, place.track)
    return { session: place.identity.session, viewer: place.identity.id }
  }

  socketState(session: string): SocketState {
    const viewer = this.#viewers.get(session)
    if (!viewer) return 'none'
    if (!(viewer instanceof SocketViewer)) return 'other'
    return viewer.awaitsPipe ? 'awaited' : 'taken'
  }

  attachSocket(session: string, pipe: MessagePipe): boolean {
    const viewer = this.#viewers.get(session)
    if (!(viewer instanceof SocketViewer) || !viewer.awaitsPipe) return false
    viewer.attach(pipe)
    return true
  }

  async addCandidates(session: string, fragment: string): Promise<void> {
    const viewer = this.#viewers.get(session)
    if (!viewer) throw new SignalingError(404, 'there is no such session')
    if (!(viewer instanceof Viewer))
      throw new SignalingError(409, 'the session goes over a WebSocket, and has no ICE candidates')
    viewer.addCandidates(parseTrickleFragment(fragment, viewer.remoteUfrag).candidates)
  }

  hasSession(session: string): boolean {
    return this.#viewers.has(session)
  }

  disconnect(session: string): boolean {
    const viewer = this.#viewers.get(session)
    if (viewer) this.#end(viewer, 'the viewer ended its session')
    return viewer !== undefined
  }

  /** Ends a viewer by its public id. */
  disconnectViewer(id: string): void {
    const viewer = this.#byId(id)
    if (viewer) this.#end(viewer, 'the application closed it', { tell: true, retry: false })
  }

  /** Ends the data channel of a viewer, by its public id, and nothing else. */
  closeChannel(id: string): void {
    this.#byId(id)?.closeChannel()
  }

  /** Of a viewer by its public id; undefined when it is gone. */
  viewerStats(id: string): ViewerStats | undefined {
    return this.#byId(id)?.stats(monotonicNow())
  }

  async snapshot(name: string, format: 'png' | 'jpg'): Promise<Uint8Array | undefined> {
    return this.#tracks.get(name)?.snapshot(format)
  }

  producer(name: string): ImageProducer | undefined {
    return this.#tracks.get(name)?.producer
  }

  /** Ends every viewer and every track; resolves when nothing runs any more. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    clearInterval(this.#ticker)
    for (const viewer of [...this.#viewers.values()]) {
      this.#end(viewer, 'the server was closed', { tell: true, retry: true })
    }
    const tracks = [...this.#tracks.values()]
    this.#tracks.clear()
    for (const backchannel of this.#backchannels.values()) backchannel.close()
    this.#backchannels.clear()
    await Promise.all([...this.#removing, ...tracks.map((track) => track.close())])
  }

  /** A place for a new viewer of a track, or a `SignalingError` that says why there is none. */
  #admit(name: string): Place {
    const track = this.#tracks.get(name)
    const backchannel = this.#backchannels.get(name)
    if (!track || !backchannel) throw new SignalingError(404, `there is no track ${show(name)}`)
    if (this.#closing) throw new SignalingError(503, 'the server is closing', { 'Retry-After': '1' })
    if (this.#viewers.size >= this.options.maxViewers) {
      throw new SignalingError(503, `all ${this.options.maxViewers} places are taken`, { 'Retry-After': '5' })
    }
    const session = randomBytes(16).toString('base64url')
    return { track, backchannel, identity: { id: `viewer-${++this.#count}`, session, track: name } }
  }

  #begin(viewer: EngineViewer, track: EngineTrack): void {
    const { session, id, track: name } = viewer.identity
    this.#viewers.set(session, viewer)
    track.countViewers(1)
    this.events.onViewer(name, id)
  }

  /** What a viewer's doing means, by whatever way it is connected. */
  #eventsOf(
    viewer: () => EngineViewer,
    { track, backchannel, identity }: Place,
    options: ConnectOptions,
  ): ViewerEvents {
    const mayControl = options.control ?? backchannel.rulingFor(options.bearer)
    return {
      onOpen: () => {
        track.addViewer(viewer())
        this.events.onViewerConnected(identity.id)
      },
      onClose: (reason) => this.#end(viewer(), reason),
      onKeyframeNeeded: () => track.requestKeyframe(viewer()),
      onRate: () => track.planSoon(),
      onChannelOpen: () => backchannel.join(viewer(), mayControl),
      onMessage: (message) => backchannel.receive(viewer(), message),
      onChannelClosed: () => backchannel.leave(viewer()),
      onError: (error) => this.events.onError(error),
    }
  }

  #end(viewer: EngineViewer, reason: string, { tell = false, retry = false } = {}): void {
    const { id, session, track: name } = viewer.identity
    if (!this.#viewers.delete(session)) return
    if (tell) viewer.close(reason, retry)
    else viewer.close()
    this.#backchannels.get(name)?.leave(viewer)
    const track = this.#tracks.get(name)
    track?.removeViewer(viewer)
    track?.countViewers(-1)
    this.events.onViewerClosed(id, reason)
  }

  #byId(id: string): EngineViewer | undefined {
    return [...this.#viewers.values()].find(({ identity }) => identity.id === id)
  }

  #tick(): void {
    const now = monotonicNow()
    for (const viewer of [...this.#viewers.values()]) {
      try {
        viewer.tick(now)
      } catch (error) {
        this.events.onError(error)
      }
    }
    for (const backchannel of this.#backchannels.values()) backchannel.tick()
  }
}
