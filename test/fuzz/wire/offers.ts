import { Chance } from '../chance.js'
import { offerText } from '../offers.js'
import type { WireTarget } from './lab.js'

const AT_ONCE = 20

export const offers: WireTarget = {
  name: 'offers',
  about: 'offers to a running server; libdatachannel answers those that pass',
  count: 10_000,
  quick: 100,
  async attack(lab, seed, from) {
    for (let index = from; lab.wantsMore; ) {
      const texts = Array.from({ length: lab.room(AT_ONCE) }, (_, i) =>
        offerText(new Chance(seed, index + i)),
      )
      lab.keep(texts)
      const outcomes = await lab.server.call('answer', { offers: texts })
      for (const [i, outcome] of outcomes.entries())
        if (outcome === 'accepted') lab.accepted++
        else if (outcome !== 'refused') lab.fail(index + i, outcome, [texts[i]!])
      index += texts.length
      lab.done += texts.length
      await lab.check(index)
    }
  },
}
