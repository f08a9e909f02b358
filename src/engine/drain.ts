import { SignalingError } from '../common/errors.js'

export interface DrainOptions {
  /** Longest time that viewers have to leave, ms. */
  readonly timeout: number
  /** What is said to those who come, s. */
  readonly retryAfter: number
}

/** Viewers are asked to leave one after the other, this far apart, ms: they all come to the next server. */
const APART_MS = 20
/** … all of them within this share of the time. */
const SHARE = 0.5

/** Empties an engine: asks its viewers to leave, and waits until they have, or time is up. */
export class Drain {
  readonly #options: DrainOptions
  readonly #timers: NodeJS.Timeout[] = []
  #resolve = (): void => {}
  readonly done: Promise<void>

  /** @param askToLeave each of those who are there */
  constructor(options: DrainOptions, askToLeave: readonly (() => void)[]) {
    this.#options = options
    this.done = new Promise((resolve) => {
      this.#resolve = resolve
    })
    const { timeout } = options
    const apart = Math.min(APART_MS, (timeout * SHARE) / Math.max(1, askToLeave.length))
    for (const [index, ask] of askToLeave.entries()) this.#timers.push(setTimeout(ask, index * apart))
    this.#timers.push(setTimeout(() => this.finish(), timeout))
    if (askToLeave.length === 0) this.finish()
  }

  /** For whoever comes now. */
  get refusal(): SignalingError {
    return new SignalingError(503, 'the server is going away, and takes no new sessions', {
      'Retry-After': `${this.#options.retryAfter}`,
    })
  }

  /** Nobody is there any more, or nobody is waited for. Idempotent. */
  finish(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer)
    this.#resolve()
  }
}
