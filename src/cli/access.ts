import { randomBytes } from 'node:crypto'
import type { ServerOptions } from '../host/index.js'
import { CliError, EXIT_USAGE } from './errors.js'
import { isLoopback } from './options.js'

/** Options that say who may watch. */
export interface AccessChoice {
  readonly host: string
  /** False: nobody can watch there. */
  readonly listen?: boolean
  /** What viewers have to show. */
  readonly token?: string
  /** Everybody may watch. */
  readonly public?: boolean
  readonly ingest?: boolean
  readonly ingestToken?: string
  readonly tlsCert?: string
}

/** Who may watch, and what there is to say about it. */
export interface Access {
  readonly options: Pick<ServerOptions, 'access' | 'public'>
  /** Of the links that are printed. */
  readonly fragment: string
  readonly warnings: readonly string[]
}

/** @throws CliError (usage) for options that do not fit together */
export function checkAccess({ token, public: isPublic, ingest, ingestToken }: AccessChoice): void {
  if (isPublic && token !== undefined)
    throw usage('public', 'no --token (or PIXELCAST_TOKEN) beside it, which only some have', 'both')
  if (ingest && token !== undefined && ingestToken === undefined)
    throw usage(
      'ingest',
      '--ingest-token (or PIXELCAST_INGEST_TOKEN) beside --token, which is for watching only',
      'none',
    )
}

/** As it was asked for. When others can reach the server and nobody said who may watch, there is a new token. */
export function accessOf(choice: AccessChoice): Access {
  checkAccess(choice)
  const { host, token, public: isPublic = false, tlsCert } = choice
  const isLocal = isLoopback(host)
  const who = host === '0.0.0.0' || host === '::' ? 'this machine' : host
  if (isPublic)
    return {
      options: { public: true },
      fragment: '',
      warnings: isLocal ? [] : [`--public: anyone who can reach ${who} can watch, no token is asked for`],
    }
  if (choice.listen === false || (isLocal && token === undefined))
    return { options: {}, fragment: '', warnings: [] }
  const made = token === undefined ? madeToken() : undefined
  const isReadable = !isLocal && tlsCert === undefined
  return {
    options: { access: { tokens: [{ token: token ?? made ?? '' }] } },
    // One that was given is known to who gave it, and a terminal may be written to a log.
    fragment: made === undefined ? '' : `#token=${made}`,
    warnings: isReadable
      ? ['without --tls-cert whoever listens on the way can read the token and the pages']
      : [],
  }
}

/** From a supervisor to those that it starts one after the other. */
const HANDED_ON = 'PIXELCAST_SUPERVISED_TOKEN'

/** Of a supervisor: a token that is made is the same after each restart, or the links of viewers would be dead. */
export function keepToken(): void {
  process.env[HANDED_ON] ??= newToken()
}

function madeToken(): string {
  const kept = process.env[HANDED_ON]
  // Not for programs that are started from here.
  delete process.env[HANDED_ON]
  return kept ?? newToken()
}

function newToken(): string {
  return randomBytes(24).toString('base64url')
}

function usage(option: string, expected: string, actual: string): CliError {
  return new CliError(`option --${option}: expected ${expected}, got ${actual}`, EXIT_USAGE)
}
