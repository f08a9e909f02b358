import { randomBytes } from 'node:crypto'
import { monotonicNow } from '../common/clock.js'
import { SignalingError, show } from '../common/errors.js'
import { accessTo, type IceServerAccess } from '../common/ice-server.js'
import type { ViewerStats } from '../common/viewer-stats.js'
import {
  type Negotiated,
  negotiate,
  type Offer,
  parseOffer,
  parseTrickleFragment,
} from '../signaling/index.js'
import type {
  ImageProducer,
  InputMessage,
  TokenDigest,
  TrackCommand,
  TrackMemory,
  TrackSettings,
} from '../track/index.js'
import type { IceOptions } from '../transport/index.js'
import { Admission } from './admission.js'
import type {
  ConnectOptions,
  ConnectResult,
  EngineApi,
  PublishingApi,
  StreamIdentity,
  TrackInfo,
  UpstreamApi,
  UpstreamEvents,
  UpstreamSettings,
} from './api.js'
import { Backchannel } from './backchannel.js'
import { EngineTrack } from './engine-track.js'
import type { EngineLimits } from './limits.js'
import { newStreamIdentity, Upstreams } from './upstreams.js'
import { Viewer } from './viewer.js'
import type { WatcherIdentity } from './watcher.js'

export interface EngineOptions {
  readonly ice: IceOptions
  /** For offers of Firefox, when they need other bindings (see `iceFor`). Default: `ice`. */
  readonly firefoxIce?: IceOptions
  readonly limits: EngineLimits
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

/** An offer that can be answered, and for which there is room. */
interface AdmittedOffer {
  readonly offerSdp: string
  readonly offer: Offer
  readonly negotiated: Negotiated
  readonly identity: WatcherIdentity
  readonly track: EngineTrack
  readonly backchannel: Backchannel
  readonly mayControl: boolean | undefined
}

const TICK_MS = 1_000

/** Everything from the frame to the UDP socket, for the tracks of one server. Knows nothing of HTTP and of threads. */
export class Engine implements EngineApi, PublishingApi {
  readonly #tracks = new Map<string, EngineTrack>()
  /** Of the tracks, by their names. */
  readonly #backchannels = new Map<string, Backchannel>()
  readonly #viewers = new Map<string, Viewer>()
  readonly #admission: Admission
  readonly #upstreams = new Upstreams()
  readonly #ticker: NodeJS.Timeout
  #count = 0
  /** Tracks that were removed and are still at work. */
  readonly #removing = new Set<Promise<void>>()
  #closing: Promise<void> | undefined

  constructor(
    private readonly options: EngineOptions,
    private readonly events: EngineEvents,
  ) {
    this.#admission = new Admission(options.limits, (error) => this.events.onError(error))
    this.#ticker = setInterval(() => this.#tick(), TICK_MS)
  }

  /**
   * @param tokenDigest of the token that lets a viewer control, if the track's rule is one of a token
   * @returns false when there is a track of that name
   */
  addTrack(name: string, memory: TrackMemory, settings: TrackSettings, tokenDigest?: TokenDigest): boolean {
    if (this.#tracks.has(name)) return false
    const track = new EngineTrack(
      name,
      memory,
      settings,
      (error) => this.events.onTrackError(name, error),
      this.#admission.encodeLoad,
    )
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
    this.#upstreams.close(track)
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
    const track = this.#tracks.get(name)
    const backchannel = this.#backchannels.get(name)
    if (!track || !backchannel) throw new SignalingError(404, `there is no track ${show(name)}`)
    if (this.#closing) throw new SignalingError(503, 'the server is closing', { 'Retry-After': '1' })
    const offer = parseOffer(offerSdp)
    const negotiated = negotiate(offer, options.codecs ?? track.settings.codecs)
    const identity = {
      id: `viewer-${++this.#count}`,
      session: randomBytes(16).toString('base64url'),
      track: name,
    }
    const { session } = identity
    const { address, holder } = options
    this.#admission.enter({
      session,
      address,
      holder,
      track,
      codec: negotiated.codec,
      giveWay: () => {
        const viewer = this.#viewers.get(session)
        if (viewer) this.#end(viewer, 'it had not connected, and another one needed its place')
      },
    })
    const mayControl = options.control ?? backchannel.rulingFor(options.bearer)
    try {
      return await this.#answer({ offerSdp, offer, negotiated, identity, track, backchannel, mayControl })
    } catch (error) {
      this.#admission.leave(session)
      throw error
    }
  }

