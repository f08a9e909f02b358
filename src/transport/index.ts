export type { IceOptions } from './ice-options.js'
export { Peer, type PeerEvents, type PeerLimits, type PeerMedia } from './peer.js'
