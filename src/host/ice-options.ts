import { isIP } from 'node:net'
import { checkKeys } from '../common/errors.js'
import { type IceServer, parseIceServerUrl } from '../common/ice-server.js'
import { parseAdvertisedAddress } from '../signaling/advertised.js'
import type { IceOptions } from '../transport/ice-options.js'
import { check, isWhole } from './checks.js'
import { isLocalAddress, localAddresses } from './local-address.js'

const KNOWN_ICE = ['bindAddress', 'portRange', 'udpPort', 'advertise', 'servers']
const KNOWN_SERVER = ['url', 'username', 'credential', 'secret', 'lifetime', 'for']
/** Each is a candidate that every browser checks. */
const MOST_ADVERTISED = 8
/** Browsers complain about five and more. */
const MOST_SERVERS = 8

/** @throws OptionError naming the option */
export function checkIce(ice: IceOptions, host: string): IceOptions {
  checkKeys(ice, KNOWN_ICE, 'ice.')
  const { bindAddress = mediaAddress(host), portRange, udpPort, advertise, servers } = ice
  check(bindAddress === undefined || isIP(bindAddress) > 0, 'ice.bindAddress', 'an IP address', bindAddress)
  check(
    bindAddress === undefined || isLocalAddress(bindAddress),
    'ice.bindAddress',
    `an address of this machine (${localAddresses().join(', ')})`,
    bindAddress,
  )
  check(
    udpPort === undefined || isWhole(udpPort, 1, 65_535),
    'ice.udpPort',
    'a whole number from 1 to 65535',
    udpPort,
  )
  check(
    udpPort === undefined || portRange === undefined,
    'ice.portRange',
    'not to be given together with ice.udpPort',
    portRange,
  )
  check(
    portRange === undefined ||
      (Array.isArray(portRange) &&
        portRange.length === 2 &&
        isWhole(portRange[0], 1, 65_535) &&
        isWhole(portRange[1], portRange[0], 65_535)),
    'ice.portRange',
    '[first, last], two ports from 1 to 65535',
    portRange,
  )
  checkList(advertise, 'ice.advertise', MOST_ADVERTISED, 'addresses')
  for (const [i, text] of (advertise ?? []).entries())
    check(
      typeof text === 'string' && parseAdvertisedAddress(text) !== undefined,
      `ice.advertise[${i}]`,
      'an IP address, as 203.0.113.5, 203.0.113.5:40000 or [2001:db8::5]:40000',
      text,
    )
  checkList(servers, 'ice.servers', MOST_SERVERS, 'servers')
  for (const [i, server] of (servers ?? []).entries()) checkServer(server, `ice.servers[${i}]`)
  return {
    ...(advertise && { advertise: [...advertise] }),
    ...(servers && { servers: servers.map((server) => ({ ...server })) }),
    ...(bindAddress !== undefined && { bindAddress }),
    ...(portRange && { portRange }),
    ...(udpPort !== undefined && { udpPort }),
  }
}

/** Media binds where HTTP does; undefined: every interface. */
function mediaAddress(host: string): string | undefined {
  if (host === 'localhost') return '127.0.0.1'
  if (host === '0.0.0.0' || host === '::') return undefined
  return isIP(host) > 0 ? host : undefined
}

function checkServer(server: IceServer, field: string): void {
  checkKeys(server, KNOWN_SERVER, `${field}.`)
  const { url, username, credential, secret, lifetime, for: user } = server
  const address = typeof url === 'string' ? parseIceServerUrl(url) : undefined
  check(address !== undefined, `${field}.url`, 'stun:HOST[:PORT], turn:HOST[:PORT] or turns:HOST[:PORT]', url)
  check(isText(username), `${field}.username`, 'a text of at most 256 visible characters', username)
  check(isText(credential), `${field}.credential`, 'a text of at most 256 visible characters', '(hidden)')
  check(isText(secret), `${field}.secret`, 'a text of at most 256 visible characters', '(hidden)')
  const isTurn = address?.scheme.startsWith('turn')
  check(
    !isTurn || secret !== undefined || (username !== undefined && credential !== undefined),
    field,
    'username and credential, or secret, for TURN',
    username === undefined ? 'no username' : 'no credential',
  )
  check(
    secret === undefined || (username === undefined && credential === undefined),
    `${field}.secret`,
    'not to be given together with username or credential',
    '(hidden)',
  )
  check(
    lifetime === undefined || isWhole(lifetime, 60, 604_800),
    `${field}.lifetime`,
    'whole seconds from 60 to 604800',
    lifetime,
  )
  check(
    user === undefined || ['viewers', 'server', 'both'].includes(user),
    `${field}.for`,
    "'viewers', 'server' or 'both'",
    user,
  )
}

function isText(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && /^[ -~]{1,256}$/.test(value))
}

function checkList(list: unknown, field: string, most: number, what: string): void {
  check(
    list === undefined || (Array.isArray(list) && list.length <= most),
    field,
    `a list of at most ${most} ${what}`,
    list,
  )
}
