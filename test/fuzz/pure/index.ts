import type { PureTarget } from '../target.js'
import { decode } from './decode.js'
import { images } from './images.js'
import { messages } from './messages.js'
import { rtcpParser } from './rtcp-parser.js'
import { sdp } from './sdp.js'
import { socketParser } from './socket-parser.js'
import { trickle } from './trickle.js'

export const PURE_TARGETS: readonly PureTarget[] = [
  sdp,
  trickle,
  rtcpParser,
  messages,
  socketParser,
  images,
  decode,
]
