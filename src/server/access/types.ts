import type { TokenDigest } from '../../common/token.js'

/**
 * What somebody may do with a track.
 *
 * - `view`: see it in the list, get its snapshots, watch it.
 * - `control`: be listened to, as the track's option `control` says; to watch is part of it.
 * - `publish`: send images for it over HTTP; to watch is not part of it.
 */
export type AccessRight = 'view' | 'control' | 'publish'

export const ACCESS_RIGHTS: readonly AccessRight[] = ['view', 'control', 'publish']

/** A request, as the callback `authorize` sees it. Plain data. */
export interface AccessRequest {
  /** `GET`, `POST`, … */
  readonly method: string
  /** Absolute; behind an own web server, as that one handed it over. */
  readonly url: string
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /**
   * From where it came: the other end of the connection; behind proxies that the option `trustProxy` names, what they
   * say. Undefined for requests through `server.fetch`, unless such a proxy says it.
   */
  readonly address?: string | undefined
  /** The bearer token that came with it, or for which a page has been given its cookie. */
  readonly token?: string | undefined
}

/** Rights for tracks: those that fulfil all that is said of them. */
export interface Scope {
  readonly rights: readonly AccessRight[]
  /** Names; `*` stands for any characters. Undefined: any. */
  readonly tracks?: readonly string[] | undefined
  /** This one alone, whatever characters are in its name. */
  readonly track?: string | undefined
}

/** What a token is worth. */
export interface TokenGrant extends Scope {
  readonly digest: TokenDigest
}

/** Who may do what; checked, plain data, without any token. */
export interface AccessSettings {
  readonly grants: readonly TokenGrant[]
  /** The rights that are asked for; of the others, everybody who reaches the server has them as far as other rules go. */
  readonly asked: readonly AccessRight[]
  /** Whether the application is asked about what the tokens do not grant. */
  readonly authorize: boolean
}

/** The application is asked for a right to each of these tracks. */
export interface AccessQuestion {
  readonly request: AccessRequest
  readonly tracks: readonly string[]
  readonly right: AccessRight
}

/** One for each track; null: it could not say. */
export type AccessAnswer = readonly (boolean | null)[]
