import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const COOKIE = 'session'
const A_DAY = 86_400

/** The simplest sign-in there is: one password, and a cookie for each browser that knew it. */
export class Accounts {
  #digest
  #sessions = new Set()

  constructor(password) {
    this.#digest = digest(password)
  }

  /** The `Set-Cookie` header for whoever knows the password; undefined for anybody else. */
  signIn(password) {
    if (!timingSafeEqual(digest(String(password)), this.#digest)) return undefined
    const id = randomBytes(18).toString('base64url')
    this.#sessions.add(id)
    // Strict: no other site's page can use it. Behind HTTPS add `Secure`.
    return `${COOKIE}=${id}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${A_DAY}`
  }

  /** Whether a request with this `Cookie` header is from somebody who has signed in. */
  knows(cookies = '') {
    const pair = cookies
      .split(';')
      .map((text) => text.trim().split('='))
      .find(([name]) => name === COOKIE)
    return pair !== undefined && this.#sessions.has(pair[1])
  }
}

function digest(text) {
  return createHash('sha256').update(text).digest()
}
