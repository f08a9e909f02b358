/** Keys that wait to be asked for. A key that is held repeats some 30 times a second: four seconds of that. */
const MOST_KEYS = 128

interface Waiter {
  settle(code: number): void
  fail(error: Error): void
  /** Waits until there is a key, or no window. */
  readonly patient: boolean
}

/** Timers cannot be longer, ms: 24 days. */
const LONGEST_WAIT = 2 ** 31 - 1

/** No key. */
export const NO_KEY = -1

/** Keys that were pressed and not asked for yet, oldest first, and who waits for the next. */
export class KeyQueue {
  readonly #keys: number[] = []
  readonly #waiters = new Set<Waiter>()

  push(code: number): void {
    const [first] = this.#waiters
    if (first) {
      first.settle(code)
      return
    }
    this.#keys.push(code)
    // The oldest goes: the last key that was pressed is the one that is still meant.
    if (this.#keys.length > MOST_KEYS) this.#keys.shift()
  }

  take(): number | undefined {
    return this.#keys.shift()
  }

  /** @param time ms; undefined: for ever. @returns `NO_KEY` when there was none in that time */
  wait(time?: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const timer =
        time === undefined ? undefined : setTimeout(() => waiter.settle(NO_KEY), Math.min(time, LONGEST_WAIT))
      const end = () => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
      }
      const waiter: Waiter = {
        patient: time === undefined,
        settle: (code) => {
          end()
          resolve(code)
        },
        fail: (error) => {
          end()
          reject(error)
        },
      }
      this.#waiters.add(waiter)
    })
  }

  /** There is no window left: whoever would wait for ever does not. */
  noWindow(): void {
    for (const waiter of [...this.#waiters]) if (waiter.patient) waiter.settle(NO_KEY)
  }

  /** @returns whether somebody waited, and knows now */
  fail(error: Error): boolean {
    const waiters = [...this.#waiters]
    for (const waiter of waiters) waiter.fail(error)
    return waiters.length > 0
  }
}
