import type { Attempt, AttemptHandlers, FrameTimes } from './attempt.js'
import { Channel } from './channel.js'
import type { PresentedFrame } from './presented-frame.js'
import type { Counters } from './stats.js'
import type { ViewerTransport } from './transport.js'
import { WhepError } from './whep.js'

const UNKNOWN: FrameTimes = { rtp: undefined, exact: false, received: undefined }

/** An attempt whose code has to be loaded first. */
export class LateAttempt implements Attempt {
  readonly transport: ViewerTransport
  readonly #handlers: AttemptHandlers
  readonly #load: () => Promise<Attempt>
  /** Sends nothing, until the attempt is there. */
  readonly #mute = new Channel(
    { bufferedAmount: 0, isOpen: false, send: () => {} },
    { message: () => {}, silence: () => {}, closed: () => {} },
  )
  #attempt: Attempt | undefined
  #closed = false

  constructor(transport: ViewerTransport, handlers: AttemptHandlers, load: () => Promise<Attempt>) {
    this.transport = transport
    this.#handlers = handlers
    this.#load = load
  }

  get channel(): Channel {
    return this.#attempt?.channel ?? this.#mute
  }

  async start(): Promise<void> {
    let attempt: Attempt
    try {
      attempt = await this.#load()
    } catch (cause) {
      // The server went away in the meantime, or is another version.
      if (!this.#closed)
        this.#handlers.lost(
          new WhepError('A part of the viewer could not be loaded', { kind: 'absent', cause }),
        )
      return
    }
    if (this.#closed) return
    this.#attempt = attempt
    await attempt.start()
  }

  close(): void {
    this.#closed = true
    this.#attempt?.close()
  }

  async counters(now: number): Promise<Counters | undefined> {
    return this.#attempt?.counters(now)
  }

  timesOf(frame: PresentedFrame): FrameTimes {
    return this.#attempt?.timesOf(frame) ?? UNKNOWN
  }

  shownRtp(video: HTMLVideoElement, presented: number | undefined): number | undefined {
    return this.#attempt?.shownRtp(video, presented)
  }
}
