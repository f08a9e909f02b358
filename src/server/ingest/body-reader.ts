import { monotonicNow } from '../../common/clock.js'
import { SignalingError } from '../../common/errors.js'
import type { TokenBucket } from '../../common/token-bucket.js'
import type { ReadBody, StopReading } from '../routing.js'

/**
 * Reads a body chunk by chunk, and gives up when no whole image comes for too long: a sender that says
 * nothing and one that sends a byte a second are the same in that.
 */
export class BodyReader {
  readonly #read: ReadBody
  readonly #timer: NodeJS.Timeout
  #end: ((error?: Error) => void) | undefined
  #failure: Error | undefined
  /** Until then nothing more is read, ms. */
  #heldUntil = 0

  /**
   * @param timeout ms without a call of `progress`
   * @param bytes that may come
   */
  constructor(
    read: ReadBody,
    timeout: number,
    private readonly bytes: TokenBucket,
  ) {
    this.#read = read
    this.#timer = setTimeout(
      () => this.fail(new SignalingError(408, `no whole image came for ${timeout / 1000} s`)),
      timeout,
    )
  }

  /** An image came: the time begins anew. */
  progress(): void {
    this.#timer.refresh()
  }

  /** What comes next has to wait so long, ms. */
  hold(wait: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, monotonicNow() + wait)
  }

  /** Ends the reading: `each` throws this. */
  fail(error: Error): void {
    this.#failure ??= error
    this.#end?.(this.#failure)
  }

  /**
   * Calls back with each chunk; resolves at the end of the body. Throws `SignalingError` (400 broken off,
   * 408 too slow), what `onChunk` throws, and what `fail` was told: the rest is not read then.
   */
  async each(onChunk: (chunk: Uint8Array) => void): Promise<void> {
    if (this.#failure) throw this.#failure
    let stop: StopReading = () => {}
    try {
      await new Promise<void>((resolve, reject) => {
        const end = (error?: Error) => (error ? reject(error) : resolve())
        this.#end = end
        stop = this.#read(
          (chunk) => {
            try {
              onChunk(chunk)
              return this.#waitAfter(chunk.byteLength)
            } catch (error) {
              stop()
              reject(error)
              return 0
            }
          },
          (error) => end(error && new SignalingError(400, `the body broke off: ${error.message}`)),
        )
      })
    } finally {
      stop()
    }
  }

  #waitAfter(bytes: number): number {
    const now = monotonicNow()
    this.bytes.charge(bytes, now)
    return Math.max(this.bytes.wait(0, now), this.#heldUntil - now)
  }

  /** What is left of the body is not wanted. */
  close(): void {
    clearTimeout(this.#timer)
    this.#end = undefined
  }
}

/** The same for a request that did not come over the server's own port. */
export function readStream({ body }: Request): ReadBody {
  return (onChunk, onEnd) => {
    let isWanted = true
    const run = async () => {
      if (!body) return
      const reader = body.getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done || !isWanted) return
        const wait = onChunk(value)
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      }
    }
    run().then(
      () => isWanted && onEnd(),
      (error: unknown) => isWanted && onEnd(error instanceof Error ? error : new Error(String(error))),
    )
    return () => {
      isWanted = false
    }
  }
}
