import { randomBytes } from 'node:crypto'
import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import { SignalingError } from '../common/errors.js'
import type { SendMeasures, SessionEvent } from '../common/measures.js'
import { negotiate, parseOffer, parseTrickleFragment } from '../signaling/index.js'
import type { IceOptions } from '../transport/index.js'
import type { Admission } from './admission.js'
import type { ConnectOptions, ConnectResult, Readiness, SocketConnectResult, SocketState } from './api.js'
import type { Backchannel } from './backchannel.js'
import { Drain, type DrainOptions } from './drain.js'
import type { EngineTrack } from './engine-track.js'
import { iceFor, serversFor } from './ice-choice.js'
import type { EngineLimits } from './limits.js'
import type { MessagePipe } from './message-pipe.js'
import { SessionMeter } from './session-meter.js'
import { SocketViewer } from './socket-viewer.js'
import { Viewer, type ViewerEvents, type ViewerSettings } from './viewer.js'
import type { EngineViewer, WatcherIdentity } from './watcher.js'

export interface SessionOptions {
  readonly ice: IceOptions
  /** For offers of Firefox, when they need other bindings (see `iceFor`). Default: `ice`. */
  readonly firefoxIce?: IceOptions
  /** For new sessions and for those that there are. */
  readonly limits: EngineLimits
}

export interface SessionEvents {
  /** An offer was accepted; media cannot flow yet. */
  onViewer(track: string, viewer: string): void
  onViewerConnected(viewer: string): void
  onViewerClosed(viewer: string, reason: string): void
  /** A session begins, connects, ends: for the log. */
  onSession?(event: SessionEvent): void
  /** Something went wrong that belongs to no track; the engine goes on. */
  onError(error: unknown): void
}

/** What a session is about: a track, and what comes back from those who watch it. */
export interface Watched {
  readonly track: EngineTrack
  readonly backchannel: Backchannel
}

/** A session that there is room for. */
interface Place extends Watched {
  readonly identity: WatcherIdentity
}

/** The viewers of an engine, of all tracks and by whatever way, from their offer to their end. */
export class Sessions {
  /** By the secret that names the session. */
  readonly #viewers = new Map<string, { readonly viewer: EngineViewer; readonly watched: Watched }>()
  readonly meter: SessionMeter
  #drain: Drain | undefined
  #count = 0

  constructor(
    private readonly options: SessionOptions,
    private readonly admission: Admission,
    private readonly events: SessionEvents,
  ) {
    this.meter = new SessionMeter((event) => this.events.onSession?.(event))
  }

