import { Emitter } from '../common/emitter.js'
import { PublishError } from '../common/errors.js'
import type { RungStats, ViewerStats } from '../common/viewer-stats.js'

/**
 * `connecting`: the first attempt; `connected`: the engine gets media; `waiting`: the last attempt or connection
 * failed, and another one follows; `failed`: refused for good; `closed`: by `close()`, or with its track.
 */
export type PublicationState = 'connecting' | 'connected' | 'waiting' | 'failed' | 'closed'

/** Events of a `Publication`, with the arguments of their listeners. */
export interface PublicationEvents {
  /** The engine gets media; also after each reconnection. */
  connected: []
  /** An attempt or a connection has failed; the next attempt follows in so many ms. */
  waiting: [error: PublishError, retryIn: number]
  /** It was refused, and would be again: a wrong token, an offer that the engine cannot use. Nothing follows. */
  failed: [error: PublishError]
  /** Something that is good to know and stops nothing, for people. */
  note: [text: string]
  /** It is closed: by `close()`, or with its track. Nothing follows. */
  close: []
}

export type { RungStats } from '../common/viewer-stats.js'

/** How an engine is sent to; as for a viewer, counts of all rungs together. */
export interface PublicationStats extends Omit<ViewerStats, 'ignoredMessages' | 'transport'> {
  /** What the engine has taken: one stream, or the rungs of a simulcast, the largest first. */
  readonly rungs: readonly RungStats[]
}

/** What the engine thread reports of a publication. */
export type PublicationChange =
  | { readonly state: 'connected' }
  | { readonly state: 'waiting'; readonly error: PublishFailure; readonly retryIn: number }
  | { readonly state: 'failed'; readonly error: PublishFailure }
  | { readonly state: 'closed' }
  | { readonly state: 'note'; readonly text: string }

/** An error of it, as it crosses the border of threads. */
export interface PublishFailure {
  readonly message: string
  readonly status: number | undefined
}

/** What a publication asks of the engine thread. */
export interface PublicationLink {
  /** Resolves when the engine elsewhere has been told. */
  close(): Promise<void>
  /** Undefined when it is not connected. */
  stats(): Promise<PublicationStats | undefined>
}

/** A track on its way to an engine elsewhere, from `track.publish`. It comes back by itself when the connection is lost. */
export class Publication extends Emitter<PublicationEvents> {
  readonly #link: PublicationLink
  #state: PublicationState = 'connecting'
  #error: PublishError | undefined

  /** Made by pixelcast; see `track.publish`. */
  constructor(
    /** The name of the track. */
    readonly track: string,
    link: PublicationLink,
  ) {
    super()
    this.#link = link
  }

  /** How far it is. */
  get state(): PublicationState {
    return this.#state
  }

  /** Why it is not connected, or was not when it was tried last; undefined while all is well. */
  get error(): PublishError | undefined {
    return this.#error
  }

  /** How it is sent at this moment. Undefined when it is not connected. */
  async stats(): Promise<PublicationStats | undefined> {
    return this.#isOver ? undefined : this.#link.stats()
  }

  /** Ends it; resolves when the engine has been told, or cannot be. Local viewers do not notice. Idempotent. */
  async close(): Promise<void> {
    if (!this.#isOver) await this.#link.close()
  }

  get #isOver(): boolean {
    return this.#state === 'failed' || this.#state === 'closed'
  }

  /** @internal */
  follow(change: PublicationChange): void {
    if (this.#isOver) return
    if (change.state === 'note') {
      this.emit('note', change.text)
      return
    }
    this.#state = change.state
    this.#error = 'error' in change ? new PublishError(change.error.message, change.error.status) : undefined
    if (change.state === 'connected') this.emit('connected')
    else if (change.state === 'closed') this.emit('close')
    else if (change.state === 'waiting' && this.#error) this.emit('waiting', this.#error, change.retryIn)
    else if (this.#error) this.emit('failed', this.#error)
  }

  /** @internal Resolves when the first attempt has come to something; rejects when it was refused for good. */
  started(): Promise<this> {
    return new Promise((resolve, reject) => {
      const done = () => {
        for (const remove of removes) remove()
        resolve(this)
      }
      const removes = [
        this.on('connected', done),
        this.on('waiting', done),
        this.on('close', done),
        this.on('failed', reject),
      ]
    })
  }
}
