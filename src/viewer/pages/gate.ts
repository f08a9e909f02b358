import { SignIn } from './sign-in.js'
import { tokenOf } from './token.js'

/** A server that does not answer is not waited for, ms. */
const TIMEOUT_MS = 5_000

type Answer = 'open' | 'closed' | 'slowed' | 'silent'

const REFUSED = 'This token does not open this page.'
const MESSAGES: Readonly<Record<Exclude<Answer, 'open'>, string>> = {
  closed: REFUSED,
  slowed: 'Too many wrong tokens came from here. Try again in a minute.',
  silent: 'The server does not answer. Try again in a moment.',
}

/**
 * The way into a page: by the token of its address (`#token=…`), by the cookie of an earlier visit, or by a token that
 * the person is asked for. The token is exchanged for a cookie that no script can read; it is kept in this page's
 * memory alone, for a server that has forgotten the cookie.
 */
export class Gate {
  readonly #root: string
  readonly #query: string
  #token: string | undefined
  #passing: Promise<void> | undefined
  /** Called when somebody opened a link with another token in this page. */
  onChange: () => void = () => {}

  /** @param root the way to where the server is mounted. @param track whose page it is; none: that of all */
  constructor(root: string, track?: string) {
    this.#root = root
    this.#query = track === undefined ? '' : `?track=${encodeURIComponent(track)}`
    this.#token = takeToken()
    addEventListener('hashchange', () => {
      const token = takeToken()
      if (token === undefined) return
      this.#token = token
      void this.pass().then(() => this.onChange())
    })
  }

  /** Resolves when the page may show what it is for. */
  pass(): Promise<void> {
    this.#passing ??= this.#pass().finally(() => {
      this.#passing = undefined
    })
    return this.#passing
  }

  /** The same when the server has refused what it gave before. */
  renew(): Promise<void> {
    document.documentElement.dataset.access ??= '401'
    return this.pass()
  }

  /** Whether the server refuses this page what it shows. */
  async isClosed(): Promise<boolean> {
    return (await this.#ask()) === 'closed'
  }

  async #pass(): Promise<void> {
    const { dataset } = document.documentElement
    const ticket = takeTicket()
    let message = ''
    if (this.#token !== undefined) {
      const answer = await this.#ask(this.#token)
      // A page that is open to everybody may have been opened with a token for more, or with an old one.
      if (answer === 'open' || dataset.access === undefined) return this.#open()
      message = MESSAGES[answer]
    } else if (dataset.access === undefined) return
    // A cookie does not come with a link from elsewhere (SameSite), but it does with what this page asks.
    else if ((await this.#ask()) === 'open') return this.#open()
    else if (ticket) message = 'This link was used before, or has expired. Ask for a new one.'
    else if (dataset.access === '403') message = REFUSED
    const signIn = new SignIn(message)
    for (;;) {
      const token = await signIn.token()
      const answer = await this.#ask(token)
      if (answer === 'open') {
        this.#token = token
        signIn.close()
        return this.#open()
      }
      signIn.refuse(MESSAGES[answer])
    }
  }

  #open(): void {
    delete document.documentElement.dataset.access
  }

  /** Exchanges a token for a cookie; without one asks whether the cookie is good. */
  async #ask(token?: string): Promise<Answer> {
    const url = `${this.#root}access${this.#query}`
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    try {
      if (token !== undefined) {
        const headers = { Authorization: `Bearer ${token}` }
        const exchanged = await fetch(url, { method: 'POST', headers, cache: 'no-store', signal })
        if (!exchanged.ok) return refusal(exchanged)
      }
      // Also after the exchange: the token may be good, and not for this.
      const answer = await fetch(url, { cache: 'no-store', signal })
      return answer.ok ? 'open' : refusal(answer)
    } catch {
      // Also a token with characters that no header takes.
      return token !== undefined && !/^[!-~]+$/.test(token) ? 'closed' : 'silent'
    }
  }
}

function refusal({ status }: Response): Answer {
  if (status === 429) return 'slowed'
  return status < 500 ? 'closed' : 'silent'
}

/** Whether the address has a ticket, which the server would have taken out if it were good. */
function takeTicket(): boolean {
  const url = new URL(location.href)
  if (!url.searchParams.has('ticket')) return false
  url.searchParams.delete('ticket')
  history.replaceState(history.state, '', url)
  return true
}

/** The token of the page's address, where it is then no more: not in the history, and not on somebody's screenshot. */
function takeToken(): string | undefined {
  const token = tokenOf(location.hash)
  if (token !== undefined) history.replaceState(history.state, '', location.pathname + location.search)
  return token
}
