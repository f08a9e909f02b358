import { Tickets } from '../server/access/tickets.js'

/**
 * The tickets and cookies of the servers. They outlive an engine that failed, as the thread does: plain data of which
 * the engine knows nothing, so that those who were signed in are so in the server that is opened again.
 */
export class KeptTickets {
  readonly #byServer = new Map<number, Tickets>()

  /** @param first the number that the server had when it was opened first */
  of(first: number): Tickets {
    const tickets = this.#byServer.get(first) ?? new Tickets()
    this.#byServer.set(first, tickets)
    return tickets
  }

  /** The server is not opened again. */
  end(first: number): void {
    this.#byServer.delete(first)
  }
}
