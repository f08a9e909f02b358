import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SignalingError } from '../../../src/common/errors.js'
import {
  buildPublishOffer,
  buildRemoteAnswer,
  publishedCodecs,
  readPublishAnswer,
  simulcastRids,
} from '../../../src/signaling/index.js'

const CODECS = publishedCodecs(['h264', 'vp8'])
const FINGERPRINT = Array.from({ length: 32 }, () => 'AB').join(':')
/** As LiveKit writes it. */
const ANSWER = [
  'v=0',
  'o=- 1 1 IN IP4 0.0.0.0',
  's=-',
  't=0 0',
  'a=ice-lite',
  `a=fingerprint:sha-256 ${FINGERPRINT}`,
  'a=group:BUNDLE 0',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99',
  'c=IN IP4 0.0.0.0',
  'a=setup:passive',
  'a=mid:0',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:abcdefghijklmnopqrstuvwx',
  'a=rtcp-mux',
  'a=rtpmap:96 H264/90000',
  'a=fmtp:96 packetization-mode=1;profile-level-id=42e01f',
  'a=rtcp-fb:96 nack',
  'a=rtcp-fb:96 nack pli',
  'a=rtcp-fb:96 transport-cc',
  'a=rtpmap:97 rtx/90000',
  'a=fmtp:97 apt=96',
  'a=rtpmap:98 VP8/90000',
  'a=rtpmap:99 rtx/90000',
  'a=fmtp:99 apt=98',
  'a=extmap:2 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  'a=extmap:3 urn:ietf:params:rtp-hdrext:sdes:mid',
  'a=recvonly',
  'a=candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host',
  'a=candidate:2 1 tcp 1671430143 127.0.0.1 7881 typ host tcptype passive',
  'a=candidate:3 1 udp 1000 host.local 5000 typ host',
  'a=end-of-candidates',
]
const text = (lines: readonly string[]) => `${lines.join('\r\n')}\r\n`
const read = (lines: readonly string[]) => readPublishAnswer(text(lines), CODECS)
const replaced = (from: RegExp, to: string) => ANSWER.map((line) => line.replace(from, to))

