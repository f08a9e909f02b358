import type { SocketRequest } from '../common/socket-protocol.js'
import { type NamedIceServer, readIceServers } from './ice-servers.js'
import type { FailureKind } from './reconnect.js'

/** An attempt that led to nothing, in words for the person in front of the page. */
export class WhepError extends Error {
  override readonly name = 'WhepError'
  readonly kind: FailureKind
  /** Trying again cannot help. */
  readonly fatal: boolean
  /** The server asked to wait this long, ms. */
  readonly retryAfter: number | undefined
  /** The server answers, and what it sends cannot get here. */
  readonly noPath: boolean

  constructor(
    message: string,
    options: {
      kind: FailureKind
      fatal?: boolean
      retryAfter?: number | undefined
      noPath?: boolean
      cause?: unknown
    },
  ) {
    super(message, { cause: options.cause })
    this.kind = options.kind
    this.fatal = options.fatal ?? false
    this.retryAfter = options.retryAfter
    this.noPath = options.noPath ?? false
  }
}

/** What the server made of an offer. */
export interface WhepAnswer {
  readonly sdp: string
  /** The session's own address; undefined when the server named none (it then ends by time-out). */
  readonly session: string | undefined
  /** STUN and TURN servers that it names; for the next attempt, if this one finds no path. */
  readonly iceServers: NamedIceServer[]
}

/** Statuses that pass by themselves; every other 4xx is for good. */
const PASSING = new Set([404, 408, 409, 425, 429])

/**
 * POSTs an offer (draft-ietf-wish-whep-03 §4.2).
 * @throws WhepError on every failure
 */
export async function postOffer(
  endpoint: string,
  sdp: string,
  options: { token?: string | undefined; signal: AbortSignal },
): Promise<WhepAnswer> {
  let response: Response
  let body: string
  try {
    response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/sdp', ...authorization(options.token) },
      body: sdp,
      signal: options.signal,
    })
    body = await response.text()
  } catch (cause) {
    throw new WhepError('The server does not answer', { kind: 'absent', cause })
  }
  if (!response.ok) throw refusal(response, body)
  if (!body.startsWith('v=0'))
    throw new WhepError('The server’s answer is not a session description', { kind: 'refused' })
  const location = response.headers.get('Location')
  return {
    sdp: body,
    session: location ? new URL(location, response.url || endpoint).href : undefined,
    iceServers: readIceServers(response.headers.get('Link')),
  }
}

/** Statuses by which a server says that it takes no such request, now or later. */
const KNOWS_NO_SOCKET = new Set([400, 405, 406, 415, 422, 501])

/**
 * Asks for a session over a WebSocket (see socket-protocol.ts).
 * @returns the session's address, or undefined from a server that has nothing of the kind
 * @throws WhepError on every other failure
 */
export async function postSocket(
  endpoint: string,
  request: SocketRequest,
  options: { token?: string | undefined; signal: AbortSignal },
): Promise<string | undefined> {
  let response: Response
  let body: string
  try {
    response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...authorization(options.token) },
      body: JSON.stringify(request),
      signal: options.signal,
    })
    body = await response.text()
  } catch (cause) {
    throw new WhepError('The server does not answer', { kind: 'absent', cause })
  }
  if (KNOWS_NO_SOCKET.has(response.status)) return undefined
  if (!response.ok) throw refusal(response, body)
  const location = response.headers.get('Location')
  return location ? new URL(location, response.url || endpoint).href : undefined
}

/** Ends a session. Lives on when the page goes away; a failure is of no consequence. */
export function endSession(session: string, endpoint: string, token: string | undefined): void {
  fetch(session, {
    method: 'DELETE',
    keepalive: true,
    headers: sessionHeaders(session, endpoint, token),
  }).catch(() => {})
}

/** Tells a session of further candidates (RFC 9725 §4.3.2); a server that takes none loses nothing. */
export function patchSession(
  session: string,
  endpoint: string,
  token: string | undefined,
  fragment: string,
): void {
  fetch(session, {
    method: 'PATCH',
    body: fragment,
    headers: {
      'Content-Type': 'application/trickle-ice-sdpfrag',
      'If-Match': '*',
      ...sessionHeaders(session, endpoint, token),
    },
  }).catch(() => {})
}

/** Whether the server still knows the session: `false` also when nobody answers at all. */
export async function sessionExists(
  session: string,
  endpoint: string,
  token: string | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const headers = sessionHeaders(session, endpoint, token)
  try {
    const response = await fetch(session, { method: 'HEAD', headers, signal })
    return response.status !== 404 && response.status !== 410
  } catch {
    // Slow is not gone: only a refused connection says that nobody is there.
    return signal.aborted
  }
}

function refusal(response: Response, body: string): WhepError {
  const { status } = response
  const said = explanation(body)
  const message =
    status === 401 || status === 403
      ? 'The server asks for a valid token'
      : status === 404
        ? 'There is no track of this name yet'
        : status === 503 || status === 429
          ? (said ?? 'The server is busy')
          : (said ?? `The server answered ${status}`)
  return new WhepError(message, {
    kind: status === 404 ? 'absent' : 'refused',
    fatal: status >= 400 && status < 500 && !PASSING.has(status),
    retryAfter: retryAfter(response.headers.get('Retry-After')),
  })
}

/** The text of an error answer: plain, or `{"error": "…"}`; nothing of a proxy's HTML page. */
function explanation(body: string): string | undefined {
  let text = body.trim()
  if (text.startsWith('{')) {
    try {
      const { error } = JSON.parse(text) as { error?: unknown }
      text = typeof error === 'string' ? error : ''
    } catch {
      return undefined
    }
  }
  return text === '' || text.startsWith('<') ? undefined : text.slice(0, 200)
}

/** `Retry-After` in seconds (RFC 9110 §10.2.3; the form with a date is not used by WHEP servers), at most a minute. */
function retryAfter(value: string | null): number | undefined {
  const seconds = value === null ? Number.NaN : Number.parseFloat(value)
  return seconds >= 0 ? Math.min(seconds, 60) * 1_000 : undefined
}

function authorization(token: string | undefined): Record<string, string> {
  return token ? { Authorization: `Bearer ${token}` } : {}
}

/** The token goes to the server it was given for, not to wherever a `Location` points. */
function sessionHeaders(
  session: string,
  endpoint: string,
  token: string | undefined,
): Record<string, string> {
  return new URL(session).origin === new URL(endpoint).origin ? authorization(token) : {}
}
