import { createHash, randomBytes } from 'node:crypto'
import { addressGroup } from '../../common/address-group.js'
import type { Credential } from './credential.js'

/** The keys of one token's secrets, by the addresses that they were made for; those that nobody used the longest first. */
interface Held {
  size: number
  readonly byAddress: Map<string, Set<string>>
}

interface Entry {
  readonly credential: Credential
  readonly holder: string
  readonly address: string
}

/** Those that stand for no token are the application's. */
const APPLICATION = ''

/**
 * Credentials by secrets that were made here, 256 random bits each. What is kept of a secret is its digest, so that
 * the time of a look-up tells nothing.
 *
 * Beyond `most` of them who has the most loses one, so that nobody can crowd out others: of the token with the most
 * secrets, and of its addresses the one with the most, that secret which was not used for the longest time. The
 * application's are counted apart, and nobody but the application crowds them out.
 */
export class Secrets {
  readonly #entries = new Map<string, Entry>()
  readonly #held = new Map<string, Held>()

  constructor(private readonly most: number) {}

  get size(): number {
    return this.#entries.size
  }

  /**
   * @param from address of who asked for it, as far as that is known
   * @returns the secret
   */
  add(credential: Credential, from = ''): string {
    const secret = randomBytes(32).toString('base64url')
    const holder = credential.bearer === undefined ? APPLICATION : keyOf(credential.bearer)
    this.#keep(keyOf(secret), { credential, holder, address: addressGroup(from) })
    const own = this.#held.get(APPLICATION)
    if ((own?.size ?? 0) > this.most) this.#forgetOne(own)
    if (this.#entries.size - (own?.size ?? 0) > this.most)
      this.#forgetOne(
        largest([...this.#held].flatMap(([holder, held]) => (holder === APPLICATION ? [] : held))),
      )
    return secret
  }

  /** @param now ms since 1970 */
  get(secret: string, now: number): Credential | undefined {
    const key = keyOf(secret)
    const found = this.#entries.get(key)
    if (!found) return undefined
    this.#drop(key)
    if (found.credential.expires <= now) return undefined
    this.#keep(key, found) // the last one used
    return found.credential
  }

  remove(secret: string): void {
    this.#drop(keyOf(secret))
  }

  #keep(key: string, entry: Entry): void {
    const held = this.#held.get(entry.holder) ?? { size: 0, byAddress: new Map() }
    const keys = held.byAddress.get(entry.address) ?? new Set()
    this.#entries.set(key, entry)
    this.#held.set(entry.holder, held)
    held.byAddress.set(entry.address, keys)
    keys.add(key)
    held.size++
  }

  #drop(key: string): void {
    const entry = this.#entries.get(key)
    const held = entry && this.#held.get(entry.holder)
    const keys = held?.byAddress.get(entry?.address ?? '')
    if (!entry || !held || !keys?.delete(key)) return
    this.#entries.delete(key)
    held.size--
    if (keys.size === 0) held.byAddress.delete(entry.address)
    if (held.size === 0) this.#held.delete(entry.holder)
  }

  #forgetOne(held: Held | undefined): void {
    const [oldest] = (held && largest(held.byAddress.values())) ?? []
    if (oldest !== undefined) this.#drop(oldest)
  }
}

function largest<T extends { readonly size: number }>(all: Iterable<T>): T | undefined {
  let most: T | undefined
  for (const one of all) if (!most || one.size > most.size) most = one
  return most
}

function keyOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64')
}
