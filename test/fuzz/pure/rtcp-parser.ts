import { MediaSender } from '../../../src/engine/media-sender.js'
import { parseRtcp } from '../../../src/rtp/index.js'
import { frameOf } from '../../unit/rtp/support.js'
import { MEDIA_SSRC, rtcpPacket } from '../rtcp-samples.js'
import type { PureTarget } from '../target.js'

/** A sender lives for so many packets. */
const LIFE = 2_000

let sender: MediaSender | undefined
let age = 0
let now = 1_000

function senderOf(): MediaSender {
  if (sender && age++ < LIFE) return sender
  sender?.stop()
  age = 0
  sender = new MediaSender({
    stream: {
      ssrc: MEDIA_SSRC,
      payloadType: 96,
      rtx: { ssrc: 0x55667788, payloadType: 97 },
      clockOffset: 0,
      firstSequenceNumber: 32_700,
      extensions: { transportCc: 3 },
      cname: 'fuzz',
      out: () => true,
    },
    rates: {},
    onKeyframeNeeded: () => {},
    onRate: () => {},
  })
  return sender
}

export const rtcpParser: PureTarget = {
  name: 'rtcp-parser',
  about: 'RTCP: the parser, and a MediaSender that acts on it',
  count: 1_000_000,
  quick: 5_000,
  make: rtcpPacket,
  run(input) {
    const packet = Uint8Array.from(input as Uint8Array)
    parseRtcp(packet)
    const current = senderOf()
    now += 3
    if (age % 20 === 0) current.sendFrame(frameOf([900, 900, 300], now, age % 400 === 0), now)
    const goodbye = current.receive(packet, now)
    if (age % 50 === 0) {
      current.tick(now)
      const { estimate, roundTripTime, loss, jitter } = current.stats(now)
      const { backlog } = current
      const rates = { estimate, roundTripTime, loss, jitter, backlog, mediaRate: current.mediaRate(now) }
      // The rates that others are planned with have to stay numbers.
      for (const [name, value] of Object.entries(rates))
        if (!Number.isFinite(value) || value < 0) throw new Error(`${name} became ${value}`)
      if (loss > 1) throw new Error(`loss became ${loss}`)
    }
    return !goodbye
  },
}
