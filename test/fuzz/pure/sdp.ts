import { buildAnswer, buildRemoteOffer, negotiate, parseOffer } from '../../../src/signaling/index.js'
import { answerParameters } from '../../unit/signaling/fixtures.js'
import { checkLibraryLines } from '../library-lines.js'
import { offerText } from '../offers.js'
import { refused } from '../refused.js'
import type { PureTarget } from '../target.js'

/** What the parser lets through is negotiated, and every line that the library or the peer would get is looked at. */
export const sdp: PureTarget = {
  name: 'sdp',
  about: 'offers: parsed, negotiated, written anew, answered',
  count: 100_000,
  quick: 1_500,
  make: offerText,
  run(input) {
    const text = String(input)
    const offer = refused(() => parseOffer(text))
    const negotiated = offer && refused(() => negotiate(offer, ['h264', 'vp8']))
    if (!offer || !negotiated) return false
    const remote = buildRemoteOffer(negotiated)
    checkLibraryLines(remote)
    const again = negotiate(parseOffer(remote), [negotiated.codec])
    if (JSON.stringify(again.transport) !== JSON.stringify(negotiated.transport))
      throw new Error('written anew it says something else')
    const answer = buildAnswer(answerParameters(offer, negotiated))
    if (answer.match(/^m=/gm)?.length !== offer.sections.length)
      throw new Error('the answer has other m-lines than the offer')
    if (/[^\x20-\x7e\r\n]|\r(?!\n)|[^\r]\n/.test(answer))
      throw new Error('a line of the peer’s making in the answer')
    return true
  },
}
