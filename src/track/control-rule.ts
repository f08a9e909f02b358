import { OptionError, showSecret } from '../common/errors.js'
import { digestOf, isToken, type TokenDigest } from '../common/token.js'

/**
 * Whose input a track listens to: keys, pointer, controls, rectangles. Everybody else may only watch.
 *
 * - `nobody`: no one's.
 * - `anyone`: every viewer's.
 * - `first`: one viewer's at a time, that which came first; when it leaves, the next in order of arrival.
 * - `{ token }`: of viewers that send it as a bearer token with their WHEP request (`<pixelcast-view token>`). 1 to
 *   256 characters of those that a bearer token may have: letters, digits, `-._~+/`, with `=` at the end.
 */
export type ControlRule = 'nobody' | 'anyone' | 'first' | { readonly token: string }

/**
 * @returns the rule without the token, which has to stay out of everything that may be shown or logged
 * @throws OptionError
 */
export function checkControlRule(rule: unknown): 'nobody' | 'anyone' | 'first' | 'token' {
  if (rule === undefined) return 'nobody'
  if (rule === 'nobody' || rule === 'anyone' || rule === 'first') return rule
  if (typeof rule === 'object' && rule !== null && 'token' in rule) {
    const { token } = rule
    if (isToken(token, 1, 256)) return 'token'
    throw new OptionError({
      field: 'control.token',
      expected: '1 to 256 characters: letters, digits, -._~+/, and = at the end',
      actual:
        typeof token === 'string' ? `${token.length} characters, not all of them such` : showSecret(token),
    })
  }
  throw new OptionError({
    field: 'control',
    expected: "'nobody', 'anyone', 'first' or { token }",
    actual: showSecret(rule),
  })
}

/** @param rule checked; undefined when it has no token */
export function tokenDigestOf(rule: ControlRule | undefined): TokenDigest | undefined {
  return typeof rule === 'object' ? digestOf(rule.token) : undefined
}
