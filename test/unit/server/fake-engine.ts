import { SignalingError } from '../../../src/common/errors.js'
import type { ConnectOptions, ConnectResult, EngineApi, TrackInfo } from '../../../src/engine/api.js'
import type { ImageProducer } from '../../../src/track/index.js'

/** An engine that only remembers what it was asked. */
export class FakeEngine implements EngineApi {
  readonly names = new Set<string>()
  readonly sessions = new Set<string>()
  readonly offers: { track: string; offer: string; options: ConnectOptions | undefined }[] = []
  readonly fragments: string[] = []
  iceServers: ConnectResult['iceServers'] = []
  image: Uint8Array | undefined = new Uint8Array([1, 2, 3])
  /** Thrown by the next calls. */
  failure: unknown
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

  producer(): ImageProducer | undefined {
    return undefined
  }

  async snapshot(): Promise<Uint8Array | undefined> {
    return this.image
  }
}
