import { SignalingError, show } from '../../common/errors.js'
import { digestOf, isSameDigest, type TokenDigest } from '../../common/token.js'
import { readCookies } from './cookies.js'
import { type Credential, readBearer } from './credential.js'
import { cookieCounts } from './same-origin.js'
import { covers } from './scope.js'
import { type MadeTicket, type SignIn, Tickets, type TicketWish } from './tickets.js'
import type {
  AccessAnswer,
  AccessQuestion,
  AccessRequest,
  AccessRight,
  AccessSettings,
  Scope,
} from './types.js'
import { NO_TOKEN_LIMITS, type Trial, WrongTokens } from './wrong-tokens.js'

/**
 * - `granted`
 * - `unknown`: nothing was shown, or nothing that is known
 * - `refused`: what was shown is good, but not for this
 * - `undecided`: the application was asked, and failed
 */
type Verdict = 'granted' | 'unknown' | 'refused' | 'undecided'

/** As it came with a request. */
interface Shown extends Credential {
  /** Of the cookie, if it is one. */
  readonly secret?: string
  /** Of a bearer token, while it is found out what it is worth. */
  readonly trial?: Trial
}

/** For each track. */
interface Decision {
  readonly verdicts: Verdict[]
  /** What it was granted for; undefined also when the application has granted it to who showed nothing. */
  readonly by: (Shown | undefined)[]
}

/** Who shows more than this is guessing. */
const MOST_QUESTIONS = 4
/** Of pages that a browser has opened lately. */
export const MOST_COOKIES = 20

/** Nothing is asked for: what may be done is said by other rules alone. */
export const NO_ACCESS_RULES: AccessSettings = { grants: [], asked: [], authorize: false }

/** What the routes ask about who may do what. */
export interface AccessRule {
  /** Whether a right is asked for at all. */
  isAsked(right: AccessRight): boolean
  /** Throws `SignalingError` (401, 403, 429, 503) unless the request has the right. */
  require(request: AccessRequest, track: string, right: AccessRight): Promise<void>
}

/**
 * Decides who may do what: in one place for tokens, the cookies of pages, tickets, the tokens of tracks, and what
 * the application says. Knows nothing of which tracks there are.
 */
export class Access implements AccessRule {
  /** Of tracks whose option `control` names a token: it is worth `control`, for that track. */
  readonly #trackTokens = new Map<string, TokenDigest>()

  /** @param ask the application; rejects when it does not answer in time */
  constructor(
    private readonly settings: AccessSettings = NO_ACCESS_RULES,
    private readonly ask?: (question: AccessQuestion) => Promise<AccessAnswer>,
    /** As it was before, in a server that is opened again. */
    readonly tickets = new Tickets(),
    readonly wrongTokens = new WrongTokens(NO_TOKEN_LIMITS),
  ) {}

  /** @param digest undefined: its rule does not name one, or there is no such track any more */
  setTrackToken(track: string, digest: TokenDigest | undefined): void {
    if (digest) this.#trackTokens.set(track, digest)
    else this.#trackTokens.delete(track)
  }

  isAsked(right: AccessRight): boolean {
    return this.settings.asked.includes(right)
  }

  async require(request: AccessRequest, track: string, right: AccessRight): Promise<void> {
    await this.admit(request, track, right)
  }

  /**
   * As `require`.
   *
   * @returns whom the request is counted with: those who were let in by the same token, or the same cookie of a ticket
   *   of the application. A secret. Where the right is not asked for, what the server does not know counts as nothing
   */
  async admit(request: AccessRequest, track: string, right: AccessRight): Promise<string | undefined> {
    if (!this.isAsked(right))
      return holderOf(this.#credentials(request).find((credential) => this.#grants(credential, track, right)))
    const { verdicts, by } = await this.#tried(request, (credentials) =>
      this.#decide(request, credentials, [track], right),
    )
    const [verdict = 'unknown'] = verdicts
    if (verdict !== 'granted') throw refusal(verdict, request, right, `for ${show(track)}`)
    return holderOf(by[0])
  }

