import { createHmac, randomBytes } from 'node:crypto'

/**
 * Under this name a supervisor hands its programs the key of their cookies, so that pages that are signed in are so in the
 * next one as well. In the environment and not on the command line, which everybody on the machine can read. Not one
 * of the variables of options by its beginning: those are looked through for misspelt ones.
 */
const VARIABLE = '_PIXELCAST_SIGN_IN_KEY'
const KEY_BYTES = 32

/** For all programs of one supervisor, one after the other. */
export function newSignInKey(): Readonly<Record<string, string>> {
  return { [VARIABLE]: randomBytes(KEY_BYTES).toString('base64url') }
}

/** What the supervisor gave to this program, and to no other that it runs; undefined: there is none. */
export function takeSignInKey(): Uint8Array | undefined {
  const given = process.env[VARIABLE]
  // Not for programs that this one starts.
  delete process.env[VARIABLE]
  const key = Buffer.from(given ?? '', 'base64url')
  return key.length === KEY_BYTES ? derive(key, process.argv.slice(1)) : undefined
}

/** A key for one use alone. */
export function derive(key: Uint8Array, use: readonly unknown[]): Uint8Array {
  return createHmac('sha256', key).update(JSON.stringify(use)).digest()
}
