import { createHash } from 'node:crypto'
import type { Credential } from './credential.js'
import { withImplied } from './scope.js'
import { Secrets } from './secrets.js'
import type { AccessRight, Scope } from './types.js'

/** Not yet redeemed, at a time; of the application and of all others each. */
const MOST_TICKETS = 10_000
/** Pages that are signed in, at a time; by tickets of the application and by all else each. */
const MOST_SIGN_INS = 10_000
/** So long a page's cookie is good, s. */
export const SIGN_IN_SECONDS = 30 * 86_400

export const TICKET_SECONDS = { least: 1, most: 86_400, usual: 3_600 } as const

/** What a ticket is to be worth; checked. */
export interface TicketWish {
  /** Undefined: every track. */
  readonly track: string | undefined
  readonly rights: readonly AccessRight[]
  /** Seconds. */
  readonly lifetime: number
}

/** A ticket that was made. */
export interface MadeTicket {
  /** A secret. */
  readonly ticket: string
  /** Of the page that it opens, relative to where the server is mounted. */
  readonly path: string
  /** When it and what it was redeemed for are worth nothing any more, ms since 1970. */
  readonly expires: number
}

/** A page's cookie: the secret, and for how long it is worth something. */
export interface SignIn {
  readonly secret: string
  /** Seconds. */
  readonly maxAge: number
  /** Of a ticket: tells its cookie from others, and nothing of the secret. */
  readonly own?: string
}

/** Where what pages are signed in with is kept. */
export interface SignIns {
  /** @returns the secret */
  add(credential: Credential, from?: string): string
  get(secret: string, now: number): Credential | undefined
  remove(secret: string): void
}

/** The secrets that stand for credentials: tickets, each good for one sign-in, and the sign-ins of pages. */
export class Tickets {
  readonly #tickets = new Secrets(MOST_TICKETS)

  constructor(
    private readonly now: () => number = Date.now,
    private readonly signIns: SignIns = new Secrets(MOST_SIGN_INS),
  ) {}

  /**
   * @param of whose rights it hands on; undefined: the application's
   * @param from address of who asked for it; here as below
   */
  create({ track, rights, lifetime }: TicketWish, of?: Credential, from?: string): MadeTicket {
    const wish: Scope = { rights: withImplied(rights), track }
    const expires = Math.min(this.now() + lifetime * 1_000, of?.expires ?? Number.POSITIVE_INFINITY)
    const ticket = this.#tickets.add({ bearer: of?.bearer, limit: within(wish, of?.limit), expires }, from)
    const page = track === undefined ? '' : `view/${encodeURIComponent(track)}`
    return { ticket, path: `${page}?ticket=${ticket}`, expires }
  }

  isGood(ticket: string): boolean {
    return this.#tickets.get(ticket, this.now()) !== undefined
  }

  /** Once. Undefined when it was redeemed before, has expired, or never was one. */
  redeem(ticket: string, from?: string): SignIn | undefined {
    const credential = this.#tickets.get(ticket, this.now())
    if (!credential) return undefined
    this.#tickets.remove(ticket)
    const own = createHash('sha256').update(`cookie of ${ticket}`).digest('hex').slice(0, 8)
    return { ...this.#signIn(credential, from), own }
  }

  /** For who has shown a token. */
  signIn(bearer: string, from?: string): SignIn {
    return this.#signIn({ bearer, expires: this.now() + SIGN_IN_SECONDS * 1_000 }, from)
  }

  signOut(secret: string): void {
    this.signIns.remove(secret)
  }

  /** What a page's cookie stands for. */
  find(secret: string): Credential | undefined {
    return this.signIns.get(secret, this.now())
  }

  #signIn(credential: Credential, from: string | undefined): SignIn {
    const maxAge = Math.max(1, Math.round((credential.expires - this.now()) / 1_000))
    return { secret: this.signIns.add(credential, from), maxAge }
  }
}

/** What both allow. A track that the limit does not allow was refused before. */
function within(wish: Scope, limit: Scope | undefined): Scope {
  if (!limit) return wish
  return {
    rights: wish.rights.filter((right) => limit.rights.includes(right)),
    tracks: limit.tracks,
    track: wish.track ?? limit.track,
  }
}
