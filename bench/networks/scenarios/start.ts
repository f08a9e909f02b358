import { pause } from '../../../test/support/wait.js'
import { HEIGHT, WIDTH } from '../lab.js'
import { MBIT, USUAL } from '../network.js'
import { quality } from '../picture.js'
import { FPS, FREEZE, least, most, NOTHING, P50, P95, type Row, type Scenario } from '../scenario.js'

const FIRST_FRAME: Row = { key: 'first', what: 'POST to first frame', unit: 'ms', digits: 0 }
/** Until the picture has to be good, ms after the first frame; looking takes a while. */
const SHARP_MS = 1900

export const slowStart: Scenario = {
  name: 'start-slow',
  title: 'start on 500 kbit/s',
  about: 'A viewer joins and watches for 10 s.',
  rows: [most(FIRST_FRAME, 1500), least(FPS, 15), most(FREEZE, 1000), P50, P95],
  async run(lab) {
    await lab.show('motion')
    const viewer = await lab.join({ ...USUAL, rate: MBIT / 2 })
    if (viewer.sawNothing) return NOTHING
    const watched = await viewer.watch(lab.duration(10, 6))
    return { ...watched.numbers, first: viewer.firstFrame }
  },
}

export const fastStart: Scenario = {
  name: 'start-fast',
  title: 'start on 20 Mbit/s',
  about: 'A viewer joins; 2 s after its first frame, what is on screen is compared with the source.',
  rows: [
    least({ key: 'psnr', what: 'PSNR 2 s after the first frame, moving texture', unit: 'dB', digits: 1 }, 38),
    FIRST_FRAME,
    { key: 'width', what: 'width that was sent', unit: '', digits: 0 },
  ],
  async run(lab) {
    await lab.show('texture')
    const viewer = await lab.join({ ...USUAL, rate: 20 * MBIT })
    if (viewer.sawNothing) return NOTHING
    const [watched, shown] = await Promise.all([
      viewer.watch(SHARP_MS + 500),
      pause(SHARP_MS).then(() => viewer.picture(WIDTH, HEIGHT)),
    ])
    return { ...watched.numbers, psnr: await quality(shown, 'texture'), first: viewer.firstFrame }
  },
}
