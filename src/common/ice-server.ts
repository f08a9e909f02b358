import { createHmac } from 'node:crypto'

/** A STUN or TURN server. */
export interface IceServer {
  /** `stun:HOST[:PORT]`, `turn:HOST[:PORT][?transport=udp|tcp]` or `turns:…` (RFC 7064, RFC 7065). */
  readonly url: string
  /** For TURN, together with `credential`. */
  readonly username?: string | undefined
  /** Password for TURN. */
  readonly credential?: string | undefined
  /**
   * Instead of both: the secret that the TURN server shares (coturn: `static-auth-secret`). Each viewer gets a
   * user name and a password of its own that expire.
   */
  readonly secret?: string | undefined
  /** How long these are good for, seconds, 60…604,800. Default 86,400, a day. */
  readonly lifetime?: number | undefined
  /**
   * Who uses it. `viewers`: it is named to them. `server`: pixelcast itself, which behind a NAT learns its own
   * address from STUN, and can be reached through a TURN relay (UDP only, not
   * `turns:`). Default `both`.
   */
  readonly for?: 'viewers' | 'server' | 'both' | undefined
}

/** An ICE server as its user needs it. */
export interface IceServerAccess {
  readonly url: string
  readonly username?: string
  readonly credential?: string
}

const DEFAULT_LIFETIME = 86_400

/**
 * What `user` is told of a server. With a secret: draft-uberti-behave-turn-rest-00 §2.2, the user name holds the
 * time at which it expires, the password is its HMAC-SHA1.
 *
 * @param now ms since the Unix epoch
 */
export function accessTo(server: IceServer, user: string, now: number): IceServerAccess {
  const { url, username, credential, secret, lifetime = DEFAULT_LIFETIME } = server
  if (secret !== undefined) {
    const name = `${Math.floor(now / 1000) + lifetime}:${user}`
    return { url, username: name, credential: createHmac('sha1', secret).update(name).digest('base64') }
  }
  return {
    url,
    ...(username !== undefined && { username }),
    ...(credential !== undefined && { credential }),
  }
}

/** The parts of a URL of RFC 7064 or RFC 7065; undefined when it is none. */
export interface IceServerAddress {
  readonly scheme: 'stun' | 'stuns' | 'turn' | 'turns'
  readonly host: string
  readonly port: number
  readonly transport: 'udp' | 'tcp'
}

const URL_PATTERN =
  /^(stuns?|turns?):(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/

export function parseIceServerUrl(url: string): IceServerAddress | undefined {
  const match = URL_PATTERN.exec(url)
  if (!match?.[1] || !match[2]) return undefined
  const scheme = match[1] as IceServerAddress['scheme']
  const secure = scheme.endsWith('s')
  const port = match[3] === undefined ? (secure ? 5349 : 3478) : Number(match[3])
  if (port < 1 || port > 65535) return undefined
  const isTurn = scheme.startsWith('turn')
  if (!isTurn && match[4] !== undefined) return undefined
  const transport = match[4] ?? (secure ? 'tcp' : 'udp')
  return {
    scheme,
    host: match[2].replace(/^\[(.*)\]$/, '$1'),
    port,
    transport: transport === 'tcp' ? 'tcp' : 'udp',
  }
}
