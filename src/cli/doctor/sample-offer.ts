import { randomBytes } from 'node:crypto'

/** Who made an offer: Firefox is recognised by the session's name. */
const SESSION = { chromium: '-', firefox: 'mozilla...THIS_IS_SDPARTA-99.0' } as const

/** A small offer to receive H.264 or VP8, as a browser would make it. Nobody is behind it. */
export function sampleOffer(browser: keyof typeof SESSION): string {
  const fingerprint = [...randomBytes(32)]
    .map((byte) => byte.toString(16).padStart(2, '0').toUpperCase())
    .join(':')
  const lines = [
    'v=0',
    `o=${SESSION[browser]} 1 1 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
    'c=IN IP4 0.0.0.0',
    `a=ice-ufrag:${randomBytes(4).toString('hex')}`,
    `a=ice-pwd:${randomBytes(16).toString('hex')}`,
    `a=fingerprint:sha-256 ${fingerprint}`,
    'a=setup:actpass',
    'a=mid:0',
    'a=recvonly',
    'a=rtcp-mux',
    'a=rtpmap:96 H264/90000',
    'a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
    'a=rtpmap:97 VP8/90000',
  ]
  return `${lines.join('\r\n')}\r\n`
}
