import type { PlayerClock } from '../../player.js'

/** Later than this (ms), the plan moves instead of being caught up with. */
const GIVE_UP = 1000

/** Slows a stream down to a rate; without a rate it never waits. */
export class Pace {
  readonly #interval: number | undefined
  readonly #clock: PlayerClock
  readonly #signal: AbortSignal
  #due: number | undefined

  constructor(fps: number | undefined, clock: PlayerClock, signal: AbortSignal) {
    this.#interval = fps === undefined ? undefined : 1000 / fps
    this.#clock = clock
    this.#signal = signal
  }

  /** An image was shown: resolves when it is time to read on. */
  next(): void | Promise<void> {
    if (this.#interval === undefined) return
    const now = this.#clock.now()
    const due = (this.#due ?? now) + this.#interval
    this.#due = now - due > GIVE_UP ? now : due
    if (this.#due > now) return this.#clock.sleepUntil(this.#due, this.#signal)
  }
}
