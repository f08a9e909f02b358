import { MBIT, USUAL } from '../network.js'
import { FREEZE, least, most, NOTHING, type Scenario } from '../scenario.js'

const FRESH_MS = 200
const SLOW = 1 * MBIT
/** For the estimate to follow, ms. */
const GRACE_MS = 3000

export const drop: Scenario = {
  name: 'drop',
  title: '8 → 1 Mbit/s',
  about: 'Ten seconds at 8 Mbit/s, then 13 s at 1 Mbit/s. Fresh: painted within 200 ms, and so to the end.',
  rows: [
    most({ key: 'recovery', what: 'until fresh again', unit: 's', digits: 1 }, 2),
    most(FREEZE, 500),
    least({ key: 'use', what: 'use of the link from 3 s on', unit: '%', digits: 0 }, 75),
    { key: 'before', what: 'glass to glass before, p50', unit: 'ms', digits: 0 },
    { key: 'p95', what: 'glass to glass from 3 s on, p95', unit: 'ms', digits: 0 },
    { key: 'fps', what: 'new images a second from 3 s on', unit: '', digits: 1 },
  ],
  async run(lab) {
    await lab.show('motion')
    const viewer = await lab.join({ ...USUAL, rate: 8 * MBIT })
    if (viewer.sawNothing) return NOTHING
    const fast = lab.duration(10, 5)
    const watched = await viewer.watch(fast + lab.duration(13, 8), [{ at: fast, network: { rate: SLOW } }])
    const dropped = watched.changes[0]!
    return {
      ...watched.numbers,
      recovery: watched.timeToFresh(FRESH_MS, dropped) / 1000,
      freeze: watched.longestFreeze(dropped),
      use: (watched.rate(dropped + GRACE_MS) / SLOW) * 100,
      before: watched.ages(watched.start, dropped).p50,
      p95: watched.ages(dropped + GRACE_MS).p95,
      fps: watched.fps(dropped + GRACE_MS),
    }
  },
}
