import { createHash, randomBytes } from 'node:crypto'
import type { Credential } from './credential.js'

/**
 * Credentials by secrets that were made here, 256 random bits each. What is kept of a secret is its digest, so that
 * the time of a look-up tells nothing. Beyond `most` of them that which was not used for the longest time is forgotten.
 */
export class Secrets {
  readonly #credentials = new Map<string, Credential>()

  constructor(private readonly most: number) {}

  get size(): number {
    return this.#credentials.size
  }

  /** @returns the secret */
  add(credential: Credential): string {
    const secret = randomBytes(32).toString('base64url')
    this.#credentials.set(keyOf(secret), credential)
    for (const oldest of this.#credentials.keys()) {
      if (this.#credentials.size <= this.most) break
      this.#credentials.delete(oldest)
    }
    return secret
  }

  /** @param now ms since 1970 */
  get(secret: string, now: number): Credential | undefined {
    const key = keyOf(secret)
    const found = this.#credentials.get(key)
    if (!found) return undefined
    this.#credentials.delete(key)
    if (found.expires <= now) return undefined
    this.#credentials.set(key, found) // the last one used
    return found
  }

  remove(secret: string): void {
    this.#credentials.delete(keyOf(secret))
  }
}

function keyOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64')
}
