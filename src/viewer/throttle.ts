/** Lets a value through at most once per interval: the first at once, and in the end always the last. */
export class Throttle<T> {
  readonly #interval: number
  readonly #pass: (value: T) => void
  #waiting: { value: T } | undefined
  #timer: ReturnType<typeof setTimeout> | undefined

  /** @param interval ms */
  constructor(interval: number, pass: (value: T) => void) {
    this.#interval = interval
    this.#pass = pass
  }

  push(value: T): void {
    if (this.#timer === undefined) this.#let(value)
    else this.#waiting = { value }
  }

  /** Lets what waits through now. */
  flush(): void {
    const waiting = this.#waiting
    clearTimeout(this.#timer)
    this.#timer = this.#waiting = undefined
    if (waiting) this.#pass(waiting.value)
  }

  /** Forgets what waits. */
  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = this.#waiting = undefined
  }

  #let(value: T): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      const waiting = this.#waiting
      this.#waiting = undefined
      if (waiting) this.#let(waiting.value)
    }, this.#interval)
    this.#pass(value)
  }
}
