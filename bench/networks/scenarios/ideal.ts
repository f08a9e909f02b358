import { FPS, NOTHING, P50, P95, RATE, type Scenario } from '../scenario.js'

/** Nothing is limited: what the harness itself costs, to hold against the numbers of `npm run bench`. */
export const ideal: Scenario = {
  name: 'ideal',
  title: 'no limit, RTT 0',
  about: 'The relay alone, 10 s.',
  rows: [P50, P95, FPS, RATE],
  async run(lab) {
    await lab.show('motion')
    const viewer = await lab.join({})
    if (viewer.sawNothing) return NOTHING
    await viewer.watch(2000)
    return (await viewer.watch(lab.duration(10, 4))).numbers
  },
}
