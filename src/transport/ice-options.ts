import { accessTo, type IceServer, parseIceServerUrl } from '../common/ice-server.js'
import type { RtcConfig } from './native.js'

/** Where media binds, and how it is reached. */
export interface IceOptions {
  /** Local address to bind to and to offer; default: every interface. */
  readonly bindAddress?: string | undefined
  /** UDP ports to use, inclusive; default: any. */
  readonly portRange?: readonly [number, number] | undefined
  /** One UDP port for all viewers; excludes `portRange`. */
  readonly udpPort?: number | undefined
  /**
   * Addresses at which this machine is reached from outside, offered besides its own: `203.0.113.5`, or with
   * another port than media is bound to `203.0.113.5:40000`, `[2001:db8::5]:40000`. For NATs, clouds and containers;
   * together with `udpPort` or `portRange`, which have to be forwarded. Default: none.
   */
  readonly advertise?: readonly string[] | undefined
  /** STUN and TURN servers. Default: none; nobody else's are asked. */
  readonly servers?: readonly IceServer[] | undefined
}

type NativeServer = RtcConfig['iceServers'][number]

/** What libdatachannel is to do of it; `user` is told to TURN servers. Everything was checked. */
export function toConfig(user: string, ice: IceOptions): Pick<RtcConfig, 'iceServers'> & Partial<RtcConfig> {
  return {
    iceServers: nativeServers(user, ice.servers ?? []),
    ...(ice.bindAddress !== undefined && { bindAddress: ice.bindAddress }),
    ...(ice.udpPort !== undefined
      ? { enableIceUdpMux: true, portRangeBegin: ice.udpPort, portRangeEnd: ice.udpPort }
      : ice.portRange && { portRangeBegin: ice.portRange[0], portRangeEnd: ice.portRange[1] }),
  }
}

/** libjuice speaks to STUN and TURN servers over UDP alone, and never encrypted. */
function nativeServers(user: string, servers: readonly IceServer[]): NativeServer[] {
  return servers.flatMap((server): NativeServer[] => {
    const address = parseIceServerUrl(server.url)
    if (!address || server.for === 'viewers' || address.transport !== 'udp') return []
    const { scheme, host, port } = address
    if (scheme === 'stuns' || scheme === 'turns') return []
    if (scheme === 'stun') return [`stun:${host.includes(':') ? `[${host}]` : host}:${port}`]
    const { username = '', credential = '' } = accessTo(server, user, Date.now())
    return [{ hostname: host, port, username, password: credential, relayType: 'TurnUdp' }]
  })
}
