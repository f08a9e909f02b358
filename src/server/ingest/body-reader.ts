import { SignalingError } from '../../common/errors.js'

/**
 * Reads a body chunk by chunk, and gives up when no whole image comes for too long: a sender that says
 * nothing and one that sends a byte a second are the same in that.
 */
export class BodyReader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  readonly #timer: NodeJS.Timeout
  #fail: ((error: Error) => void) | undefined
  #failure: Error | undefined

  /** @param timeout ms without a call of `progress` */
  constructor(request: Request, timeout: number) {
    this.#reader = request.body?.getReader()
    this.#timer = setTimeout(() => {
      this.#failure = new SignalingError(408, `no whole image came for ${timeout / 1000} s`)
      this.#fail?.(this.#failure)
    }, timeout)
  }

  /** An image came: the time begins anew. */
  progress(): void {
    this.#timer.refresh()
  }

  /** The next bytes; undefined at the end. Throws `SignalingError` (400 broken off, 408 too slow). */
  async next(): Promise<Uint8Array | undefined> {
    const reader = this.#reader
    if (!reader) return undefined
    if (this.#failure) throw this.#failure
    // a new promise each time: racing with one that stays would keep every chunk's reaction
    return new Promise((resolve, reject) => {
      this.#fail = reject
      reader.read().then(
        ({ done, value }) => resolve(done ? undefined : value),
        (error: unknown) =>
          reject(
            new SignalingError(400, `the body broke off: ${error instanceof Error ? error.message : error}`),
          ),
      )
    })
  }

  /** What is left of the body is not wanted. */
  close(): void {
    clearTimeout(this.#timer)
    this.#fail = undefined
  }
}
