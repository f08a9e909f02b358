import { randomInt } from 'node:crypto'

/** 96 random bits as a token (RFC 7022, section 5: a short-lived CNAME). */
export function randomToken(): string {
  return Array.from({ length: 6 }, () =>
    randomInt(2 ** 16)
      .toString(36)
      .padStart(4, '0'),
  ).join('')
}
