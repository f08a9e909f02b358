import { checkKeys, OptionError, show, showSecret } from '../common/errors.js'
import { digestOf, isToken } from '../common/token.js'
import { withImplied } from '../server/access/scope.js'
import { checkRights } from '../server/access/ticket-options.js'
import type { AccessRequest, AccessRight, AccessSettings, TokenGrant } from '../server/access/types.js'
import { hostName, isLoopback } from '../server/loopback.js'
import { TOKEN_EXPECTED } from './ingest-options.js'

/**
 * Who may do what. When it is there, every right is asked for: nobody has one who was not given it by a token, by
 * `authorize`, or by a ticket.
 */
export interface AccessOptions {
  /** What tokens are worth. The same token may be there several times. */
  readonly tokens?: readonly AccessToken[] | undefined
  /** Asked about what the tokens do not grant. Default: that is refused. */
  readonly authorize?: Authorize | undefined
}

/** A token, and what who shows it may do. */
export interface AccessToken {
  /** 8 to 512 letters, digits and `-._~+/=`. Shown as `Authorization: Bearer TOKEN`, or opened as `…/#token=TOKEN`. */
  readonly token: string
  /** Default `['view']`. `control` has `view` in it, `publish` has not. */
  readonly rights?: readonly AccessRight[] | undefined
  /** Names of tracks, which need not be there yet; `*` stands for any characters. Default: all. */
  readonly tracks?: readonly string[] | undefined
}

/**
 * Whether a request has a right to a track. Called in the application's thread: for every request that needs the right,
 * and for each track of a list. True grants; false refuses. What it throws or rejects with, anything but true and false,
 * or no answer within 5 s, refuses too (503), and is an `error` event of the server.
 */
export type Authorize = (
  request: AccessRequest,
  track: string,
  right: AccessRight,
) => boolean | Promise<boolean>

/** What of a server's options is about access. */
export interface AccessChoice {
  readonly access: AccessOptions | undefined
  readonly isPublic: boolean
  /** The option `ingest.token`. */
  readonly ingestToken: string | undefined
}

/** @throws OptionError naming the option, never showing a token */
export function checkAccessOptions({ access, isPublic, ingestToken }: AccessChoice): AccessSettings {
  const publish: TokenGrant[] =
    ingestToken === undefined ? [] : [{ digest: digestOf(ingestToken), rights: ['publish'] }]
  if (access === undefined)
    return { grants: publish, asked: publish.length > 0 ? ['publish'] : [], authorize: false }
  if (typeof access !== 'object') refuse('access', 'an object with tokens, authorize', showSecret(access))
  checkKeys(access, ['tokens', 'authorize'], 'access.')
  const { tokens = [], authorize } = access
  if (!Array.isArray(tokens))
    refuse('access.tokens', 'a list of { token, rights, tracks }', showSecret(tokens))
  if (authorize !== undefined && typeof authorize !== 'function')
    refuse('access.authorize', 'a function (request, track, right) => boolean', showSecret(authorize))
  return {
    grants: [...tokens.map((token, index) => checkToken(token, `access.tokens[${index}]`)), ...publish],
    asked: isPublic ? ['control', 'publish'] : ['view', 'control', 'publish'],
    authorize: authorize !== undefined,
  }
}

/**
 * A server that others can reach and that asks for nothing has to be meant so.
 *
 * @throws OptionError
 */
export function checkReach(host: string, { access, isPublic }: Omit<AccessChoice, 'ingestToken'>): void {
  if (isPublic || access !== undefined || isLoopback(hostName(host))) return
  refuse(
    'host',
    '127.0.0.1; or beside another one `access: { tokens: [{ token }] }`, which viewers then need; or `public: true`, ' +
      'for everybody who can reach it to watch',
    show(host),
  )
}

function checkToken(entry: AccessToken, field: string): TokenGrant {
  if (typeof entry !== 'object') refuse(field, 'an object with token, rights, tracks', showSecret(entry))
  checkKeys(entry, ['token', 'rights', 'tracks'], `${field}.`)
  const { token, rights = ['view'], tracks } = entry
  if (!isToken(token, 8, 512)) refuse(`${field}.token`, TOKEN_EXPECTED, showSecret(token))
  const isName = (name: unknown) => typeof name === 'string' && name !== '' && name.length <= 256
  if (tracks !== undefined && !(Array.isArray(tracks) && tracks.length > 0 && tracks.every(isName)))
    refuse(`${field}.tracks`, 'a list of names of tracks, with * for any characters', show(tracks))
  return {
    digest: digestOf(token),
    rights: withImplied(checkRights(`${field}.rights`, rights)),
    ...(tracks && { tracks: [...tracks] }),
  }
}

function refuse(field: string, expected: string, actual: string): never {
  throw new OptionError({ field, expected, actual })
}
