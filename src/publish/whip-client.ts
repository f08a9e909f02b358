import { AttemptError, errorOfAnswer, errorOfRequest } from './attempt-error.js'
import { type LinkedServers, readIceServers } from './link-header.js'

/** ms. An engine that starts its room first takes a second or two. */
const TIMEOUT = 10_000
/** The first picture waits for it, and most engines have nothing to say, ms. */
const ASKING_TIMEOUT = 1_000
/** For what nobody waits for, ms. */
const SHORT_TIMEOUT = 2_000
/** An engine that was started again looks for a session that is gone, and the next attempt waits for it, ms. */
const LOST_TIMEOUT = 400
const MOST_REDIRECTS = 5
/** As the longest SDP that is read. */
const MOST_BODY = 128 * 1024
/** 301, 302 and 303 would make a GET of a POST: RFC 9725 §4.5 forbids them. */
const REDIRECTS = new Set([307, 308])
/** Trickle is optional (RFC 9725 §4.3.2). */
const NO_TRICKLE = new Set([404, 405, 415, 422, 501])

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: string
  /** Where it came from at last. */
  readonly url: URL
}

interface Request {
  readonly method: 'OPTIONS' | 'POST' | 'PATCH' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
  readonly timeout?: number
}

/** A WHIP endpoint (RFC 9725), as a publisher speaks to it. Throws `AttemptError` and nothing else. */
export class WhipEndpoint {
  constructor(
    private readonly url: URL,
    private readonly token: string | undefined,
  ) {}

  /**
   * Asks which STUN and TURN servers to use, before there is an offer. RFC 9725 §4.6 has this for WebRTC libraries that
   * have to know them before they make one, as ours; an engine need not answer. Never rejects.
   */
  async iceServers(signal: AbortSignal): Promise<LinkedServers> {
    const request: Request = { method: 'OPTIONS', signal, timeout: ASKING_TIMEOUT }
    const answer = await send(this.url, this.token, request).catch(() => undefined)
    const isGood = answer !== undefined && answer.status >= 200 && answer.status <= 299
    return readIceServers(isGood ? answer.headers.get('link') : null)
  }

  /** Posts an offer. */
  async create(offer: string, signal: AbortSignal): Promise<WhipSession> {
    const answer = await send(this.url, this.token, {
      method: 'POST',
      headers: { 'Content-Type': 'application/sdp', Accept: 'application/sdp' },
      body: offer,
      signal,
    })
    const { status, headers, body, url } = answer
    const where = hostOf(url)
    if (status < 200 || status > 299) throw errorOfAnswer(status, headers, body, where, this.token)
    // Some of the engines that came before the RFC say 200.
    if (status !== 201 && status !== 200)
      throw new AttemptError(
        `${where}: expected 201 with an answer, got ${status}; no WHIP endpoint?`,
        'never',
        {
          status,
        },
      )
    const location = headers.get('location')
    const session = location === null ? undefined : notInTheClear(parse(location, url), url)
    return new WhipSession(
      session,
      this.token,
      headers.get('etag') ?? undefined,
      body,
      readIceServers(headers.get('link')),
    )
  }
}

/** What an offer was answered with, and the resource that stands for it. */
export class WhipSession {
  #ended = false

  constructor(
    /** Undefined when the engine named none that can be used. */
    private readonly url: URL | undefined,
    private readonly token: string | undefined,
    private readonly etag: string | undefined,
    readonly answer: string,
    readonly ice: LinkedServers,
  ) {}

  /** Whether the engine has said how to end it. */
  get canEnd(): boolean {
    return this.url !== undefined
  }

