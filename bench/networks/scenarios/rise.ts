import { MBIT, USUAL } from '../network.js'
import { FREEZE, most, NOTHING, P95, type Scenario } from '../scenario.js'

const ENOUGH = 4 * MBIT

export const rise: Scenario = {
  name: 'rise',
  title: '1 → 8 Mbit/s',
  about: 'Ten seconds at 1 Mbit/s, then 20 s at 8 Mbit/s. Delivered: the mean of a second.',
  rows: [
    most({ key: 'seconds', what: 'until 4 Mbit/s are delivered', unit: 's', digits: 1 }, 10),
    { key: 'rate', what: 'delivered in the last 5 s', unit: 'Mbit/s', digits: 2 },
    FREEZE,
    P95,
  ],
  async run(lab) {
    await lab.show('motion')
    const viewer = await lab.join({ ...USUAL, rate: 1 * MBIT })
    if (viewer.sawNothing) return NOTHING
    const slow = lab.duration(10, 5)
    const watched = await viewer.watch(slow + lab.duration(20, 12), [
      { at: slow, network: { rate: 8 * MBIT } },
    ])
    const risen = watched.changes[0]!
    return {
      ...watched.numbers,
      seconds: watched.timeToRate(ENOUGH, risen) / 1000,
      rate: watched.rate(watched.end - 5000) / MBIT,
      freeze: watched.longestFreeze(risen),
      p95: watched.ages(risen).p95,
      slowRate: watched.rate(watched.start, risen) / MBIT,
    }
  },
}
