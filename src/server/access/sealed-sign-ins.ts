import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Credential } from './credential.js'
import type { Scope } from './types.js'

const CIPHER = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** What is sealed, and how it is written. */
const FORM = Buffer.from('pixelcast sign-in 1')
/** Those that have signed out are remembered, so many at a time. */
const MOST_SIGNED_OUT = 10_000

interface Written {
  /** The token. */
  readonly b?: string
  readonly l?: Scope
  readonly e: number
}

/**
 * Credentials that are kept by whoever has them: the secret is the credential itself, encrypted and authenticated, so that
 * another process with the same key reads it too. Nobody else can read or make one.
 */
export class SealedSignIns {
  /** Of those that have signed out; oldest first. */
  readonly #signedOut = new Set<string>()

  /** @param key 32 bytes */
  constructor(private readonly key: Uint8Array) {}

  /** @returns the secret */
  add({ bearer, limit, expires }: Credential): string {
    const written: Written = {
      ...(bearer !== undefined && { b: bearer }),
      ...(limit && { l: limit }),
      e: expires,
    }
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.key, nonce, { authTagLength: TAG_BYTES }).setAAD(FORM)
    const text = Buffer.concat([cipher.update(JSON.stringify(written), 'utf8'), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')
  }

  /** @param now ms since 1970 */
  get(secret: string, now: number): Credential | undefined {
    const bytes = Buffer.from(secret, 'base64url')
    if (bytes.length <= NONCE_BYTES + TAG_BYTES || this.#signedOut.has(nameOf(bytes))) return undefined
    const written = this.#open(bytes)
    if (!written || written.e <= now) return undefined
    return { bearer: written.b, limit: written.l, expires: written.e }
  }

  /** Here; another process with the key does not know of it. */
  remove(secret: string): void {
    const bytes = Buffer.from(secret, 'base64url')
    if (bytes.length <= NONCE_BYTES + TAG_BYTES || !this.#open(bytes)) return
    this.#signedOut.add(nameOf(bytes))
    const [oldest] = this.#signedOut
    if (this.#signedOut.size > MOST_SIGNED_OUT && oldest !== undefined) this.#signedOut.delete(oldest)
  }

  #open(bytes: Buffer): Written | undefined {
    const nonce = bytes.subarray(0, NONCE_BYTES)
    const decipher = createDecipheriv(CIPHER, this.key, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(FORM).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
    try {
      const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES))
      // Nothing of it may be believed before this.
      return JSON.parse(Buffer.concat([text, decipher.final()]).toString('utf8')) as Written
    } catch {
      return undefined
    }
  }
}

/** The nonce: unlike the text, the same however it is written. */
function nameOf(bytes: Buffer): string {
  return bytes.toString('base64', 0, NONCE_BYTES)
}
