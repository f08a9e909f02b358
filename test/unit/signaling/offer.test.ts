import { describe, expect, it } from 'vitest'
import { SignalingError } from '../../../src/common/errors.js'
import { parseOffer } from '../../../src/signaling/index.js'
import { OFFERS, offerOf, smallOffer } from './fixtures.js'

/** The refusal of an offer; fails when it is taken. */
function refusal(sdp: string): SignalingError {
  try {
    parseOffer(sdp)
  } catch (error) {
    expect(error).toBeInstanceOf(SignalingError)
    return error as SignalingError
  }
  throw new Error('the offer was taken')
}

/** The small offer with the first line that starts with `start` replaced. */
function replaced(start: string, ...instead: string[]): string {
  let done = false
  return smallOffer((line) => {
    if (done || !line.startsWith(start)) return line
    done = true
    return instead
  })
}

describe('offers of real browsers', () => {
  it.each([...OFFERS.keys()])('%s is understood', (name) => {
    const offer = parseOffer(offerOf(name))
    expect(offer.videos.length).toBe(name.endsWith('two-videos') ? 2 : 1)
    const [video] = offer.videos
    expect(video?.transport.setup).toBe('actpass')
    expect(video?.transport.candidates).toEqual([])
    expect(video?.trickle).toBe(true)
    expect(video?.codecs.map((codec) => codec.name)).toContain('vp8')
    expect(offer.sections.map((section) => section.index)).toEqual(offer.sections.map((_, index) => index))
  })

  it('audio first is kept as a carrier of the transport', () => {
    const { sections } = parseOffer(offerOf('chromium-video-audio'))
    expect(sections.map((section) => [section.kind, section.use])).toEqual([
      ['audio', 'none'],
      ['video', 'video'],
    ])
    expect(sections[0]).toMatchObject({ carrier: { rtpmap: 'opus/48000/2', rtcpRsize: true } })
  })

  it('a bundle-only section of Firefox lives off the transport of the first', () => {
    const { videos } = parseOffer(offerOf('firefox-two-videos'))
    expect(videos[1]?.transport.iceUfrag).toBe(videos[0]?.transport.iceUfrag)
  })

  it('data channels have their port and limit', () => {
    const { sections } = parseOffer(offerOf('firefox-data-video'))
    expect(sections[0]).toMatchObject({ use: 'application', sctpPort: 5000, maxMessageSize: 1073741823 })
  })
})

describe('what is refused, and what is said about it', () => {
  it.each<[string, number, RegExp, string]>([
    ['nothing', 400, /no m-line/, ''],
    ['text', 400, /no m-line/, 'hello'],
    ['a control character', 400, /control character in line 14/, replaced('a=mid:v', 'a=mid:\u0000')],
    [
      'an unreadable m-line',
      400,
      /m-line 0: expected "m=KIND/,
      replaced('m=video', 'm=video 9 UDP/TLS/RTP/SAVPF'),
    ],
    [
      'a port beyond 65535',
      400,
      /m-line 0: expected "m=KIND/,
      replaced('m=video', 'm=video 65536 UDP/TLS/RTP/SAVPF 96'),
    ],
    [
      'a payload type beyond 127',
      400,
      /payload types 0 to 127, got "128"/,
      replaced('m=video', 'm=video 9 UDP/TLS/RTP/SAVPF 128'),
    ],
    [
      'a payload type with two meanings',
      400,
      /payload type 96 has two meanings/,
      replaced('a=rtpmap:98', 'a=rtpmap:98 VP8/90000', 'a=rtpmap:96 VP8/90000'),
    ],
    ['an rtpmap without a clock rate', 400, /a=rtpmap/, replaced('a=rtpmap:98', 'a=rtpmap:98 VP8')],
    ['a short ufrag', 400, /a=ice-ufrag: expected 4 to 256/, replaced('a=ice-ufrag', 'a=ice-ufrag:abc')],
    ['a ufrag with a minus', 400, /a=ice-ufrag/, replaced('a=ice-ufrag', 'a=ice-ufrag:ab-d')],
    [
      'a short password, which is not repeated',
      400,
      /a=ice-pwd: expected 22 to 256 of .*, got 6 characters/,
      replaced('a=ice-pwd', 'a=ice-pwd:secret'),
    ],
    [
      'no fingerprint',
      400,
      /a=fingerprint: expected sha-256, sha-384 or sha-512, got none/,
      replaced('a=fingerprint'),
    ],
    [
      'a weak fingerprint',
      400,
      /a=fingerprint: expected sha-256/,
      replaced('a=fingerprint', 'a=fingerprint:sha-1 00:11'),
    ],
    ['a short fingerprint', 400, /32 hex pairs/, replaced('a=fingerprint', 'a=fingerprint:sha-256 00:11')],
    [
      'a fingerprint of other letters',
      400,
      /32 hex pairs/,
      replaced('a=fingerprint', `a=fingerprint:sha-256 ${Array(32).fill('0G').join(':')}`),
    ],
    ['no setup', 400, /a=setup: expected actpass, active or passive, got none/, replaced('a=setup')],
    ['a setup on hold', 400, /a=setup/, replaced('a=setup', 'a=setup:holdconn')],
    [
      'an endless mid',
      400,
      /a=mid: expected a token of 1 to 64/,
      replaced('a=mid', `a=mid:${'x'.repeat(65)}`),
    ],
    ['a mid that is no token', 400, /a=mid/, replaced('a=mid', 'a=mid:a"b')],
    ['a mid used twice', 400, /a=mid v is used twice/, replaced('a=mid:d', 'a=mid:v')],
    ['a malformed candidate', 400, /a=candidate/, replaced('a=candidate', 'a=candidate:1 1 UDP')],
    [
      'a candidate with an impossible port',
      400,
      /a=candidate/,
      replaced('a=candidate', 'a=candidate:1 1 UDP 1 192.0.2.5 70000 typ host'),
    ],
    [
      'a bad sctp-port',
      400,
      /a=sctp-port: expected 1 to 65535, got 0/,
      replaced('a=sctp-port', 'a=sctp-port:0'),
    ],
    ['an endless line', 400, /line 15 is longer than 2048/, replaced('a=extmap', `a=x:${'y'.repeat(3000)}`)],
    ['too many lines', 400, /more than 4096 lines/, smallOffer() + 'a=x\r\n'.repeat(4096)],
    [
      'too many m-lines',
      400,
      /more than 64 m-lines/,
      smallOffer() + 'm=audio 9 UDP/TLS/RTP/SAVPF 0\r\n'.repeat(64),
    ],
    ['too many bytes', 413, /longer than 131072 bytes/, smallOffer() + 'ü'.repeat(70_000)],
    [
      'video that only sends',
      406,
      /m-line 0 \(video\): expected a=recvonly or a=sendrecv, got a=sendonly/,
      replaced('a=recvonly', 'a=sendonly'),
    ],
    ['inactive video', 406, /got a=inactive/, replaced('a=recvonly', 'a=inactive')],
    ['video without rtcp-mux', 406, /expected a=rtcp-mux/, replaced('a=rtcp-mux')],
    [
      'video that is switched off',
      406,
      /its port is 0/,
      replaced('m=video', 'm=video 0 UDP/TLS/RTP/SAVPF 96'),
    ],
    ['video without encryption', 406, /got "RTP\/AVP"/, replaced('m=video', 'm=video 9 RTP/AVP 96')],
    ['no video', 406, /m-line 0 \(audio\)/, replaced('m=video', 'm=audio 9 UDP/TLS/RTP/SAVPF 96')],
  ])('%s: %i', (_, status, message, sdp) => {
    const error = refusal(sdp)
    expect(error.message).toMatch(message)
    expect(error.status).toBe(status)
  })

  it('something that is no string', () => {
    expect(() => parseOffer(undefined as unknown as string)).toThrow(SignalingError)
  })
})