  /** Answers an offer. Throws `SignalingError`. */
  async connect(watched: Watched, offerSdp: string, options: ConnectOptions): Promise<ConnectResult> {
    const offer = parseOffer(offerSdp)
    const negotiated = negotiate(offer, options.codecs ?? watched.track.settings.codecs)
    const place = this.#admit(watched, negotiated.codec, options)
    const { identity } = place
    const viewer: Viewer = this.#begin(
      place,
      (settings) =>
        new Viewer(
          identity,
          offer,
          negotiated,
          iceFor(this.options, offerSdp),
          settings,
          this.#eventsOf(() => viewer, place, options),
        ),
    )
    try {
      return {
        session: identity.session,
        viewer: identity.id,
        answerSdp: await viewer.answer(),
        iceServers: serversFor(this.options.ice, identity.id),
      }
    } catch (error) {
      if (!this.has(identity.session)) {
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

  /** Begins a session whose pipe is to come. Throws `SignalingError`. */
  connectSocket(
    watched: Watched,
    accepted: readonly VideoCodec[],
    options: ConnectOptions,
  ): SocketConnectResult {
    const possible = options.codecs ?? watched.track.settings.codecs
    const codec = possible.find((candidate) => accepted.includes(candidate))
    if (!codec)
      throw new SignalingError(
        406,
        `codecs: no common video codec: can decode ${accepted.join(', ')}; can send ${possible.join(', ')}`,
      )
    const place = this.#admit(watched, codec, options)
    const { identity } = place
    const viewer: SocketViewer = this.#begin(
      place,
      (settings) =>
        new SocketViewer(
          identity,
          codec,
          settings,
          this.#eventsOf(() => viewer, place, options),
        ),
    )
    return { session: identity.session, viewer: identity.id }
  }

  socketState(session: string): SocketState {
    const viewer = this.#get(session)
    if (!viewer) return 'none'
    if (!(viewer instanceof SocketViewer)) return 'other'
    return viewer.awaitsPipe ? 'awaited' : 'taken'
  }

  attachSocket(session: string, pipe: MessagePipe): boolean {
    const viewer = this.#get(session)
    if (!(viewer instanceof SocketViewer) || !viewer.awaitsPipe) return false
    viewer.attach(pipe)
    return true
  }

  /** Throws `SignalingError`. */
  addCandidates(session: string, fragment: string): void {
    const viewer = this.#get(session)
    if (!viewer) throw new SignalingError(404, 'there is no such session')
    if (!(viewer instanceof Viewer))
      throw new SignalingError(409, 'the session goes over a WebSocket, and has no ICE candidates')
    viewer.addCandidates(parseTrickleFragment(fragment, viewer.remoteUfrag).candidates)
  }

  has(session: string): boolean {
    return this.#viewers.has(session)
  }

  /** Ends the session of that secret; false when there is none. */
  disconnect(session: string): boolean {
    const viewer = this.#get(session)
    if (viewer) this.#end(viewer, 'the viewer ended its session')
    return viewer !== undefined
  }

  /** A viewer by its public id. */
  byId(id: string): EngineViewer | undefined {
    for (const { viewer } of this.#viewers.values()) if (viewer.identity.id === id) return viewer
    return undefined
  }

  /** Ends a viewer, and tells it whether coming back makes sense. */
  dismiss(viewer: EngineViewer, reason: string, retry: boolean): void {
    this.#end(viewer, reason, { tell: true, retry })
  }

  /** Ends all, or those of a track; they may come back. */
  dismissAll(reason: string, of?: EngineTrack): void {
    for (const { viewer, watched } of [...this.#viewers.values()])
      if (!of || watched.track === of) this.dismiss(viewer, reason, true)
  }

  readiness(): Readiness {
    if (this.#drain) return { status: 'draining', detail: this.#drain.refusal.message }
    return this.admission.readiness()
  }

  /** What was sent of each track, to those who are there and to those who were. */
  sending(now: number): Map<string, SendMeasures[]> {
    return this.meter.sending(this.#all(), now)
  }

  /** Takes no new ones, and asks those who are there to come back later; resolves when all have left, or time is up. */
  drain(options: DrainOptions): Promise<void> {
    this.#drain ??= new Drain(
      options,
      this.#all().map((viewer) => () => {
        if (this.has(viewer.identity.session))
          viewer.tell({ t: 'bye', reason: 'the server is going away', retry: true })
      }),
    )
    return this.#drain.done
  }

  /** Once a second. */
  tick(now: number): void {
    for (const { viewer } of [...this.#viewers.values()]) {
      try {
        viewer.tick(now)
      } catch (error) {
        this.events.onError(error)
      }
    }
    this.meter.sample(this.#all(), now)
  }

  #all(): EngineViewer[] {
    return [...this.#viewers.values()].map(({ viewer }) => viewer)
  }

  #get(session: string): EngineViewer | undefined {
    return this.#viewers.get(session)?.viewer
  }

  #admit(watched: Watched, codec: VideoCodec, { address, holder }: ConnectOptions): Place {
    if (this.#drain) throw this.#drain.refusal
    const { track } = watched
    const session = randomBytes(16).toString('base64url')
    this.admission.enter({
      session,
      address,
      holder,
      track,
      codec,
      giveWay: () => {
        const viewer = this.#get(session)
        if (viewer) this.#end(viewer, 'it had not connected, and another one needed its place')
      },
    })
    return { ...watched, identity: { id: `viewer-${++this.#count}`, session, track: track.name } }
  }

  #begin<V extends EngineViewer>(place: Place, make: (settings: ViewerSettings) => V): V {
    const { track, backchannel, identity } = place
    const { minBitrate, startBitrate, playoutDelay } = track.settings
    const rates = { min: minBitrate, start: startBitrate }
    try {
      const viewer = make({ rates, playoutDelay, limits: this.options.limits.peer })
      this.#viewers.set(identity.session, { viewer, watched: { track, backchannel } })
      track.countViewers(1)
      this.meter.begin(viewer, monotonicNow())
      this.events.onViewer(track.name, identity.id)
      return viewer
    } catch (error) {
      this.admission.leave(identity.session)
      throw error
    }
  }

  /** What a viewer's doing means, by whatever way it is connected. */
  #eventsOf(
    viewer: () => EngineViewer,
    { track, backchannel, identity }: Place,
    options: ConnectOptions,
  ): ViewerEvents {
    return {
      onOpen: () => {
        this.admission.connected(identity.session)
        track.addViewer(viewer())
        this.meter.connected(viewer(), monotonicNow())
        this.events.onViewerConnected(identity.id)
      },
      onClose: (reason) => this.#end(viewer(), reason),
      onKeyframeNeeded: () => track.requestKeyframe(viewer()),
      onRate: () => track.planSoon(),
      onChannelOpen: () => backchannel.join(viewer(), options.control),
      onMessage: (message) => backchannel.receive(viewer(), message),
      onChannelClosed: () => backchannel.leave(viewer()),
      onLimit: (limit, value) => this.admission.reached(limit, value),
      onError: (error) => this.events.onError(error),
    }
  }

  #end(viewer: EngineViewer, reason: string, { tell = false, retry = false } = {}): void {
    const { id, session } = viewer.identity
    const watched = this.#viewers.get(session)?.watched
    if (!this.#viewers.delete(session)) return
    this.admission.leave(session)
    this.meter.end(viewer, reason, monotonicNow())
    if (tell) viewer.close(reason, retry)
    else viewer.close()
    watched?.backchannel.leave(viewer)
    watched?.track.removeViewer(viewer)
    watched?.track.countViewers(-1)
    this.events.onViewerClosed(id, reason)
    if (this.#viewers.size === 0) this.#drain?.finish()
  }
}
