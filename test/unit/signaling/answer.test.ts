import * as sdpTransform from 'sdp-transform'
import { describe, expect, it } from 'vitest'
import { SignalingError } from '../../../src/common/errors.js'
import { buildAnswer, negotiate, parseLocalDescription, parseOffer } from '../../../src/signaling/index.js'
import { answerParameters, LOCAL, OFFERS, offerOf, smallOffer } from './fixtures.js'

function answerTo(sdp: string, overrides: Partial<Parameters<typeof buildAnswer>[0]> = {}) {
  const offer = parseOffer(sdp)
  const negotiated = negotiate(offer)
  const text = buildAnswer({ ...answerParameters(offer, negotiated), ...overrides })
  return { text, parsed: sdpTransform.parse(text), offered: sdpTransform.parse(sdp), negotiated }
}

describe('the answer', () => {
  it.each([...OFFERS.keys()])('to %s has the same m-lines and nothing that was not offered', (name) => {
    const { parsed, offered } = answerTo(offerOf(name))
    expect(parsed.media.map((media) => [media.type, media.protocol, media.mid])).toEqual(
      offered.media.map((media) => [media.type, media.protocol, media.mid]),
    )
    for (const [index, media] of parsed.media.entries()) {
      const original = offered.media[index]
      const formats = String(original?.payloads).split(' ')
      for (const format of String(media.payloads).split(' ')) expect(formats).toContain(format)
      for (const rtp of media.rtp)
        expect(original?.rtp).toContainEqual(
          expect.objectContaining({ payload: rtp.payload, rate: rtp.rate }),
        )
      for (const ext of media.ext ?? [])
        expect(original?.ext?.some(({ value, uri }) => value === ext.value && uri === ext.uri)).toBe(true)
      for (const fb of media.rtcpFb ?? []) expect(original?.rtcpFb).toContainEqual(fb)
    }
    const accepted = parsed.media.filter((media) => media.port !== 0).map((media) => String(media.mid))
    expect(parsed.groups).toEqual([
      { type: 'BUNDLE', mids: accepted.length === 1 ? Number(accepted[0]) : accepted.join(' ') },
    ])
  })

  it('sends video with its retransmissions', () => {
    const { parsed, text } = answerTo(offerOf('chromium-video'))
    const [video] = parsed.media
    expect(video).toMatchObject({
      port: 9,
      payloads: '108 109',
      direction: 'sendonly',
      rtcpMux: 'rtcp-mux',
      rtcpRsize: 'rtcp-rsize',
      setup: 'active',
      iceUfrag: 'LoCa',
      iceOptions: 'trickle',
      endOfCandidates: 'end-of-candidates',
      ssrcGroups: [{ semantics: 'FID', ssrcs: '1111 2222' }],
    })
    expect(text).toContain('a=msid:pixelcast cam\r\n')
    expect(text).toContain('a=ssrc:2222 cname:cname\r\n')
    expect(text).toContain('a=candidate:1 1 UDP 2114977791 127.0.0.1 51555 typ host\r\n')
    expect(text).not.toContain('VP8')
  })

  it('mirrors the direction of an extension', () => {
    expect(answerTo(offerOf('firefox-video')).text).toContain(
      'a=extmap:6/sendonly http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n',
    )
  })

  it('accepts audio as inactive when the transport hangs on it, and rejects it otherwise', () => {
    const first = answerTo(offerOf('chromium-video-audio')).parsed.media[0]
    expect(first).toMatchObject({
      type: 'audio',
      port: 9,
      direction: 'inactive',
      payloads: 111,
      rtcpMux: 'rtcp-mux',
    })
    expect(first?.candidates).toHaveLength(1)
    const later = `${smallOffer()}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\n`
    const { parsed } = answerTo(later)
    expect(parsed.media[2]).toMatchObject({ type: 'audio', port: 0, mid: 'a', direction: 'inactive' })
    expect(parsed.groups).toEqual([{ type: 'BUNDLE', mids: 'v d' }])
  })

  it('rejects a second video section', () => {
    expect(answerTo(offerOf('chromium-two-videos')).parsed.media.map((media) => media.port)).toEqual([9, 0])
  })

  it('accepts the data channel, before or after the video', () => {
    for (const name of ['chromium-data-video', 'chromium-video-data', 'firefox-data-video']) {
      const { parsed } = answerTo(offerOf(name))
      const channel = parsed.media.find((media) => media.type === 'application')
      expect(channel).toMatchObject({ port: 9, sctpPort: 5000, maxMessageSize: 262144, setup: 'active' })
      // Candidates go with the first section of the bundle.
      expect(parsed.media.map((media) => media.candidates?.length ?? 0)).toEqual([1, 0])
    }
  })

  it('has no group, mid or retransmission where none was offered', () => {
    const { text } = answerTo(
      smallOffer((line) => (/^a=(mid|group|rtcp-fb:96 nack|ice-options)/.test(line) ? [] : line)),
    )
    expect(text).not.toMatch(/a=(mid|group|ssrc-group|ice-options)|rtx/)
  })

  it('leaves the end of candidates open on request', () => {
    expect(answerTo(smallOffer(), { gatheringComplete: false }).text).not.toContain('end-of-candidates')
  })

  it.each([
    { ssrc: -1 },
    { ssrc: 2 ** 32 },
    { ssrc: 1.5 },
    { rtxSsrc: 1111 },
    { cname: 'a b' },
    { cname: 'a\r\nb' },
    { streamId: '' },
    { trackId: 'a b' },
    { trackId: 'ü' },
    { local: { ...LOCAL, candidates: ['candidate:1 1 UDP 1 host.local 1 typ host'] } },
    { local: { ...LOCAL, candidates: ['candidate:1 1 UDP 1 192.0.2.1 1 typ host\r\na=x'] } },
  ])('is not written with %j', (overrides) => {
    expect(() => answerTo(smallOffer(), overrides)).toThrow(
      expect.objectContaining({ status: 500, message: expect.stringMatching(/^answer: bad /) }),
    )
  })
})

