import { accessTo, type IceServerAccess } from '../common/ice-server.js'
import type { IceOptions } from '../transport/index.js'

/**
 * Where media binds for the sender of an offer. Firefox sends no ICE check to a loopback address ("Peer address is
 * bogus", nICEr's stun_client_ctx.c), so media bound to 127.0.0.1 alone would leave it with a black page.
 */
export function iceFor(
  { ice, firefoxIce }: { readonly ice: IceOptions; readonly firefoxIce?: IceOptions },
  offerSdp: string,
): IceOptions {
  return firefoxIce && /^o=mozilla/m.test(offerSdp) ? firefoxIce : ice
}

/** The ICE servers for a viewer to use, with credentials of its own. */
export function serversFor(ice: IceOptions, viewer: string): IceServerAccess[] {
  const servers = (ice.servers ?? []).filter((server) => server.for !== 'server')
  return servers.map((server) => accessTo(server, viewer, Date.now()))
}
