/** The shortest round trip of so long counts, ms (BBR: 10 s): the way may have become longer. */
const WINDOW = 10_000

/** One round trip, ms, and the size of what made it, bytes. */
export interface Trip {
  readonly time: number
  readonly bytes: number
  readonly at: number
}

/** The shortest round trip of the last ten seconds; of the last message, if there was none since. Pure. */
export class ShortestTrip {
  /** Each longer than the one before it: what counts when that is too old. */
  #trips: Trip[] = []

  get trip(): Trip | undefined {
    return this.#trips[0]
  }

  /** @returns the shortest one from now on */
  add(trip: Trip): Trip {
    const shorter = this.#trips.findLastIndex(({ time }) => time < trip.time)
    this.#trips.length = shorter + 1
    this.#trips.push(trip)
    const old = this.#trips.findIndex(({ at }) => trip.at - at <= WINDOW)
    this.#trips.splice(0, old)
    return this.#trips[0] ?? trip
  }

  /** The way is a longer one: those that were sooner than this no longer count. */
  forgetBefore(at: number): void {
    const first = this.#trips.findIndex((trip) => trip.at >= at)
    if (first > 0) this.#trips.splice(0, first)
  }
}
