import { createHash } from 'node:crypto'
import { addressGroup, isLoopbackAddress } from '../../common/address-group.js'
import { monotonicNow } from '../../common/clock.js'
import { SignalingError } from '../../common/errors.js'

/** Wrong tokens a minute. */
export interface WrongTokenLimits {
  readonly perAddress: number
  /** The same for loopback, behind which there may be many: a tunnel, a proxy. */
  readonly perLoopback: number
}

/** Of who was told of none. */
export const NO_TOKEN_LIMITS: WrongTokenLimits = {
  perAddress: Number.POSITIVE_INFINITY,
  perLoopback: Number.POSITIVE_INFINITY,
}

/** What the option is called. */
const OPTION = 'limits.wrongTokens'
/** A wrong token counts for so long, ms. */
const WINDOW_MS = 60_000
/** A token that was right counts as known where it came from for so long after it was shown there last, ms. */
const KNOWN_MS = 3_600_000
/** Known tokens, and addresses with wrong ones, at a time; beyond it those go that were used, or came, first. */
const MOST_KNOWN = 10_000
const MOST_ADDRESSES = 4_096

/** One token of one request, while it is found out what it is worth. */
export interface Trial {
  /** It is worth something, be it not what was asked for. */
  right(): void
  /** It is worth nothing. */
  wrong(): void
  /** To be called in the end, whatever came of it. When nothing was said it could not be found out. */
  end(): void
}

interface Tried {
  /** Wrong ones and when they came, oldest first; ms. */
  readonly wrong: Map<string, number>
  /** Of requests that are being decided. */
  readonly pending: Set<string>
}

/**
 * Slows down whoever tries tokens. An address (of IPv6: 64 bits of it) that has shown too many different wrong ones in
 * the last minute has no further one looked at. Different ones: a page that shows an old token again and again guesses
 * nothing, and counts once.
 *
 * A token that was right here, from there, within the last hour goes on being looked at, so that somebody who guesses
 * behind the same address as others (NAT) shuts out none of those who have been let in. Cookies and tickets do not come
 * here: their secrets cannot be guessed. Of tokens only digests are kept. Pure but for the clock.
 */
export class WrongTokens {
  readonly #addresses = new Map<string, Tried>()
  /** When each was shown last, by address and token. */
  readonly #known = new Map<string, number>()

  constructor(
    private readonly limits: WrongTokenLimits,
    /** Told of each refusal: the option's name and value. */
    private readonly report: (limit: string, value: number) => void = () => {},
    private readonly now: () => number = monotonicNow,
  ) {}

  /**
   * A token is about to be looked at. Not knowing from where it came, nobody can be slowed down for it.
   *
   * @throws SignalingError (429) when too many wrong ones came from there
   */
  begin(address: string | undefined, token: string): Trial {
    if (address === undefined) return NO_TRIAL
    const most = isLoopbackAddress(address) ? this.limits.perLoopback : this.limits.perAddress
    if (most === Number.POSITIVE_INFINITY) return NO_TRIAL
    const group = addressGroup(address)
    const digest = digestOf(token)
    const key = `${group} ${digest}`
    const now = this.now()
    if (now - (this.#known.get(key) ?? Number.NEGATIVE_INFINITY) < KNOWN_MS) {
      this.#know(key, now)
      return NO_TRIAL
    }
    const tried = this.#addresses.get(group) ?? { wrong: new Map(), pending: new Set() }
    this.#forget(tried, now)
    const isNew = !tried.wrong.has(digest) && !tried.pending.has(digest)
    if (isNew) this.#check(tried, most, now)
    this.#addresses.delete(group)
    this.#addresses.set(group, tried)
    this.#forgetAddresses()
    if (!tried.wrong.has(digest)) tried.pending.add(digest)
    return this.#trial(tried, digest, key)
  }

  #trial(tried: Tried, digest: string, key: string): Trial {
    let isOver = false
    const once = (then: () => void) => () => {
      if (isOver) return
      isOver = true
      tried.pending.delete(digest)
      then()
    }
    return {
      right: once(() => {
        tried.wrong.delete(digest)
        this.#know(key, this.now())
      }),
      wrong: once(() => {
        if (!tried.wrong.has(digest)) tried.wrong.set(digest, this.now())
      }),
      end: once(() => {}),
    }
  }

  #check({ wrong, pending }: Tried, most: number, now: number): void {
    if (wrong.size + pending.size < most) return
    this.report(OPTION, most)
    const [oldest = now - WINDOW_MS] = wrong.values()
    // Those that are being decided may turn out right in a moment.
    const wait = wrong.size < most ? 0 : oldest + WINDOW_MS - now
    throw new SignalingError(429, 'too many wrong tokens came from this address', {
      'Retry-After': `${Math.max(1, Math.ceil(wait / 1_000))}`,
    })
  }

  #forget({ wrong }: Tried, now: number): void {
    for (const [digest, at] of wrong) {
      if (now - at < WINDOW_MS) return
      wrong.delete(digest)
    }
  }

  #forgetAddresses(): void {
    const [oldest] = this.#addresses.keys()
    if (this.#addresses.size > MOST_ADDRESSES && oldest !== undefined) this.#addresses.delete(oldest)
  }

  #know(key: string, now: number): void {
    this.#known.delete(key)
    this.#known.set(key, now)
    const [oldest] = this.#known.keys()
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest)
  }
}

const NO_TRIAL: Trial = { right: () => {}, wrong: () => {}, end: () => {} }

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
