import { STATUS_CODES } from 'node:http'
import { PublishError } from '../common/errors.js'
import { NETWORK_REASONS } from '../common/network-reasons.js'
import { readRetryAfter } from './backoff.js'
import { errorText } from './error-text.js'

/** An attempt that failed, and whether another one may help. */
export class AttemptError extends PublishError {
  /** `never`: it would be refused in the same way; `again`: if it has worked before. */
  readonly retry: 'never' | 'always' | 'again'
  /** What the engine asked for, ms. */
  readonly retryAfter: number | undefined
  constructor(
    message: string,
    retry: AttemptError['retry'],
    { status, retryAfter, cause }: { status?: number; retryAfter?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, status, { cause })
    this.retry = retry
    this.retryAfter = retryAfter
  }
}

/** The status says that the engine may take it another time. */
const PASSING = new Set([408, 409, 425, 429])
/** … and that it never will. */
const NOT_IMPLEMENTED = new Set([501, 505])

/** What an error answer means. */
export function errorOfAnswer(
  status: number,
  headers: Headers,
  body: string,
  where: string,
  token: string | undefined,
): AttemptError {
  // Some engines repeat it.
  const safe = token === undefined ? body : body.replaceAll(token, '(the token)')
  const text = errorText(headers.get('content-type'), safe)
  const said = `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd() + (text && `: ${text}`)
  const retryAfter = readRetryAfter(headers.get('retry-after'), Date.now())
  if (status === 401 || status === 403) {
    const what = token !== undefined ? 'the engine refuses the token' : 'the engine wants a token'
    return new AttemptError(`${what} (${where}: ${said})`, 'never', { status })
  }
  if (status === 404 || status === 410)
    return new AttemptError(`there is nothing to publish to (${where}: ${said})`, 'again', { status })
  const isPassing = PASSING.has(status) || (status >= 500 && !NOT_IMPLEMENTED.has(status))
  return new AttemptError(
    `the engine ${isPassing ? 'does not take it now' : 'refuses it'} (${where}: ${said})`,
    isPassing ? 'always' : 'never',
    { status, retryAfter },
  )
}

/** In words; what the system's errors are called by Node and undici. */
const REASONS: Readonly<Record<string, string>> = {
  ...NETWORK_REASONS,
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is self-signed (NODE_EXTRA_CA_CERTS names certificates to trust)',
  SELF_SIGNED_CERT_IN_CHAIN:
    'its certificate is not trusted (NODE_EXTRA_CA_CERTS names certificates to trust)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate is not trusted (NODE_EXTRA_CA_CERTS names certificates to trust)',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
}

/** The request got no answer. */
export function errorOfRequest(error: unknown, where: string): AttemptError {
  if (error instanceof AttemptError) return error
  const name = error instanceof Error ? error.name : ''
  if (name === 'TimeoutError')
    return new AttemptError(`${where}: no answer in time`, 'always', { cause: error })
  const cause = error instanceof Error ? (error.cause ?? error) : error
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''
  // Fetch asks none of the ports that browsers block (https://fetch.spec.whatwg.org/#port-blocking), however often.
  if (cause instanceof Error && cause.message === 'bad port')
    return new AttemptError(`${where}: a port that fetch blocks`, 'never', { cause: error })
  const reason = REASONS[code] ?? (cause instanceof Error ? cause.message || code : String(cause))
  return new AttemptError(`${where}: ${reason || 'no connection'}`, 'always', { cause: error })
}
