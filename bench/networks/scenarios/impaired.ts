import type { Numbers } from '../../bench.js'
import type { Lab } from '../lab.js'
import { MBIT, type Network, USUAL } from '../network.js'
import { FPS, FREEZE, least, most, NOTHING, P50, P95, RATE, type Scenario } from '../scenario.js'

const FREEZE_MS = 200
const MINUTE_MS = 60_000
/** For the estimate to find its rate, ms. */
const WARM_UP_MS = 5000

export const loss: Scenario = {
  name: 'loss-5',
  title: '5 % random loss, 4 Mbit/s, RTT 60 ms',
  about: 'A minute, from 5 s after the start on.',
  rows: [
    { key: 'freezes', what: 'freezes over 200 ms a minute', unit: '', digits: 1, limit: 1, kind: 'below' },
    least(RATE, 2),
    FPS,
    P50,
    P95,
  ],
  run: (lab) => endure(lab, { ...USUAL, rtt: 60, rate: 4 * MBIT, loss: 0.05 }, lab.duration(60, 10)),
}

export const heavyLoss: Scenario = {
  name: 'loss-20',
  title: '20 % random loss, 4 Mbit/s, RTT 60 ms',
  about: 'Twenty seconds, from 5 s after the start on.',
  rows: [least(FPS, 10), most(FREEZE, 2000), RATE, P50, P95],
  run: (lab) => endure(lab, { ...USUAL, rtt: 60, rate: 4 * MBIT, loss: 0.2 }, lab.duration(20, 8)),
}

export const jitter: Scenario = {
  name: 'jitter',
  title: 'jitter ±30 ms in order, 8 Mbit/s, RTT 80 ms',
  about: 'Thirty seconds, from 5 s after the start on.',
  rows: [least(RATE, 2.5), FPS, FREEZE, P50, P95],
  run: (lab) => endure(lab, { ...USUAL, rtt: 80, rate: 8 * MBIT, jitter: 30 }, lab.duration(30, 10)),
}

async function endure(
  lab: Lab,
  network: Network,
  ms: number,
): Promise<Numbers | { readonly skipped: string }> {
  await lab.show('motion')
  const viewer = await lab.join(network)
  if (viewer.sawNothing) return NOTHING
  await viewer.watch(WARM_UP_MS)
  const watched = await viewer.watch(ms)
  const freezes = (watched.freezes(FREEZE_MS) * MINUTE_MS) / (watched.end - watched.start)
  return { ...watched.numbers, freezes }
}
