import type { AccessRule } from '../server/access/access.js'
import { checkTicketOptions, type TicketOptions } from '../server/access/ticket-options.js'
import type { AccessQuestion, AccessRequest, AccessRight, AccessSettings } from '../server/access/types.js'
import type { Authorize } from './access-options.js'
import { answerBy } from './authorize.js'
import type { EngineThread } from './engine-thread.js'
import type { Restarts } from './restarts.js'

/** A link that opens a page once, from `server.createTicket`. */
export interface Ticket {
  /** A secret of 256 random bits. */
  readonly ticket: string
  /**
   * Of the track's page, or of that of all tracks. With `listen: false` relative to where your web server has mounted
   * this one: `view/camera?ticket=…`.
   */
  readonly url: string
  /** When the ticket, and what it was redeemed for, are worth nothing any more. */
  readonly expires: Date
}

/** The application's end of access, which the engine's thread decides: answers its questions, and asks it some. */
export class ServerAccess implements AccessRule {
  constructor(
    private readonly thread: Pick<EngineThread, 'call'>,
    /** The number of the server. */
    private readonly server: () => number,
    private readonly restarts: Restarts,
    private readonly settings: AccessSettings,
    private readonly authorize: Authorize | undefined,
    private readonly onError: (error: Error) => void,
  ) {}

  isAsked(right: AccessRight): boolean {
    return this.settings.asked.includes(right)
  }

  /** For requests that do not go to the engine's thread themselves. */
  async require(request: AccessRequest, track: string, right: AccessRight): Promise<void> {
    await this.restarts.whenOpen(() =>
      this.thread.call('requireAccess', { server: this.server(), request, track, right }),
    )
  }

  /** The engine's thread asks. */
  async answer(id: number, question: AccessQuestion): Promise<void> {
    if (!this.authorize) return
    const answer = await answerBy(this.authorize, question, this.onError)
    await this.thread.call('accessAnswer', { server: this.server(), id, answer }).catch(() => {})
  }

  /** @param base where the pages are; undefined: not known. Throws `OptionError`, `EngineError` */
  async createTicket(options: TicketOptions | undefined, base: string | undefined): Promise<Ticket> {
    const wish = checkTicketOptions(options)
    const { ticket, path, expires } = await this.thread.call('createTicket', { server: this.server(), wish })
    const url = base === undefined ? path : new URL(path, base).href
    return { ticket, url, expires: new Date(expires) }
  }
}
