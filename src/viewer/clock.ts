/** Clocks of two machines drift by tens of microseconds a second: older samples are not worth keeping. */
const WINDOW_MS = 30_000

interface Sample {
  readonly at: number
  readonly roundTrip: number
  readonly offset: number
}

/**
 * The server's monotonic clock, seen from here. As NTP does (RFC 5905 §10, the clock filter): the
 * answer to a ping was written half-way between sending and receiving, and of all recent samples the
 * one with the shortest round trip is the most truthful, since whatever delayed the others was
 * most likely on one way only.
 */
export class ClockSync {
  readonly #samples: Sample[] = []

  /**
   * One ping and its answer.
   * @param sent local time of sending, ms
   * @param received local time of receiving, ms
   * @param server the server's clock in the answer, ms
   */
  add(sent: number, received: number, server: number): void {
    const roundTrip = received - sent
    if (!(roundTrip >= 0) || !Number.isFinite(server)) return
    this.#samples.push({ at: received, roundTrip, offset: server - (sent + received) / 2 })
    while (this.#samples[0] && this.#samples[0].at < received - WINDOW_MS) this.#samples.shift()
  }

  /** Whether there was an answer yet. */
  get synced(): boolean {
    return this.#samples.length > 0
  }

  /** The latest round trip in ms, the time the answer lay in this page's queue included. */
  get roundTrip(): number | undefined {
    return this.#samples.at(-1)?.roundTrip
  }

  /** A local time (`performance.now()`, ms) on the server's clock; undefined before the first answer. */
  toServer(local: number): number | undefined {
    let best: Sample | undefined
    for (const sample of this.#samples) if (!best || sample.roundTrip <= best.roundTrip) best = sample
    return best && local + best.offset
  }
}
