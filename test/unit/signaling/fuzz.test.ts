import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SignalingError } from '../../../src/common/errors.js'
import {
  buildAnswer,
  buildRemoteOffer,
  negotiate,
  parseCandidate,
  parseOffer,
  parseTrickleFragment,
} from '../../../src/signaling/index.js'
import { answerParameters, OFFERS, smallOffer } from './fixtures.js'

const TOKEN = "[!#-'*+\\-.0-9A-Z^-~]{1,64}"
const PT = '(?:[0-9]|[1-9][0-9]|1[01][0-9]|12[0-7])'
const NUMBER = '(?:0|[1-9][0-9]{0,15})'

/**
 * Every shape that a line for the WebRTC library may have. It aborts the process on lines that it cannot
 * read, so this list is what stands between a stranger's bytes and the end of the program.
 */
const ALLOWED = [
  'v=0',
  'o=- 0 0 IN IP4 127\\.0\\.0\\.1',
  's=-',
  't=0 0',
  `a=group:BUNDLE ${TOKEN}(?: ${TOKEN})?`,
  'a=ice-options:trickle',
  `m=video 9 UDP/TLS/RTP/SAVPF ${PT}(?: ${PT})?`,
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 0\\.0\\.0\\.0',
  `a=mid:${TOKEN}`,
  'a=recvonly',
  'a=rtcp-mux',
  `a=rtpmap:${PT} (?:H264|VP8|rtx)/90000`,
  `a=rtcp-fb:${PT} (?:nack|nack pli|ccm fir|goog-remb|transport-cc)`,
  `a=fmtp:${PT} apt=${PT}`,
  `a=fmtp:${PT} (?:level-asymmetry-allowed=1;)?packetization-mode=1(?:;profile-level-id=[0-9a-f]{6})?`,
  'a=extmap:(?:[1-9]|1[0-4]) (?:http://www\\.webrtc\\.org/experiments/rtp-hdrext/playout-delay|http://www\\.ietf\\.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01|urn:ietf:params:rtp-hdrext:sdes:mid)',
  'a=ice-ufrag:[A-Za-z0-9+/]{4,256}',
  'a=ice-pwd:[A-Za-z0-9+/]{22,256}',
  'a=fingerprint:(?:sha-256 (?:[0-9A-F]{2}:){31}|sha-384 (?:[0-9A-F]{2}:){47}|sha-512 (?:[0-9A-F]{2}:){63})[0-9A-F]{2}',
  'a=setup:(?:actpass|active|passive)',
  'a=candidate:[A-Za-z0-9+/]{1,32} 1 UDP [1-9][0-9]{0,9} (?:[0-9.]{7,15}|[0-9A-Fa-f:.]{3,45}) [1-9][0-9]{0,4} typ (?:host|srflx|prflx|relay)',
  `a=sctp-port:${NUMBER}`,
  `a=max-message-size:${NUMBER}`,
].map((shape) => new RegExp(`^${shape}$`))

/** Offers to be spoilt: the browsers' and a small one with candidates, so that every line gets its turn. */
const SEEDS = [...OFFERS.values(), smallOffer()]

const STRANGE = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    ...[
      '',
      ' ',
      '\u0000',
      '\t',
      '-1',
      '0',
      '128',
      '65536',
      '4294967296',
      '99999999999999999999',
      '1e309',
      'NaN',
    ],
    ...['__proto__', 'constructor', '%s%n', '*', ':', '=', 'a=mid:0', 'm=video', '🎥', 'x'.repeat(3000)],
  ),
)

type Edit = (lines: string[], at: number, text: string, length: number) => string[]

const EDITS: readonly Edit[] = [
  (lines, at) => lines.toSpliced(at, 1),
  (lines, at, _, length) => lines.toSpliced(at, length),
  (lines, at) => lines.toSpliced(at, 0, lines[at] ?? ''),
  (lines, at, _, length) => lines.toSpliced(at + length, 0, lines[at] ?? ''),
  (lines, at, text) => lines.with(at, text),
  (lines, at, text) => lines.toSpliced(at, 0, text),
  (lines, at, text) => lines.with(at, (lines[at] ?? '') + text),
  (lines, at, text) =>
    lines.with(
      at,
      (lines[at] ?? '').replace(/[ :/;=].*/, (end) => end[0] + text),
    ),
  (lines, at, text) => lines.with(at, (lines[at] ?? '').replace(/[0-9]+/, text)),
  (lines, at, text) => lines.with(at, (lines[at] ?? '').replace(/[0-9]+(?=\D*$)/, text)),
  (lines, at, _, length) => lines.with(at, (lines[at] ?? '').slice(0, length)),
  (lines, at, text, length) => {
    const line = lines[at] ?? ''
    return lines.with(at, line.slice(0, length) + text + line.slice(length))
  },
  (lines, at, _, length) => {
    const other = (at + length) % lines.length
    return lines.with(at, lines[other] ?? '').with(other, lines[at] ?? '')
  },
  (lines) => [...lines, ...lines.slice(lines.findIndex((line) => line.startsWith('m=')))],
]

