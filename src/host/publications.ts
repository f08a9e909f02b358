import { EngineError } from '../common/errors.js'
import { Publication, type PublicationChange, type PublishSettings } from '../track/index.js'
import type { EngineThread } from './engine-thread.js'
import type { Restarts } from './restarts.js'

interface OpenPublication {
  readonly publication: Publication
  readonly track: string
  readonly settings: PublishSettings
}

/** The application's end of a server's publications. */
export class Publications {
  readonly #open = new Map<number, OpenPublication>()
  #next = 1

  constructor(
    private readonly thread: Pick<EngineThread, 'call'>,
    /** Its number; another one when the engine has been started again. */
    private readonly server: () => number,
    private readonly restarts: Restarts,
  ) {}

  /** Rejects with a `PublishError` when it is refused, or an `EngineError`. */
  async start(track: string, settings: PublishSettings): Promise<Publication> {
    // Its track is not there before; and what is open already is published again then.
    await this.restarts.pending?.catch((cause: Error) => {
      throw new EngineError(`the engine could not be started again: ${cause.message}`, { cause })
    })
    const publication = this.#next++
    const which = () => ({ server: this.server(), publication })
    const opened = new Publication(track, {
      // When the engine thread is gone, there is nothing left to close.
      close: async () => void (await this.thread.call('closePublication', which()).catch(() => {})),
      stats: () => this.thread.call('publicationStats', which()).catch(() => undefined),
    })
    this.#open.set(publication, { publication: opened, track, settings })
    const started = opened.started()
    started.catch(() => {})
    try {
      await this.thread.call('publish', { ...which(), track, settings })
    } catch (error) {
      this.#open.delete(publication)
      throw error
    }
    return started
  }

  follow(publication: number, change: PublicationChange): void {
    const opened = this.#open.get(publication)
    if (change.state === 'closed' || change.state === 'failed') this.#open.delete(publication)
    opened?.publication.follow(change)
  }

  /** The engine has been started again, and the tracks are there: so are the publications. */
  reopen(): void {
    for (const [publication, { track, settings }] of this.#open)
      this.thread
        .call('publish', { server: this.server(), publication, track, settings })
        .catch(({ message }: Error) =>
          this.follow(publication, { state: 'failed', error: { message, status: undefined } }),
        )
  }

  /** The server is closed; with an error when its thread has failed. */
  end(error?: EngineError): void {
    const change: PublicationChange = error
      ? { state: 'failed', error: { message: error.message, status: undefined } }
      : { state: 'closed' }
    for (const publication of [...this.#open.keys()]) this.follow(publication, change)
  }
}