describe('what is taken all the same', () => {
  it('lines that end in LF, or CR', () => {
    for (const end of ['\n', '\r'])
      expect(parseOffer(smallOffer().replaceAll('\r\n', end)).videos).toHaveLength(1)
  })

  it('attributes at session level', () => {
    const moved: string[] = []
    const rest = smallOffer((line) => {
      if (!/^a=(ice-ufrag|ice-pwd|fingerprint|setup|recvonly)/.test(line)) return line
      if (!moved.includes(line)) moved.push(line)
      return []
    })
    const offer = parseOffer(rest.replace('a=group', `${moved.join('\r\n')}\r\na=group`))
    expect(offer.videos[0]?.transport.iceUfrag).toBe('abcd')
    expect(offer.sections[1]?.use).toBe('application')
  })

  it('a ufrag of digits only, which parsers like to take for a number', () => {
    for (const ufrag of ['0042', '1234567890123456789012', '1e21'])
      expect(parseOffer(replaced('a=ice-ufrag', `a=ice-ufrag:${ufrag}`)).videos[0]?.transport.iceUfrag).toBe(
        ufrag,
      )
  })

  it('no mid and no bundle, as a plain client may offer', () => {
    const [video] = parseOffer(smallOffer((line) => (/^a=(mid|group)/.test(line) ? [] : line))).videos
    expect(video?.mid).toBeUndefined()
    expect(video?.bundle).toBeUndefined()
  })

  it('candidates: only those that lead to one host over UDP, at most 32', () => {
    const many = Array.from(
      { length: 40 },
      (_, i) => `a=candidate:${i} 1 udp 1 2001:db8::1 ${1000 + i} typ host`,
    )
    const offer = parseOffer(
      replaced(
        'a=candidate',
        'a=candidate:1 1 udp 1 4fd3a1e0.local 5000 typ host generation 0',
        'a=candidate:1 1 tcp 1 192.0.2.5 9 typ host tcptype active',
        'a=candidate:1 2 udp 1 192.0.2.5 5001 typ host',
        'a=candidate:1 1 udp 1 224.0.0.1 5002 typ host',
        ...many,
      ),
    )
    const candidates = offer.videos[0]?.transport.candidates ?? []
    expect(candidates).toHaveLength(32)
    expect(candidates[0]).toEqual({
      foundation: '0',
      priority: 1,
      address: '2001:db8::1',
      port: 1000,
      type: 'host',
    })
  })

  it('ids of extensions that fit in one byte, each once, in our direction', () => {
    const uri = 'urn:ietf:params:rtp-hdrext:toffset'
    const offer = parseOffer(
      smallOffer((line) =>
        line === 'a=rtcp-mux'
          ? [
              line,
              `a=extmap:15 ${uri}`,
              `a=extmap:3 ${uri}`,
              `a=extmap:6/sendonly ${uri}`,
              `a=extmap:7/recvonly ${uri}`,
            ]
          : line,
      ),
    )
    expect(offer.videos[0]?.extensions.map(({ id, oneWay }) => [id, oneWay])).toEqual([
      [3, false],
      [4, false],
      [5, false],
      [7, true],
    ])
  })
})
