import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { publishedCodecs, readPublishAnswer, simulcastRids } from '../../../src/signaling/index.js'

const CODECS = publishedCodecs(['h264'])
const OFFERED = simulcastRids(3)
const RID = 'a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id'

const answer = (...lines: string[]) =>
  [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    's=-',
    't=0 0',
    `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'AB').join(':')}`,
    'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
    'c=IN IP4 0.0.0.0',
    'a=setup:passive',
    'a=mid:0',
    'a=ice-ufrag:abcd',
    'a=ice-pwd:abcdefghijklmnopqrstuvwx',
    'a=rtcp-mux',
    'a=rtpmap:96 H264/90000',
    'a=recvonly',
    ...lines,
    '',
  ].join('\r\n')

const taken = (lines: readonly string[], offered = OFFERED) =>
  readPublishAnswer(answer(...lines), CODECS, offered).rids

const described = (...rids: string[]) => [RID, ...rids.map((rid) => `a=rid:${rid} recv`)]

describe('which rungs an answer takes', () => {
  it.each<[string, string[], string[]]>([
    // As Pion (LiveKit, MediaMTX) and Janus write it.
    ['all', [...described('f', 'h', 'q'), 'a=simulcast:recv f;h;q'], ['f', 'h', 'q']],
    ['all, in another order', [...described('q', 'f', 'h'), 'a=simulcast:recv q;h;f'], ['f', 'h', 'q']],
    ['some', [...described('f', 'q'), 'a=simulcast:recv q;f'], ['f', 'q']],
    ['one', [...described('h'), 'a=simulcast:recv h'], ['h']],
    ['none: no simulcast', [RID], []],
    ['none: rids alone', described('f', 'h', 'q'), []],
    ['none: simulcast alone', [RID, 'a=simulcast:recv f;h;q'], []],
    ['none: without the rid in the packets', ['a=rid:f recv', 'a=rid:h recv', 'a=simulcast:recv f;h'], []],
    ['what is not paused', [...described('f', 'h', 'q'), 'a=simulcast:recv ~f;h;~q'], ['h']],
    ['none: all paused', [...described('f', 'h'), 'a=simulcast:recv ~f;~h'], []],
    ['what is described', [...described('h', 'q'), 'a=simulcast:recv f;h;q'], ['h', 'q']],
    ['the first alternative', [...described('f', 'h', 'q'), 'a=simulcast:recv f,h;q'], ['f', 'q']],
    ['the one that is not paused', [...described('f', 'h'), 'a=simulcast:recv ~f,h'], ['h']],
    ['what was offered', [...described('f', '1', 'x'), 'a=simulcast:recv 1;f;x'], ['f']],
    ['none: unknown ones alone', [...described('1', '2'), 'a=simulcast:recv 1;2'], []],
    ['each once', [...described('f', 'f', 'h'), 'a=simulcast:recv f;f;h;h'], ['f', 'h']],
    ['none: it would send them', [RID, 'a=rid:f send', 'a=simulcast:send f'], []],
    ['what it receives', [...described('f', 'h'), 'a=simulcast:send 1 recv f;h'], ['f', 'h']],
    [
      'what is for our payload type',
      [RID, 'a=rid:f recv pt=96', 'a=rid:h recv pt=97,98', 'a=rid:q recv pt=', 'a=simulcast:recv f;h;q'],
      ['f'],
    ],
    [
      'what has no other restriction',
      [RID, 'a=rid:f recv max-width=640', 'a=rid:h recv', 'a=simulcast:recv f;h'],
      ['h'],
    ],
    ['none: the old way', [...described('f'), 'a=simulcast: recv rid=f'], []],
    ['none: malformed', [...described('f'), 'a=simulcast:recv'], []],
    ['none: malformed lists', [...described('f'), 'a=simulcast:recv f h'], []],
    ['what is left of lists with holes', [...described('f', 'h'), 'a=simulcast:recv ;f;;,h;'], ['f', 'h']],
  ])('%s', (_, lines, expected) => {
    expect(taken(lines)).toEqual(expected)
  })

  it('is nothing when none were offered, whatever the answer says', () => {
    const lines = [...described('f', 'h', 'q'), 'a=simulcast:recv f;h;q']
    expect(taken(lines, [])).toEqual([])
    const { extensions } = readPublishAnswer(answer(...lines), CODECS)
    expect(extensions).toEqual({})
  })

  it('takes only ids of extensions that were offered', () => {
    expect(taken([RID.replace(':4', ':6'), 'a=rid:f recv', 'a=rid:h recv', 'a=simulcast:recv f;h'])).toEqual(
      [],
    )
  })

  it('is some of those that were offered, in their order, whatever comes', () => {
    const part = fc.oneof(
      fc.constantFrom('f', 'h', 'q', '~f', ';', ',', '~', 'recv ', 'send ', ' ', 'x'),
      fc.string({ maxLength: 4 }),
    )
    const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join('').replace(/\p{Cc}/gu, ''))
    fc.assert(
      fc.property(text, text, (list, params) => {
        const rids = taken([...described('f', 'h'), `a=rid:q recv ${params}`, `a=simulcast:recv ${list}`])
        expect(OFFERED.filter((rid) => rids.includes(rid))).toEqual(rids)
      }),
      { numRuns: 2_000 },
    )
  })

  it('offers as many as there are to be', () => {
    expect([1, 2, 3].map(simulcastRids)).toEqual([[], ['f', 'h'], ['f', 'h', 'q']])
  })
})