describe('the answer of a WHIP endpoint', () => {
  it('is read field by field', () => {
    expect(read(ANSWER)).toMatchObject({
      codec: { codec: 'h264', payloadType: 96 },
      rtx: true,
      // An id that was offered for something else is not taken.
      extensions: { transportCc: 2 },
      iceLite: true,
      transport: { setup: 'passive', candidates: [{ address: '127.0.0.1', port: 7882 }] },
    })
    expect(Object.keys(read(ANSWER).extensions)).toEqual(['transportCc'])
  })

  it('chooses the codec by its order', () => {
    expect(read(replaced(/96 97 98 99/, '98 99')).codec.codec).toBe('vp8')
    expect(read(replaced(/96 97 98 99/, '98 96')).codec.codec).toBe('vp8')
    expect(read(replaced(/^a=rtcp-fb:96 nack$/, 'a=x')).rtx).toBe(false)
    expect(read(replaced(/ transport-cc$/, ' x')).extensions).toEqual({})
  })

  it.each([
    ['a rejected section', /^m=video 9/, 'm=video 0', 406],
    ['one that does not receive', /^a=recvonly/, 'a=inactive', 406],
    ['audio', /^m=video/, 'm=audio', 400],
    ['another mid', /^a=mid:0/, 'a=mid:1', 400],
    ['an open role', /^a=setup:passive/, 'a=setup:actpass', 400],
    ['a codec that was not offered', /^a=rtpmap:9[68] .*/, 'a=x', 406],
    ['packetization mode 0', /packetization-mode=1/, 'packetization-mode=0', undefined],
    ['no fingerprint', /^a=fingerprint.*/, 'a=x', 400],
    ['a short password', /^a=ice-pwd.*/, 'a=ice-pwd:short', 400],
  ])('refuses %s', (_, from, to, status) => {
    const lines = replaced(from, to)
    if (status === undefined) expect(read(lines).codec.codec).toBe('vp8')
    else expect(() => read(lines)).toThrow(expect.objectContaining({ status }))
  })

  const KNOWN =
    /^(v=0|o=- 0 0 IN IP4 127\.0\.0\.1|s=-|t=0 0|a=ice-lite|a=group:BUNDLE 0|a=ice-options:trickle|m=video 9 UDP\/TLS\/RTP\/SAVPF 9[68]( 9[79])?|c=IN IP4 0\.0\.0\.0|a=mid:0|a=recvonly|a=rtcp-mux|a=rtpmap:9\d (H264|VP8|rtx)\/90000|a=rtcp-fb:9\d [a-z -]+|a=fmtp:9\d [a-z0-9=;-]+|a=extmap:[123] \S+|a=ice-ufrag:[\w+/]+|a=ice-pwd:[\w+/]+|a=fingerprint:sha-\d+ [0-9A-F:]+|a=setup:(active|passive)|a=candidate:[\w+/]+ 1 UDP \d+ [\d.a-fA-F:]+ \d+ typ \w+)$/

  it('whatever it is, is refused as a SignalingError, or the library gets only lines that it knows', () => {
    const line = fc.oneof(
      fc.constantFrom(...ANSWER),
      fc.string({ maxLength: 60 }),
      fc.string({ unit: 'binary', maxLength: 30 }),
    )
    const mutation = fc.record({
      at: fc.nat(ANSWER.length),
      remove: fc.nat(3),
      insert: fc.array(line, { maxLength: 3 }),
      cut: fc.option(fc.nat(20), { nil: undefined }),
    })
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const lines = [...ANSWER]
        for (const { at, remove, insert, cut } of mutations) {
          lines.splice(at, remove, ...insert)
          if (cut !== undefined && lines[at]) lines[at] = lines[at].slice(0, cut)
        }
        try {
          for (const written of buildRemoteAnswer(read(lines)).trimEnd().split('\r\n'))
            expect(written).toMatch(KNOWN)
        } catch (error) {
          if (!(error instanceof SignalingError)) throw error
        }
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('the offer to a WHIP endpoint', () => {
  const offerOf = (rids: readonly string[]) =>
    buildPublishOffer({
      codecs: CODECS,
      local: {
        iceUfrag: 'abcd',
        icePwd: 'abcdefghijklmnopqrstuvwx',
        fingerprint: { algorithm: 'sha-256', value: FINGERPRINT },
        candidates: ['candidate:1 1 UDP 1 127.0.0.1 5000 typ host'],
      },
      rids,
      source: { ssrc: 1, rtxSsrc: 2 },
      cname: 'c',
      streamId: 's',
      trackId: 't',
    })

  it('has one section that sends, the codecs in order, and no candidates', () => {
    const offer = offerOf([])
    expect(offer.match(/^m=/gm)).toHaveLength(1)
    expect(offer).toContain('m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99\r\n')
    expect(offer).toContain('profile-level-id=42e01f')
    expect(offer).toContain('a=setup:actpass\r\n')
    expect(offer).toContain('a=ssrc-group:FID 1 2\r\n')
    expect(offer).not.toContain('candidate')
    expect(offer).not.toMatch(/rid|simulcast|stream-id/)
  })

  it('names its rungs, the largest first, and what the packets say of them', () => {
    const lines = offerOf(simulcastRids(3)).split('\r\n')
    expect(lines.filter((line) => /^a=(rid|simulcast)/.test(line))).toEqual([
      'a=rid:f send',
      'a=rid:h send',
      'a=rid:q send',
      'a=simulcast:send f;h;q',
    ])
    expect(lines).toContain('a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid')
    expect(lines).toContain('a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id')
    expect(lines).toContain('a=extmap:5 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id')
    expect(lines.filter((line) => line.startsWith('a=ssrc'))).toEqual([])
    expect(offerOf(simulcastRids(2))).toContain('a=simulcast:send f;h\r\n')
  })
})