describe('the local description', () => {
  const lines = [
    'v=0',
    'o=rtc 728424780 0 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 1 2',
    'a=ice-options:ice2,trickle',
    `a=fingerprint:sha-256 ${Array(32).fill('6F').join(':')}`,
    'm=video 51555 UDP/TLS/RTP/SAVPF 108',
    'c=IN IP4 127.0.0.1',
    'a=mid:1',
    'a=setup:active',
    'a=ice-ufrag:8M1v',
    'a=ice-pwd:w8vpf1q+9HKF8rlDytMmyL',
    'a=candidate:1 1 UDP 2114977791 127.0.0.1 51555 typ host',
    'a=candidate:2 1 UDP 1678769919 192.0.2.9 51555 typ srflx raddr 0.0.0.0 rport 0',
    'a=candidate:3 1 TCP 1015021823 127.0.0.1 51555 typ host tcptype passive',
    'a=end-of-candidates',
    'm=application 51555 UDP/DTLS/SCTP webrtc-datachannel',
    'a=mid:2',
    'a=sctp-port:5001',
    'a=max-message-size:1000',
    'a=candidate:1 1 UDP 2114977791 127.0.0.1 51555 typ host',
  ]

  it('gives our end of the transport', () => {
    expect(parseLocalDescription(lines.join('\r\n'))).toEqual({
      iceUfrag: '8M1v',
      icePwd: 'w8vpf1q+9HKF8rlDytMmyL',
      fingerprint: { algorithm: 'sha-256', value: Array(32).fill('6F').join(':') },
      setup: 'active',
      candidates: [
        'candidate:1 1 UDP 2114977791 127.0.0.1 51555 typ host',
        'candidate:2 1 UDP 1678769919 192.0.2.9 51555 typ srflx raddr 0.0.0.0 rport 0',
      ],
      sctpPort: 5001,
      maxMessageSize: 1000,
    })
  })

  it('is refused when it is no answer', () => {
    for (const sdp of [
      '',
      lines.slice(0, 7).join('\r\n'),
      lines.join('\r\n').replace('setup:active', 'setup:actpass'),
    ])
      expect(() => parseLocalDescription(sdp)).toThrow(SignalingError)
  })
})