  /**
   * Tells the engine our candidates, if it takes them (RFC 9725 §4.3.2: only with the tag it gave, whatever that looks like).
   *
   * @returns a note when that did not go well
   */
  async trickle(fragment: string): Promise<string | undefined> {
    if (!this.url || this.etag === undefined || this.#ended) return undefined
    try {
      const { status } = await send(this.url, this.token, {
        method: 'PATCH',
        headers: { 'Content-Type': 'application/trickle-ice-sdpfrag', 'If-Match': this.etag },
        body: fragment,
        timeout: SHORT_TIMEOUT,
      })
      if (status < 300 || NO_TRICKLE.has(status)) return undefined
      return `the engine did not take our candidates (${status})`
    } catch (error) {
      return `the engine did not take our candidates (${error instanceof Error ? error.message : error})`
    }
  }

  /** Ends it; best effort, and never for long. Never rejects. @param isLost the engine may know nothing of it any more */
  async end(isLost: boolean): Promise<void> {
    if (!this.url || this.#ended) return
    this.#ended = true
    const timeout = isLost ? LOST_TIMEOUT : SHORT_TIMEOUT
    await send(this.url, this.token, { method: 'DELETE', timeout }).catch(() => undefined)
  }
}

/**
 * Sends a request, and after a redirect once more. The token goes with it, also to another host (RFC 9725 §4.7.1: in all
 * requests to endpoint and session; who redirects has it already), but not in the clear when it was sent encrypted.
 */
async function send(
  start: URL,
  token: string | undefined,
  { timeout = TIMEOUT, signal, headers, ...request }: Request,
): Promise<Answer> {
  const limit = AbortSignal.timeout(timeout)
  let url = start
  for (let redirects = 0; ; redirects++) {
    const response = await fetch(url, {
      ...request,
      redirect: 'manual',
      headers: { ...headers, ...(token !== undefined && { Authorization: `Bearer ${token}` }) },
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    }).catch((error: unknown) => {
      throw errorOfRequest(error, hostOf(url))
    })
    const { status } = response
    const body = await readBody(response, url)
    if (status < 300 || status > 399) return { status, headers: response.headers, body, url }
    const where = hostOf(url)
    const location = response.headers.get('location')
    if (!REDIRECTS.has(status))
      throw new AttemptError(`${where}: expected 307 or 308 of a redirect, got ${status}`, 'never', {
        status,
      })
    if (redirects === MOST_REDIRECTS)
      throw new AttemptError(`${where}: more than ${MOST_REDIRECTS} redirects`, 'never', { status })
    const next = location === null ? undefined : parse(location, url)
    if (!next) throw new AttemptError(`${where}: a redirect to nowhere`, 'never', { status })
    if (next.protocol === 'http:' && start.protocol === 'https:')
      throw new AttemptError(`${where}: a redirect from https to http`, 'never', { status })
    url = next
  }
}

async function readBody(response: Response, url: URL): Promise<string> {
  const parts: Uint8Array[] = []
  let size = 0
  try {
    for await (const part of response.body ?? []) {
      parts.push(part)
      size += part.byteLength
      if (size > MOST_BODY)
        throw new AttemptError(`${hostOf(url)}: an answer of more than ${MOST_BODY} bytes`, 'never')
    }
  } catch (error) {
    throw errorOfRequest(error, hostOf(url))
  }
  return Buffer.concat(parts).toString()
}

/** Of a Location, absolute or not (RFC 9110 §10.2.2). */
function parse(location: string, base: URL): URL | undefined {
  try {
    const url = new URL(location, base)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
    // The same service as before, behind a proxy that does not tell it of TLS.
    return url.protocol === 'http:' && base.protocol === 'https:' && url.host === base.host
      ? Object.assign(url, { protocol: 'https:' })
      : url
  } catch {
    return undefined
  }
}

/** Undefined for a session in the clear of an endpoint that is encrypted: what is asked of it has the token. */
function notInTheClear(url: URL | undefined, endpoint: URL): URL | undefined {
  return url?.protocol === 'http:' && endpoint.protocol === 'https:' ? undefined : url
}

/** Paths may be secrets: Cloudflare's are stream keys. */
function hostOf(url: URL): string {
  return url.host
}
