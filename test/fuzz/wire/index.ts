import { channel } from './channel.js'
import { ingest } from './ingest.js'
import type { WireTarget } from './lab.js'
import { offers } from './offers.js'
import { rtcp } from './rtcp.js'
import { socket } from './socket.js'

export const WIRE_TARGETS: readonly WireTarget[] = [offers, rtcp, channel, socket, ingest]
