import { createHash, timingSafeEqual } from 'node:crypto'

/** What is kept of a token: its SHA-256. */
export type TokenDigest = Uint8Array

/** The characters of a bearer token (RFC 6750 §2.1). */
export function isToken(value: unknown, least: number, most: number): value is string {
  return (
    typeof value === 'string' &&
    value.length >= least &&
    value.length <= most &&
    /^[A-Za-z0-9\-._~+/]+=*$/.test(value)
  )
}

export function digestOf(token: string): TokenDigest {
  return createHash('sha256').update(token).digest()
}

/** In a time that tells nothing about either, not even the length of what they were made of. */
export function isSameDigest(a: TokenDigest, b: TokenDigest): boolean {
  return timingSafeEqual(a, b)
}
