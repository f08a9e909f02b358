import { channel } from './channel.js'
import { ingest } from './ingest.js'
import type { WireTarget } from './lab.js'
import { offers } from './offers.js'
import { rtcp } from './rtcp.js'

// The way without UDP (common/socket-protocol.ts) has its target here as soon as there is a server for it.
export const WIRE_TARGETS: readonly WireTarget[] = [offers, rtcp, channel, ingest]
