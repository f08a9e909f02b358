import type { PlayoutDelay } from '../rtp/index.js'

/** Shown the moment it is decoded, without waiting for the next repaint's turn: 8 ms instead of 20 at the median (measured, 720p30). */
const AT_ONCE: PlayoutDelay = { min: 0, max: 0 }
/** Also at once, but nothing that comes in a bunch is skipped, which would have to be decoded all the same. */
const NOTHING_SKIPPED: PlayoutDelay = { min: 0, max: 100 }
/** What makes pictures come in bunches: retransmissions, share of packets, and queues, ms. */
const LOSS = 0.01
const QUEUE = 50
/** For so long it must have been calm again, ms. */
const CALM_TIME = 10_000

/**
 * Chooses how long a browser may wait before it shows a picture: not at all on a calm network. On another
 * one, 0/0 was seen to freeze the picture for up to a second when pictures arrive in a bunch. Pure: time
 * comes in as `now`, ms.
 */
export class PlayoutChoice {
  #roughAt = Number.NEGATIVE_INFINITY
  // From the first picture on: Chromium chooses its renderer by that one.
  #chosen = AT_ONCE

  get chosen(): PlayoutDelay {
    return this.#chosen
  }

  /** @returns whether the choice has changed */
  update(loss: number, queueDelay: number, now: number): boolean {
    if (loss > LOSS || queueDelay > QUEUE) this.#roughAt = now
    const choice = now - this.#roughAt >= CALM_TIME ? AT_ONCE : NOTHING_SKIPPED
    if (choice === this.#chosen) return false
    this.#chosen = choice
    return true
  }
}