  /**
   * What its credentials say of a viewer's right to control: true, whatever the track's rule says; false; or undefined,
   * as the rule says. A rule that names a token is about nothing else, also where no other right is asked for.
   */
  async mayControl(request: AccessRequest, track: string): Promise<boolean | undefined> {
    const isByToken = this.#trackTokens.has(track)
    if (!isByToken && !this.isAsked('control')) return undefined
    const { verdicts } = await this.#tried(request, (credentials) =>
      this.#decide(request, credentials, [track], 'control'),
    )
    if (verdicts[0] !== 'granted') return false
    return isByToken ? true : undefined
  }

  /** Those of the tracks that the request may view. Throws `SignalingError` (401, 403, 429, 503) for who may view none at all. */
  async visible(request: AccessRequest, tracks: readonly string[]): Promise<ReadonlySet<string>> {
    if (!this.isAsked('view')) return new Set(tracks)
    return this.#tried(request, async (credentials) => {
      const { verdicts } = await this.#decide(request, credentials, tracks, 'view')
      const seen = new Set(tracks.filter((_, index) => verdicts[index] === 'granted'))
      if (seen.size === 0 && !this.#mayViewSomething(credentials, tracks)) {
        const verdict = verdicts.includes('undecided') ? 'undecided' : this.#blame(credentials)
        throw refusal(verdict, request, 'view', 'for any track')
      }
      return seen
    })
  }

  /**
   * Gives a page a cookie for the token that it shows, if that is worth anything: for the track, or for one of these.
   * Throws `SignalingError` (401, 403, 429, 503).
   */
  async signIn(
    request: AccessRequest,
    track: string | undefined,
    tracks: readonly string[],
  ): Promise<SignIn> {
    const bearer = readBearer(request.headers.authorization)
    if (bearer === undefined) throw refusal('unknown', request, 'view', '')
    return this.#tried(request, async ([credential]) => {
      if (!credential || !this.#isKnown(credential)) {
        if (!credential || !this.settings.authorize) throw refusal('unknown', request, 'view', '')
        const asked = track === undefined ? tracks : [track]
        const { verdicts } = await this.#decide(request, [credential], asked, 'view')
        if (verdicts.includes('undecided') && !verdicts.includes('granted'))
          throw refusal('undecided', request, 'view', '')
        if (!verdicts.includes('granted')) throw refusal('unknown', request, 'view', '')
      }
      return this.tickets.signIn(bearer, request.address)
    })
  }

  /** Throws `SignalingError` (401, 403, 429, 503) unless the request may hand on these rights. */
  createTicket(request: AccessRequest, wish: TicketWish): Promise<MadeTicket> {
    return this.#tried(request, async (credentials) => {
      for (const credential of credentials)
        if (await this.#mayHandOn(request, credential, wish))
          return this.tickets.create(wish, credential, request.address)
      throw refusal(this.#blame(credentials), request, wish.rights.join(' '), 'to hand it on')
    })
  }

  /** Gives `work` what the request shows. Throws `SignalingError` (429) when too many wrong tokens came from there. */
  async #tried<T>(request: AccessRequest, work: (credentials: readonly Shown[]) => Promise<T>): Promise<T> {
    const credentials = this.#credentials(request)
    const [{ bearer, secret } = {}] = credentials
    if (bearer === undefined || secret !== undefined) return work(credentials)
    const trial = this.wrongTokens.begin(request.address, bearer)
    if (this.#worth(bearer).length > 0) trial.right()
    // Otherwise only the application knows.
    else if (!this.settings.authorize) trial.wrong()
    try {
      return await work(credentials.map((credential) => ({ ...credential, trial })))
    } finally {
      trial.end()
    }
  }

  /**
   * Each use of the ticket is decided anew by the token behind it. Here it is about not giving out what is worth
   * nothing: a token that only the application knows has to be for a track that it can be asked about.
   */
  async #mayHandOn(request: AccessRequest, credential: Credential, wish: TicketWish): Promise<boolean> {
    const { track, rights } = wish
    if (track === undefined) return rights.every((right) => this.#grantsSomewhere(credential, right))
    for (const right of rights) {
      const { verdicts } = await this.#decide(request, [credential], [track], right)
      if (verdicts[0] !== 'granted') return false
    }
    return true
  }

  /** A bearer token is what the sender meant to show; cookies come by themselves, of which the newest are first here. */
  #credentials(request: AccessRequest): Shown[] {
    const bearer = readBearer(request.headers.authorization)
    if (bearer !== undefined) return [{ bearer, expires: Number.POSITIVE_INFINITY }]
    if (!cookieCounts(request)) return []
    const known = readCookies(request).flatMap(({ secret }): Shown[] => {
      const found = this.tickets.find(secret)
      return found ? [{ ...found, secret }] : []
    })
    return known.slice(-MOST_COOKIES).reverse()
  }

  async #decide(
    request: AccessRequest,
    credentials: readonly Shown[],
    tracks: readonly string[],
    right: AccessRight,
  ): Promise<Decision> {
    const otherwise = this.#blame(credentials)
    const by = tracks.map((track) => credentials.find((credential) => this.#grants(credential, track, right)))
    const decision = { by, verdicts: by.map((one): Verdict => (one ? 'granted' : otherwise)) }
    if (this.settings.authorize) await this.#askFor(request, credentials, tracks, right, decision)
    return decision
  }

  /** Asks the application for what is not granted yet: with each token that was shown, or with none. */
  async #askFor(
    request: AccessRequest,
    credentials: readonly Shown[],
    tracks: readonly string[],
    right: AccessRight,
    { verdicts, by }: Decision,
  ): Promise<void> {
    const shown: (Shown | undefined)[] = credentials.filter(({ bearer }) => bearer !== undefined)
    let questions = 0
    for (const one of shown.length > 0 ? shown : [undefined]) {
      const { bearer: token, limit } = one ?? {}
      const open = tracks
        .map((track, index) => ({ track, index }))
        .filter(
          ({ track, index }) => verdicts[index] !== 'granted' && (!limit || covers(limit, track, right)),
        )
      if (open.length === 0) continue
      if (++questions > MOST_QUESTIONS) return
      const question = { request: { ...request, token }, tracks: open.map(({ track }) => track), right }
      const answers = await this.ask?.(question)
      if (answers?.includes(true)) one?.trial?.right()
      else if (answers?.every((answer) => answer === false)) one?.trial?.wrong()
      for (const [at, { index }] of open.entries()) {
        const answer = answers?.[at]
        if (answer === true) {
          verdicts[index] = 'granted'
          by[index] = one
        } else if (answer !== false) verdicts[index] = 'undecided'
      }
    }
  }

  /** Without the application. */
  #grants({ bearer, limit }: Credential, track: string, right: AccessRight): boolean {
    if (limit && !covers(limit, track, right)) return false
    return bearer === undefined || this.#worth(bearer).some((scope) => covers(scope, track, right))
  }

  /** For some track, which need not be there. Without the application. */
  #grantsSomewhere({ bearer, limit }: Credential, right: AccessRight): boolean {
    if (limit && !limit.rights.includes(right)) return false
    return bearer === undefined || this.#worth(bearer).some(({ rights }) => rights.includes(right))
  }

  /** All tokens are looked at, so that the time does not tell which it is. */
  #worth(bearer: string): Scope[] {
    const digest = digestOf(bearer)
    const scopes: Scope[] = this.settings.grants.filter((grant) => isSameDigest(grant.digest, digest))
    for (const [track, own] of this.#trackTokens)
      if (isSameDigest(own, digest)) scopes.push({ rights: ['view', 'control'], track })
    return scopes
  }

  #isKnown({ bearer }: Credential): boolean {
    return bearer === undefined || this.#worth(bearer).length > 0
  }

  /** It may be that there is only no such track at this moment. Where there is none, there is nothing to hide either. */
  #mayViewSomething(credentials: readonly Credential[], tracks: readonly string[]): boolean {
    if (this.settings.authorize && tracks.length === 0) return true
    return credentials.some((credential) => this.#grantsSomewhere(credential, 'view'))
  }

  /** What there is to say to who is not granted something. Whether a token is good at all only the application knows, if it is asked. */
  #blame(credentials: readonly Credential[]): Verdict {
    if (credentials.length === 0) return 'unknown'
    const isGood = this.settings.authorize || credentials.some((credential) => this.#isKnown(credential))
    return isGood ? 'refused' : 'unknown'
  }
}

function holderOf(shown: Shown | undefined): string | undefined {
  return shown?.bearer ?? shown?.secret
}

/** RFC 6750 §3. Says nothing of what was shown. */
function refusal(verdict: Verdict, { headers }: AccessRequest, right: string, what: string): SignalingError {
  if (verdict === 'undecided')
    return new SignalingError(503, 'the application could not say who may do this', { 'Retry-After': '1' })
  const realm = 'Bearer realm="pixelcast"'
  if (verdict === 'refused')
    return new SignalingError(403, `the right ${right} is needed ${what}, and was not given`, {
      'WWW-Authenticate': `${realm}, error="insufficient_scope", scope="${right}"`,
    })
  const given = headers.authorization === undefined ? 'none' : 'something else'
  return new SignalingError(401, `Authorization: expected Bearer and a token of this server, got ${given}`, {
    'WWW-Authenticate': given === 'none' ? realm : `${realm}, error="invalid_token"`,
  })
}
