import { pause } from '../../../test/support/wait.js'
import { MBIT, USUAL } from '../network.js'
import { most, NOTHING, type Scenario } from '../scenario.js'

const WARM_UP_MS = 5000

export const long: Scenario = {
  name: 'long',
  title: 'ten minutes at 3 Mbit/s',
  about: 'The first minute, from 5 s after the start on, and the last.',
  long: true,
  rows: [
    { key: 'p50First', what: 'first minute: glass to glass, p50', unit: 'ms', digits: 0 },
    { key: 'p95First', what: 'first minute: glass to glass, p95', unit: 'ms', digits: 0 },
    { key: 'p50', what: 'last minute: glass to glass, p50', unit: 'ms', digits: 0 },
    { key: 'p95', what: 'last minute: glass to glass, p95', unit: 'ms', digits: 0 },
    most({ key: 'grown', what: 'p50 grown by', unit: 'ms', digits: 0 }, 10),
    { key: 'rate', what: 'delivered', unit: 'Mbit/s', digits: 2 },
  ],
  async run(lab) {
    await lab.show('motion')
    const viewer = await lab.join({ ...USUAL, rate: 3 * MBIT })
    if (viewer.sawNothing) return NOTHING
    await viewer.watch(WARM_UP_MS)
    const minute = lab.duration(60, 5)
    const first = await viewer.watch(minute)
    await pause(8 * minute)
    const last = await viewer.watch(minute)
    return {
      n: first.images.length + last.images.length,
      p50First: first.ages().p50,
      p95First: first.ages().p95,
      p50: last.ages().p50,
      p95: last.ages().p95,
      grown: last.ages().p50 - first.ages().p50,
      rate: last.rate(first.start, last.end) / MBIT,
      fps: last.fps(),
    }
  },
}
