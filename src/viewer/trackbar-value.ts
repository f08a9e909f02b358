import { Throttle } from './throttle.js'

/** Some thirty values a second while a slider is dragged: more than a person tells apart, ms. */
const INTERVAL_MS = 33

/** What is done with a trackbar's value. */
export interface TrackbarHandlers {
  show(value: number): void
  /** A person moved it. */
  send(value: number): void
}

/** The value of a trackbar between the person who drags it and the server, whose last word counts. */
export class TrackbarValue {
  readonly #handlers: TrackbarHandlers
  readonly #throttle: Throttle<number>
  #value = Number.NaN
  /** What the server said while it was held, since something was sent last. */
  #told: number | undefined
  #held = false

  constructor(handlers: TrackbarHandlers) {
    this.#handlers = handlers
    this.#throttle = new Throttle(INTERVAL_MS, (value) => {
      // The server has yet to say whether this one is to be another.
      this.#told = undefined
      handlers.send(value)
    })
  }

  /** What is shown. */
  get value(): number {
    return this.#value
  }

  /** The person has taken hold of it: what the server says waits until they let go, or it would slip away. */
  grab(): void {
    this.#held = true
  }

  /** The person moves it. */
  move(value: number): void {
    if (value === this.#value) return
    this.#show(value)
    this.#throttle.push(value)
  }

  /** The server says what it is. */
  tell(value: number): void {
    if (this.#held) this.#told = value
    else this.#show(value)
  }

  /** Let go: what waits is the final value, or what the server has said since it was sent. */
  release(): void {
    this.#held = false
    this.#throttle.flush()
    const told = this.#told
    this.#told = undefined
    if (told !== undefined) this.#show(told)
  }

  /** It is gone: nothing is sent any more. */
  clear(): void {
    this.#throttle.clear()
  }

  #show(value: number): void {
    this.#value = value
    this.#handlers.show(value)
  }
}
