import { Emitter } from '../common/emitter.js'
import type { ViewerStats } from '../common/viewer-stats.js'

/** Events of a `RemoteViewer`, with the arguments of their listeners. */
export interface ViewerEvents {
  /** Media can flow: ICE and DTLS are up. */
  connected: []
  /** The viewer is gone; `reason` is for people and logs. */
  close: [reason: string]
}

/** `connecting`: its offer was answered; `connected`: media can flow; `closed`: for good. */
export type ViewerState = 'connecting' | 'connected' | 'closed'

/** What a viewer asks of the engine. */
export interface ViewerLink {
  /** Ends its connection. */
  close(): void
  /** Undefined when it is gone. */
  stats(): Promise<ViewerStats | undefined>
}

/** One remote peer connection that watches a track, as the application sees it. */
export class RemoteViewer extends Emitter<ViewerEvents> {
  #state: ViewerState = 'connecting'
  #canControl = false
  readonly #link: ViewerLink

  /** Made by pixelcast; see `track.connect` and the track's `viewer` event. */
  constructor(
    /** Unique within the process; not a secret. */
    readonly id: string,
    /** The name of the track that it watches. */
    readonly track: string,
    link: ViewerLink,
  ) {
    super()
    this.#link = link
  }

  /** How far it is. */
  get state(): ViewerState {
    return this.#state
  }

  /** Whether its input is listened to at this moment; false until its data channel is open, and when it is gone. */
  get canControl(): boolean {
    return this.#canControl
  }

  /** Ends this viewer's connection; others do not notice. */
  close(): void {
    if (this.#state !== 'closed') this.#link.close()
  }

  /**
   * How it is sent to at this moment: the estimate of its network, what it watches, what was lost, and more.
   * Undefined when it is gone.
   */
  async stats(): Promise<ViewerStats | undefined> {
    return this.#state === 'closed' ? undefined : this.#link.stats()
  }

  /** @internal */
  setConnected(): void {
    if (this.#state !== 'connecting') return
    this.#state = 'connected'
    this.emit('connected')
  }

  /** @internal */
  setControl(canControl: boolean): void {
    if (this.#state !== 'closed') this.#canControl = canControl
  }

  /** @internal */
  setClosed(reason: string): void {
    if (this.#state === 'closed') return
    this.#state = 'closed'
    this.#canControl = false
    this.emit('close', reason)
  }
}
