/** Barks when what is expected does not come in time. */
export class Watchdog {
  readonly #bark: (ms: number) => void
  #timer: NodeJS.Timeout | undefined

  /** `bark` is told how long (ms) nothing came. */
  constructor(bark: (ms: number) => void) {
    this.#bark = bark
  }

  /** Something came; the next has to come within `ms`. */
  expect(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#bark(ms), ms)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
