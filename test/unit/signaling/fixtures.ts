import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { AnswerParameters, LocalTransport, Negotiated, Offer } from '../../../src/signaling/index.js'
import { ROOT } from '../../support/child.js'

const DIRECTORY = join(ROOT, 'test/fixtures/sdp')

/** Offers that Chromium 156 and Firefox ESR 153 made, by file name without `.sdp`. */
export const OFFERS: ReadonlyMap<string, string> = new Map(
  readdirSync(DIRECTORY)
    .filter((name) => name.endsWith('.sdp'))
    .map((name) => [name.slice(0, -'.sdp'.length), readFileSync(join(DIRECTORY, name), 'utf8')]),
)

export function offerOf(name: string): string {
  const sdp = OFFERS.get(name)
  if (sdp === undefined) throw new Error(`no fixture ${name}`)
  return sdp
}

export const LOCAL: LocalTransport = {
  iceUfrag: 'LoCa',
  icePwd: 'LocalPasswordOfTwentyTwo',
  fingerprint: { algorithm: 'sha-256', value: Array(32).fill('AB').join(':') },
  setup: 'active',
  candidates: ['candidate:1 1 UDP 2114977791 127.0.0.1 51555 typ host'],
}

export function answerParameters(offer: Offer, negotiated: Negotiated): AnswerParameters {
  return {
    offer,
    negotiated,
    local: LOCAL,
    ssrc: 1111,
    rtxSsrc: 2222,
    cname: 'cname',
    streamId: 'pixelcast',
    trackId: 'cam',
  }
}

/** A small offer with every optional part; `edit` changes its lines. */
export function smallOffer(edit: (line: string) => string | string[] = (line) => line): string {
  const lines = [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE v d',
    'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98',
    'c=IN IP4 0.0.0.0',
    'a=candidate:1 1 UDP 2113937151 192.0.2.5 50000 typ host',
    'a=ice-ufrag:abcd',
    'a=ice-pwd:0123456789abcdefghijkl',
    'a=ice-options:trickle',
    `a=fingerprint:sha-256 ${Array(32).fill('0A').join(':')}`,
    'a=setup:actpass',
    'a=mid:v',
    'a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay',
    'a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
    'a=extmap:5 urn:ietf:params:rtp-hdrext:sdes:mid',
    'a=recvonly',
    'a=rtcp-mux',
    'a=rtpmap:96 H264/90000',
    'a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
    'a=rtcp-fb:96 nack',
    'a=rtcp-fb:96 transport-cc',
    'a=rtpmap:97 rtx/90000',
    'a=fmtp:97 apt=96',
    'a=rtpmap:98 VP8/90000',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    'a=ice-ufrag:abcd',
    'a=ice-pwd:0123456789abcdefghijkl',
    `a=fingerprint:sha-256 ${Array(32).fill('0A').join(':')}`,
    'a=setup:actpass',
    'a=mid:d',
    'a=sctp-port:5000',
  ]
  return `${lines.flatMap(edit).join('\r\n')}\r\n`
}
