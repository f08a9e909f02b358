import { describe, expect, it } from 'vitest'
import { parseOffer } from '../../../src/signaling/index.js'
import { refused } from '../../fuzz/refused.js'
import { smallOffer } from './fixtures.js'

// What else is offered, and trickled, is made up by test/fuzz.
describe('whatever is offered', () => {
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
    refused(() => parseOffer(text))
    const { user } = process.cpuUsage(started)
    // A linear parser needs a few milliseconds; an exponential one would not come back at all.
    expect(user / 1000).toBeLessThan(5_000)
  })
})