  async #answer(request: AdmittedOffer): Promise<ConnectResult> {
    const { offerSdp, offer, negotiated, identity, track, backchannel, mayControl } = request
    const { minBitrate, startBitrate, playoutDelay } = track.settings
    const settings = {
      rates: { min: minBitrate, start: startBitrate },
      playoutDelay,
      limits: this.options.limits.peer,
    }
    const viewer: Viewer = new Viewer(identity, offer, negotiated, this.#iceFor(offerSdp), settings, {
      onOpen: () => {
        this.#admission.connected(identity.session)
        track.addViewer(viewer)
        this.events.onViewerConnected(identity.id)
      },
      onClose: (reason) => this.#end(viewer, reason),
      onKeyframeNeeded: () => track.requestKeyframe(viewer),
      onRate: () => track.planSoon(),
      onChannelOpen: () => backchannel.join(viewer, mayControl),
      onMessage: (message) => backchannel.receive(viewer, message),
      onChannelClosed: () => backchannel.leave(viewer),
      onLimit: (limit, value) => this.#admission.reached(limit, value),
      onError: (error) => this.events.onError(error),
    })
    this.#viewers.set(identity.session, viewer)
    track.countViewers(1)
    this.events.onViewer(track.name, identity.id)
    try {
      return {
        session: identity.session,
        viewer: identity.id,
        answerSdp: await viewer.answer(),
        iceServers: this.#serversFor(identity.id),
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

  async addCandidates(session: string, fragment: string): Promise<void> {
    const viewer = this.#viewers.get(session)
    if (!viewer) throw new SignalingError(404, 'there is no such session')
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

  newStreamIdentity(track: string): StreamIdentity {
    return newStreamIdentity(track)
  }

  openUpstream(
    name: string,
    source: StreamIdentity,
    settings: UpstreamSettings,
    events: UpstreamEvents,
  ): UpstreamApi {
    return this.#upstreams.open(name, this.#tracks.get(name), source, settings, events)
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
    for (const viewer of [...this.#viewers.values()]) {
      this.#end(viewer, 'the server was closed', { tell: true, retry: true })
    }
    this.#upstreams.close()
    const tracks = [...this.#tracks.values()]
    this.#tracks.clear()
    for (const backchannel of this.#backchannels.values()) backchannel.close()
    this.#backchannels.clear()
    await Promise.all([...this.#removing, ...tracks.map((track) => track.close(handsOver))])
  }

  #end(viewer: Viewer, reason: string, { tell = false, retry = false } = {}): void {
    const { id, session, track: name } = viewer.identity
    if (!this.#viewers.delete(session)) return
    this.#admission.leave(session)
    if (tell) viewer.close(reason, retry)
    else viewer.close()
    this.#backchannels.get(name)?.leave(viewer)
    const track = this.#tracks.get(name)
    track?.removeViewer(viewer)
    track?.countViewers(-1)
    this.events.onViewerClosed(id, reason)
  }

  /**
   * Firefox sends no ICE check to a loopback address ("Peer address is bogus", nICEr's
   * stun_client_ctx.c), so media bound to 127.0.0.1 alone would leave it with a black page.
   */
  #iceFor(offerSdp: string): IceOptions {
    const { ice, firefoxIce } = this.options
    return firefoxIce && /^o=mozilla/m.test(offerSdp) ? firefoxIce : ice
  }

  #serversFor(viewer: string): IceServerAccess[] {
    const servers = (this.options.ice.servers ?? []).filter((server) => server.for !== 'server')
    return servers.map((server) => accessTo(server, viewer, Date.now()))
  }

  #byId(id: string): Viewer | undefined {
    return [...this.#viewers.values()].find(({ identity }) => identity.id === id)
  }

  #tick(): void {
    const now = monotonicNow()
    this.#admission.tick(now)
    for (const viewer of [...this.#viewers.values()]) {
      try {
        viewer.tick(now)
      } catch (error) {
        this.events.onError(error)
      }
    }
    this.#upstreams.tick(now, (error) => this.events.onError(error))
    for (const backchannel of this.#backchannels.values()) backchannel.tick()
  }
}
