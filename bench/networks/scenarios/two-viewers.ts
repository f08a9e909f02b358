import { pause, until } from '../../../test/support/wait.js'
import { HEIGHT, type Lab, WIDTH } from '../lab.js'
import { MBIT, USUAL } from '../network.js'
import { quality } from '../picture.js'
import type { RelayedViewer } from '../relayed-viewer.js'
import { least, most, NOTHING, type Scenario } from '../scenario.js'

const SLOW = { ...USUAL, rate: MBIT / 2 }
const FAST = { ...USUAL, rate: 20 * MBIT }
const WARM_UP_MS = 5000
/** Pictures that are compared with the source, and the time between two, ms. */
const PICTURES = 3
const BETWEEN_MS = 300
/** Until the slow viewer's encoder is gone after it left, ms. */
const GONE_MS = 5000

export const twoViewers: Scenario = {
  name: 'two-viewers',
  title: '500 kbit/s beside 20 Mbit/s',
  about: 'The fast viewer: 10 s alone, then 10 s beside a slow one, who leaves.',
  rows: [
    { key: 'p50Alone', what: 'fast one alone: glass to glass, p50', unit: 'ms', digits: 0 },
    { key: 'p95Alone', what: 'fast one alone: glass to glass, p95', unit: 'ms', digits: 0 },
    { key: 'p50', what: 'beside: glass to glass, p50', unit: 'ms', digits: 0 },
    { key: 'p95', what: 'beside: glass to glass, p95', unit: 'ms', digits: 0 },
    most({ key: 'p95More', what: 'beside: p95 more than alone', unit: 'ms', digits: 0 }, 20),
    { key: 'fpsAlone', what: 'fast one alone: new images a second', unit: '', digits: 1 },
    least({ key: 'fps', what: 'beside: new images a second', unit: '', digits: 1 }, 25),
    { key: 'psnrAlone', what: 'fast one alone: PSNR', unit: 'dB', digits: 1 },
    { key: 'psnr', what: 'beside: PSNR', unit: 'dB', digits: 1 },
    most({ key: 'psnrLess', what: 'beside: PSNR less than alone', unit: 'dB', digits: 1 }, 1),
    least({ key: 'slowFps', what: 'slow one: new images a second', unit: '', digits: 1 }, 15),
    { key: 'slowP50', what: 'slow one: glass to glass, p50', unit: 'ms', digits: 0 },
    { key: 'slowRate', what: 'slow one: delivered', unit: 'Mbit/s', digits: 2 },
    { key: 'encoders', what: 'encoders for both', unit: '', digits: 0, limit: 2, kind: 'exactly' },
    {
      key: 'encodersLeft',
      what: 'encoders after the slow one left',
      unit: '',
      digits: 0,
      limit: 1,
      kind: 'exactly',
    },
  ],
  async run(lab) {
    const ms = lab.duration(10, 5)
    await lab.show('motion')
    const fast = await lab.join(FAST)
    if (fast.sawNothing) return NOTHING
    await fast.watch(WARM_UP_MS)
    const alone = await fast.watch(ms)
    const psnrAlone = await sharpness(fast)
    const slow = await lab.join(SLOW)
    await Promise.all([fast.watch(WARM_UP_MS), slow.watch(WARM_UP_MS)])
    const [beside, slowly] = await Promise.all([fast.watch(ms), slow.watch(ms)])
    const psnr = await sharpness(fast)
    const encoders = await lab.encoders()
    await slow.leave()
    return {
      ...beside.numbers,
      p50Alone: alone.ages().p50,
      p95Alone: alone.ages().p95,
      p95More: beside.ages().p95 - alone.ages().p95,
      fpsAlone: alone.fps(),
      psnrAlone,
      psnr,
      psnrLess: psnrAlone - psnr,
      slowFps: slowly.fps(),
      slowP50: slowly.ages().p50,
      slowRate: slowly.rate() / MBIT,
      encoders: encoders ?? Number.NaN,
      encodersLeft: encoders === undefined ? Number.NaN : await encodersLeft(lab),
    }
  },
}

async function sharpness(viewer: RelayedViewer): Promise<number> {
  let sum = 0
  for (let i = 0; i < PICTURES; i++) {
    sum += await quality(await viewer.picture(WIDTH, HEIGHT), 'motion')
    await pause(BETWEEN_MS)
  }
  return sum / PICTURES
}

/** Waits for the slow viewer's encoder to end; gives what there is when it does not. */
async function encodersLeft(lab: Lab): Promise<number> {
  const count = async () => (await lab.encoders()) ?? Number.NaN
  await until('one encoder', async () => (await count()) === 1, GONE_MS).catch(() => {})
  return count()
}
