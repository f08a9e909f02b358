export { type IceOptions, Peer, type PeerEvents, type PeerMedia } from './peer.js'
