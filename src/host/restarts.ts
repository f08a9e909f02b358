import { monotonicNow } from '../common/clock.js'
import { SignalingError } from '../common/errors.js'

/** An engine that fails as often as this in as much time has a fault that a fresh start does not mend. */
const MOST_RESTARTS = 5
const WITHIN_MS = 60_000
/** The port of the server that failed may be taken for a moment still. */
const MOST_TRIES = 8
const FIRST_PAUSE_MS = 50

/** Opens a server again whose engine failed, and says when that is to be given up. */
export class Restarts {
  /** Of the message that says why no more is tried. */
  static readonly limit = `${MOST_RESTARTS} restarts within ${WITHIN_MS / 1000} s`
  /** While it is being opened; rejects when that is in vain. */
  pending: Promise<void> | undefined
  #times: number[] = []

  /**
   * Counts one more.
   *
   * @param now ms on the monotonic clock
   * @returns false when there were too many lately
   */
  allow(now = monotonicNow()): boolean {
    this.#times = this.#times.filter((time) => now - time < WITHIN_MS)
    if (this.#times.length >= MOST_RESTARTS) return false
    this.#times.push(now)
    return true
  }

  /**
   * Does for a request what needs the engine, when that is there.
   *
   * @throws SignalingError (503) when it is not there again, or goes meanwhile; else what `work` throws
   */
  async whenOpen<T>(work: () => Promise<T>): Promise<T> {
    await this.pending?.catch((error: unknown) => {
      throw notNow(error)
    })
    try {
      return await work()
    } catch (error) {
      throw this.pending ? notNow(error) : error
    }
  }

  /**
   * Calls `open` until it succeeds, with growing pauses, 6 s in all; then one of the others.
   *
   * @param open undefined: it is not wanted any more
   */
  start(
    open: () => Promise<unknown> | undefined,
    { onOpen, onFailure }: { onOpen(): void; onFailure(error: Error): void },
  ): void {
    this.pending = openAgain(open).then(
      () => {
        this.pending = undefined
        onOpen()
      },
      (error: Error) => {
        this.pending = undefined
        onFailure(error)
        throw error
      },
    )
    this.pending.catch(() => {}) // It is told to `onFailure`, and to whoever waits.
  }
}

function notNow(cause: unknown): SignalingError {
  const error = new SignalingError(503, 'the server is being started again', { 'Retry-After': '1' })
  return Object.assign(error, { cause })
}

async function openAgain(open: () => Promise<unknown> | undefined): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await open()
      return
    } catch (error) {
      if (tries === MOST_TRIES) throw error
      await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE_MS * 2 ** (tries - 1)))
    }
  }
}