const SPOILT = fc
  .record({
    seed: fc.constantFrom(...SEEDS),
    edits: fc.array(
      fc.record({
        edit: fc.constantFrom(...EDITS),
        at: fc.nat(),
        text: STRANGE,
        length: fc.nat({ max: 60 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
    end: fc.constantFrom('\r\n', '\r\n', '\n'),
  })
  .map(({ seed, edits, end }) => {
    let lines = seed.split('\r\n')
    for (const { edit, at, text, length } of edits)
      if (lines.length > 0) lines = edit(lines, at % lines.length, text, length)
    return lines.join(end)
  })

/** Undefined when it was refused as it should be; anything else that is thrown goes on. */
function orRefused<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (error instanceof SignalingError && error.status >= 400 && error.status < 500) return undefined
    throw error
  }
}

describe('whatever is offered', () => {
  it('is refused as a SignalingError, or the library gets only lines that it knows', () => {
    let accepted = 0
    fc.assert(
      fc.property(SPOILT, fc.constantFrom('h264' as const, 'vp8' as const), (sdp, codec) => {
        const offer = orRefused(() => parseOffer(sdp))
        const negotiated = offer && orRefused(() => negotiate(offer, [codec, 'vp8']))
        if (!offer || !negotiated) return
        accepted += 1
        const remote = buildRemoteOffer(negotiated)
        const lines = remote.split('\r\n')
        expect(lines.pop()).toBe('')
        for (const line of lines)
          expect(
            ALLOWED.some((shape) => shape.test(line)),
            JSON.stringify(line),
          ).toBe(true)
        expect(lines.filter((line) => line.startsWith('a=candidate')).length).toBeLessThanOrEqual(32)
        const again = negotiate(parseOffer(remote), [codec, 'vp8'])
        expect(again.payloadType).toBe(negotiated.payloadType)
        expect(again.transport).toEqual(negotiated.transport)

        // The answer goes to the peer itself: it has to have its m-lines, and no line of its making.
        const answer = buildAnswer(answerParameters(offer, negotiated))
        expect(answer.match(/^m=/gm)).toHaveLength(offer.sections.length)
        expect(answer).not.toMatch(/[^\x20-\x7e\r\n]|\r(?!\n)|[^\r]\n/)
      }),
      { numRuns: 3_000 },
    )
    expect(accepted, 'some have to come through, or nothing was tested').toBeGreaterThan(300)
  }, 60_000)

  it('may be anything at all', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (text) => {
        orRefused(() => parseOffer(text))
        orRefused(() => parseTrickleFragment(text, 'abcd'))
        parseCandidate(text)
      }),
      { numRuns: 1_000 },
    )
  })

  it('is read in bounded time, with lines that make regular expressions go back and forth', () => {
    const hostile = [
      '[ '.repeat(1000),
      '[a]\t'.repeat(500),
      '1,'.repeat(1000),
      '1.'.repeat(1000),
      ' '.repeat(2000),
      'a '.repeat(1000),
    ]
    const names = [
      'imageattr:* send ',
      'simulcast:send ',
      'simulcast: ',
      'ptime:',
      'rid:1 ',
      'floorid:',
      'source-filter: incl IN IP4 ',
      'mediaclk:',
      'ssrc-group:',
      'fmtp:1 ',
      'candidate:',
      'rtpmap:1 ',
    ]
    const lines = names.flatMap((name) => hostile.map((tail) => `a=${name}${tail}`.slice(0, 2048)))
    const sdp = smallOffer((line) => (line === 'a=rtcp-mux' ? [line, ...lines] : line))
    const text = sdp.slice(0, 128 * 1024)
    const started = process.cpuUsage()
    orRefused(() => parseOffer(text))
    const { user } = process.cpuUsage(started)
    // A linear parser needs a few milliseconds; an exponential one would not come back at all.
    expect(user / 1000).toBeLessThan(5_000)
  })
})

describe('whatever is trickled', () => {
  it('is refused as a SignalingError, or gives only candidates that it knows', () => {
    const seed = [
      'a=ice-ufrag:abcd',
      'a=ice-pwd:0123456789abcdefghijkl',
      'm=video 9 UDP/TLS/RTP/SAVPF 0',
      'a=mid:0',
      'a=candidate:1 1 udp 2113937151 192.0.2.5 50000 typ host',
      'a=candidate:1 1 udp 2113937151 2001:db8::5 50000 typ srflx raddr 192.0.2.5 rport 50000',
      'a=end-of-candidates',
    ]
    const shape = ALLOWED.find((allowed) => allowed.source.includes('a=candidate'))
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...EDITS), fc.nat(), STRANGE, fc.nat({ max: 60 })), {
          maxLength: 3,
        }),
        (edits) => {
          let lines = seed
          for (const [edit, at, text, length] of edits)
            if (lines.length > 0) lines = edit(lines, at % lines.length, text, length)
          const fragment = orRefused(() => parseTrickleFragment(lines.join('\r\n'), 'abcd'))
          for (const candidate of fragment?.candidates ?? []) expect(`a=${candidate}`).toMatch(shape ?? /^$/)
          expect(fragment?.candidates.length ?? 0).toBeLessThanOrEqual(32)
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
