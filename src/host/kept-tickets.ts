import { SealedSignIns } from '../server/access/sealed-sign-ins.js'
import { Tickets } from '../server/access/tickets.js'
import { derive } from './sign-in-key.js'

/**
 * The tickets and cookies of the servers. They outlive an engine that failed, as the thread does: plain data of which
 * the engine knows nothing, so that those who were signed in are so in the server that is opened again.
 */
export class KeptTickets {
  readonly #byServer = new Map<number, Tickets>()

  /** @param key the supervisor's: cookies, unlike tickets, then outlive the process too; undefined: there is none */
  constructor(private readonly key?: Uint8Array) {}

  /**
   * @param first the number that the server had when it was opened first
   * @param port that it listens on; undefined: on none
   */
  of(first: number, port?: number): Tickets {
    const tickets = this.#byServer.get(first) ?? this.#newTickets(first, port)
    this.#byServer.set(first, tickets)
    return tickets
  }

  /** A browser shows the cookies of one server to all others on the same machine: each has a key of its own. */
  #newTickets(first: number, port: number | undefined): Tickets {
    return new Tickets(Date.now, this.key && new SealedSignIns(derive(this.key, [first, port ?? null])))
  }

  /** The server is not opened again. */
  end(first: number): void {
    this.#byServer.delete(first)
  }
}
