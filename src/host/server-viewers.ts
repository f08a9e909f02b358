import { EngineError } from '../common/errors.js'
import { type ImageTrack, RemoteViewer } from '../track/index.js'
import type { EngineThread } from './engine-thread.js'
import type { ViewerInput } from './input-queue.js'
import type { EngineCalls, EngineEvent } from './messages.js'

type ViewerEvent = Extract<EngineEvent, { readonly event: `viewer${string}` }>

/** The viewers of a server as the application knows them, from their offer to their end. */
export class ServerViewers {
  readonly #thread: EngineThread
  readonly #viewers = new Map<
    string,
    { readonly viewer: RemoteViewer; readonly track: ImageTrack | undefined }
  >()

  constructor(thread: EngineThread) {
    this.#thread = thread
  }

  get(id: string): RemoteViewer | undefined {
    return this.#viewers.get(id)?.viewer
  }

  /** What the engine says of a viewer. @param trackOf a track by its key */
  follow(event: ViewerEvent, trackOf: (key: number) => ImageTrack | undefined): void {
    const { viewer } = event
    switch (event.event) {
      case 'viewer':
        this.#add(event.server, viewer, trackOf(event.track))
        break
      case 'viewer-connected':
        this.get(viewer)?.setConnected()
        break
      case 'viewer-control':
        this.get(viewer)?.setControl(event.canControl)
        break
      case 'viewer-closed':
        this.#remove(viewer, event.reason)
        break
    }
  }

  /** Answers an offer. Rejects with what the engine threw. */
  async connect(params: EngineCalls['connect']['params']): Promise<{ answer: string; viewer: RemoteViewer }> {
    const { answer, viewer: id } = await this.#thread.call('connect', params)
    const viewer = this.get(id)
    // Its events travel the same way as the answer, and were sent before it.
    if (!viewer) throw new EngineError('the viewer left while it was answered')
    return { answer, viewer }
  }

  receive(input: ViewerInput): void {
    if ('gone' in input) {
      this.#remove(input.viewer, input.gone)
      return
    }
    const known = this.#viewers.get(input.viewer)
    known?.track?.receive(input.message, known.viewer)
  }

  #remove(id: string, reason: string): void {
    const gone = this.#viewers.get(id)
    if (!gone) return
    this.#viewers.delete(id)
    gone.viewer.setClosed(reason)
    gone.track?.report('leave', gone.viewer, reason)
  }

  removeAll(reason: string): void {
    for (const id of [...this.#viewers.keys()]) this.#remove(id, reason)
  }
  #add(server: number, id: string, track: ImageTrack | undefined): void {
    const who = { server, viewer: id }
    const viewer = new RemoteViewer(id, track?.name ?? '', {
      close: () => void this.#thread.call('disconnectViewer', who).catch(() => {}),
      // When the engine is gone, so is the viewer.
      stats: () => this.#thread.call('viewerStats', who).catch(() => undefined),
    })
    this.#viewers.set(id, { viewer, track })
    track?.report('viewer', viewer)
  }
}
