import { monotonicNow } from '../../../common/clock.js'

/** Sleeps until a time, or until somebody says that there is something to do. */
export class Wake {
  #isCalled = false
  #resolve: (() => void) | undefined

  constructor(signal: AbortSignal) {
    signal.addEventListener('abort', () => this.now(), { once: true })
  }

  /** There is something to do: the one who sleeps wakes up, or does not go to sleep the next time. */
  now(): void {
    this.#isCalled = true
    this.#resolve?.()
  }

  /** Resolves at `time`, ms on the monotonic clock, or when called. */
  async at(time: number): Promise<void> {
    if (!this.#isCalled) {
      let timer: NodeJS.Timeout | undefined
      await new Promise<void>((resolve) => {
        this.#resolve = resolve
        timer = setTimeout(resolve, Math.max(0, time - monotonicNow()))
      })
      clearTimeout(timer)
    }
    this.#isCalled = false
    this.#resolve = undefined
  }
}
