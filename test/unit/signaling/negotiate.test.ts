import { describe, expect, it } from 'vitest'
import { SignalingError } from '../../../src/common/errors.js'
import { buildRemoteOffer, negotiate, parseOffer, videoMid } from '../../../src/signaling/index.js'
import { OFFERS, offerOf, smallOffer } from './fixtures.js'

/** The small offer with these H.264 profiles on payload types 100, 101…, and nothing else. */
function withProfiles(...fmtp: string[]): string {
  const types = fmtp.map((_, index) => 100 + index)
  return smallOffer((line) => {
    if (line.startsWith('m=video')) return `m=video 9 UDP/TLS/RTP/SAVPF ${types.join(' ')}`
    if (line === 'a=rtcp-mux')
      return [
        line,
        ...types.map((type) => `a=rtpmap:${type} h264/90000`),
        ...types.map((type, index) => `a=fmtp:${type} ${fmtp[index]}`),
      ]
    return /^a=(rtpmap|fmtp|rtcp-fb)/.test(line) ? [] : line
  })
}

const MODE = 'packetization-mode=1'

describe('the codec', () => {
  it('is the one that we like best', () => {
    const offer = parseOffer(offerOf('chromium-video'))
    expect(negotiate(offer, ['h264', 'vp8'])).toMatchObject({
      codec: 'h264',
      payloadType: 108,
      rtx: { payloadType: 109 },
      fmtp: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
      profileLevelId: '42e01f',
    })
    const vp8 = negotiate(offer, ['vp8', 'h264'])
    expect(vp8).toMatchObject({ codec: 'vp8', payloadType: 96, rtx: { payloadType: 97 } })
    expect(vp8.fmtp).toBeUndefined()
  })

  it('is VP8 where there is no H.264, with the limits that the receiver names', () => {
    expect(negotiate(parseOffer(offerOf('firefox-video')))).toMatchObject({
      codec: 'vp8',
      payloadType: 120,
      rtx: { payloadType: 124 },
      maxFrameSize: 12288,
      maxFrameRate: 60,
    })
  })

  it.each<[string[], string | undefined]>([
    [
      [
        `${MODE};profile-level-id=640c1f`,
        `${MODE};profile-level-id=42001f`,
        `${MODE};profile-level-id=42E01F`,
      ],
      '42e01f',
    ],
    [[`${MODE};profile-level-id=640c1f`, `${MODE};profile-level-id=42001f`], '42001f'],
    [[`${MODE};profile-level-id=640c1f`, `${MODE};profile-level-id=4d001f`], '4d001f'],
    [[`${MODE};profile-level-id=f4001f`, `${MODE};profile-level-id=640c1f`], '640c1f'],
    [['profile-level-id=42e01f', `${MODE}; profile-level-id=4d001f`], '4d001f'],
    [['packetization-mode=0;profile-level-id=42e01f'], undefined],
    [[`${MODE};profile-level-id=2ce01f`], undefined],
    [[`${MODE};profile-level-id=42e0`], undefined],
    [[`${MODE};profile-level-id=42e01g`], undefined],
  ])('of H.264 %j is %s', (fmtp, expected) => {
    const offer = parseOffer(withProfiles(...fmtp))
    if (expected === undefined) expect(() => negotiate(offer, ['h264'])).toThrow(SignalingError)
    else expect(negotiate(offer, ['h264']).profileLevelId).toBe(expected)
  })

  it('keeps quiet about a profile that was not offered, and about asymmetry', () => {
    expect(negotiate(parseOffer(withProfiles(MODE)), ['h264']).fmtp).toBe('packetization-mode=1')
    expect(negotiate(parseOffer(withProfiles(`${MODE};profile-level-id=42e01f`)), ['h264']).fmtp).toBe(
      'packetization-mode=1;profile-level-id=42e01f',
    )
  })

  it('never has a payload type that RTCP could be taken for (RFC 5761 §4)', () => {
    const offer = parseOffer(smallOffer((line) => line.replace(/(?<=[: ])98\b/, '72')))
    expect(() => negotiate(offer, ['vp8'])).toThrow(/no common video codec/)
  })

  it('may be on the second video section', () => {
    const sdp = offerOf('chromium-two-videos').replace('VP8/90000', 'VPX/90000')
    const offer = parseOffer(sdp)
    expect(negotiate(offer, ['vp8']).video.index).toBe(1)
  })

  it('lists both sides when there is none', () => {
    const offer = parseOffer(offerOf('firefox-video'))
    expect(() => negotiate(offer, ['h264'])).toThrow(
      expect.objectContaining({
        status: 406,
        message: expect.stringMatching(/offered VP8, .*VP9.*; can send H264 \(Constrained Baseline/),
      }),
    )
  })
})

describe('what goes with it', () => {
  it('is what was offered', () => {
    const { extensions, feedback } = negotiate(parseOffer(offerOf('chromium-video')))
    expect(extensions).toEqual({ playoutDelay: 5, transportCc: 4, mid: 9 })
    expect(feedback).toEqual({ nack: true, nackPli: true, ccmFir: true, googRemb: true, transportCc: true })
  })

  it('has transport-wide feedback only together with its extension', () => {
    const noExtension = smallOffer((line) => (line.startsWith('a=extmap:4') ? [] : line))
    expect(negotiate(parseOffer(noExtension)).feedback.transportCc).toBe(false)
    const noFeedback = smallOffer((line) => (line === 'a=rtcp-fb:96 transport-cc' ? [] : line))
    const negotiated = negotiate(parseOffer(noFeedback))
    expect(negotiated.extensions).toEqual({ playoutDelay: 3, mid: 5 })
    expect(negotiated.feedback.transportCc).toBe(false)
  })

  it('takes feedback that was offered for all payload types', () => {
    const sdp = smallOffer((line) => line.replace(/^a=rtcp-fb:96/, 'a=rtcp-fb:*'))
    expect(negotiate(parseOffer(sdp), ['vp8']).feedback).toMatchObject({ nack: true, transportCc: true })
  })

  it('has retransmission only when somebody can ask for it', () => {
    const sdp = smallOffer((line) => (line === 'a=rtcp-fb:96 nack' ? [] : line))
    expect(negotiate(parseOffer(sdp)).rtx).toBeUndefined()
  })

  it('has a data channel only on the same transport', () => {
    expect(negotiate(parseOffer(smallOffer())).application?.mid).toBe('d')
    const apart = smallOffer((line) => (line.startsWith('a=group') ? 'a=group:BUNDLE v' : line))
    expect(negotiate(parseOffer(apart)).application).toBeUndefined()
    const old = smallOffer((line) =>
      line.startsWith('m=application') ? 'm=application 9 DTLS/SCTP 5000' : line,
    )
    expect(negotiate(parseOffer(old)).application).toBeUndefined()
  })

  it('takes the transport of the section that the bundle names first', () => {
    const other = 'a=ice-ufrag:other'
    let sections = 0
    const sdp = smallOffer((line) => {
      if (line.startsWith('m=')) sections += 1
      return line.startsWith('a=ice-ufrag') && sections === 2 ? other : line
    })
    expect(negotiate(parseOffer(sdp)).transport.iceUfrag).toBe('abcd')
    expect(negotiate(parseOffer(sdp.replace('BUNDLE v d', 'BUNDLE d v'))).transport.iceUfrag).toBe('other')
  })
})

describe('the offer for the library', () => {
  it('has one codec, one video section and the data channel', () => {
    const negotiated = negotiate(parseOffer(smallOffer()))
    expect(videoMid(negotiated)).toBe('v')
    const fingerprint = `a=fingerprint:sha-256 ${Array(32).fill('0A').join(':')}`
    expect(buildRemoteOffer(negotiated).split('\r\n')).toEqual([
      'v=0',
      'o=- 0 0 IN IP4 127.0.0.1',
      's=-',
      't=0 0',
      'a=group:BUNDLE v d',
      'a=ice-options:trickle',
      'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
      'c=IN IP4 0.0.0.0',
      'a=mid:v',
      'a=recvonly',
      'a=rtcp-mux',
      'a=rtpmap:96 H264/90000',
      'a=rtcp-fb:96 nack',
      'a=rtcp-fb:96 transport-cc',
      'a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
      'a=rtpmap:97 rtx/90000',
      'a=fmtp:97 apt=96',
      'a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay',
      'a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
      'a=extmap:5 urn:ietf:params:rtp-hdrext:sdes:mid',
      'a=ice-ufrag:abcd',
      'a=ice-pwd:0123456789abcdefghijkl',
      fingerprint,
      'a=setup:actpass',
      'a=candidate:1 1 UDP 2113937151 192.0.2.5 50000 typ host',
      'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      'c=IN IP4 0.0.0.0',
      'a=mid:d',
      'a=sctp-port:5000',
      'a=max-message-size:65536',
      'a=ice-ufrag:abcd',
      'a=ice-pwd:0123456789abcdefghijkl',
      fingerprint,
      'a=setup:actpass',
      '',
    ])
  })

  it.each([...OFFERS.keys()])('of %s reads back as what was agreed', (name) => {
    const negotiated = negotiate(parseOffer(offerOf(name)))
    const again = negotiate(parseOffer(buildRemoteOffer(negotiated)))
    for (const key of ['codec', 'payloadType', 'fmtp', 'rtx', 'extensions', 'feedback', 'transport'] as const)
      expect(again[key], key).toEqual(negotiated[key])
    expect(again.application?.mid).toBe(negotiated.application?.mid)
    expect(buildRemoteOffer(negotiated).match(/^m=(video|audio)/gm)).toHaveLength(1)
  })

  it('gives a section without mid one', () => {
    const negotiated = negotiate(parseOffer(smallOffer((line) => (/^a=(mid|group)/.test(line) ? [] : line))))
    expect(videoMid(negotiated)).toBe('video')
    expect(buildRemoteOffer(negotiated)).toContain('a=group:BUNDLE video\r\n')
    expect(negotiated.extensions.mid).toBeUndefined()
  })
})
