import type { VideoCodec } from '../../../src/common/codec.js'
import { SignalingError } from '../../../src/common/errors.js'
import type { EngineMeasures } from '../../../src/common/measures.js'
import type {
  ConnectOptions,
  ConnectResult,
  EngineApi,
  MessagePipe,
  Readiness,
  SocketConnectResult,
  SocketState,
  TrackInfo,
} from '../../../src/engine/api.js'
import { SessionMeter } from '../../../src/engine/session-meter.js'
import type { ImageProducer } from '../../../src/track/index.js'

/** An engine that only remembers what it was asked. */
export class FakeEngine implements EngineApi {
  readonly names = new Set<string>()
  readonly sessions = new Set<string>()
  readonly offers: { track: string; offer: string; options: ConnectOptions | undefined }[] = []
  readonly fragments: string[] = []
  readonly socketRequests: {
    track: string
    accepted: readonly VideoCodec[]
    options: ConnectOptions | undefined
  }[] = []
  /** Sessions whose WebSocket has not come, and the pipes of those whose has. */
  readonly awaited = new Set<string>()
  readonly pipes = new Map<string, MessagePipe>()
  iceServers: ConnectResult['iceServers'] = []
  image: Uint8Array | undefined = new Uint8Array([1, 2, 3])
  /** Thrown by the next calls. */
  failure: unknown
  state: Readiness = { status: 'ready' }
  #next = 1

  constructor(...names: string[]) {
    for (const name of names) this.names.add(name)
  }

  tracks(): TrackInfo[] {
    if (this.failure) throw this.failure
    return [...this.names].map((name) => ({ name, width: 640, height: 480, viewers: 2, fps: 30, pushed: 7 }))
  }

  track(name: string): TrackInfo | undefined {
    return this.tracks().find((track) => track.name === name)
  }

  async connect(track: string, offer: string, options?: ConnectOptions): Promise<ConnectResult> {
    if (this.failure) throw this.failure
    if (!this.names.has(track)) throw new SignalingError(404, `there is no track ${track}`)
    this.offers.push({ track, offer, options })
    const session = `secret-${this.#next++}`
    this.sessions.add(session)
    return { session, viewer: 'viewer-1', answerSdp: 'v=0\r\n', iceServers: this.iceServers }
  }

  connectSocket(
    track: string,
    accepted: readonly VideoCodec[],
    options?: ConnectOptions,
  ): SocketConnectResult {
    if (this.failure) throw this.failure
    if (!this.names.has(track)) throw new SignalingError(404, `there is no track ${track}`)
    this.socketRequests.push({ track, accepted, options })
    const session = `secret-${this.#next++}`
    this.sessions.add(session)
    this.awaited.add(session)
    return { session, viewer: 'viewer-1' }
  }

  socketState(session: string): SocketState {
    if (!this.sessions.has(session)) return 'none'
    if (this.awaited.has(session)) return 'awaited'
    return this.pipes.has(session) ? 'taken' : 'other'
  }

  attachSocket(session: string, pipe: MessagePipe): boolean {
    if (!this.awaited.delete(session)) return false
    this.pipes.set(session, pipe)
    return true
  }

  async addCandidates(session: string, fragment: string): Promise<void> {
    if (!this.sessions.has(session)) throw new SignalingError(404, 'no session')
    if (fragment.includes('restart')) throw new SignalingError(422, 'ICE restart is not supported')
    this.fragments.push(fragment)
  }

  hasSession(session: string): boolean {
    return this.sessions.has(session)
  }

  disconnect(session: string): boolean {
    return this.sessions.delete(session)
  }

  readiness(): Readiness {
    return this.state
  }

  measures(): EngineMeasures {
    return { tracks: [], ...new SessionMeter().read() }
  }

  producer(): ImageProducer | undefined {
    return undefined
  }

  async snapshot(): Promise<Uint8Array | undefined> {
    return this.image
  }
}
