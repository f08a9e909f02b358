import { startHeadlessReceiver } from '../../test/support/headless-receiver/index.js'
import { pause } from '../../test/support/wait.js'
import type { Measure, Numbers } from '../bench.js'
import { summarize } from '../statistics.js'
import { Crowd } from '../support/crowd.js'
import { SystemProcess } from '../support/system-process.js'
import type { System } from '../systems.js'

/** From one key to the next, ms. */
const PAUSES = { least: 60, most: 200 }
const WARM_UP_MS = 2_000
const QUICK_WARM_UP_MS = 500
/** As often as a browser tells of a pointer that moves. */
const MOVES_PER_SECOND = 60

export const keyToPixel: Measure = {
  name: 'key-to-pixel',
  about:
    'From a key, sent by a page in Chromium over the data channel, to the painted picture that the application made when it heard of it, 1280×720 H.264. Lost: not to be seen within a second.',
  columns: [
    { key: 'n', title: 'keys', digits: 0 },
    { key: 'p50', title: 'p50 ms', digits: 1 },
    { key: 'p95', title: 'p95 ms', digits: 1 },
    { key: 'max', title: 'max ms', digits: 1 },
    { key: 'lost', title: 'lost', digits: 0 },
  ],
  async run(bench) {
    await bench.compare({ content: 'screen', size: '1280×720' }, press, ['pixelcast'])

    async function press(system: System): Promise<Numbers> {
      const scene = { content: 'screen', width: 1280, height: 720, fps: 30, producer: 'answer' } as const
      const process = await SystemProcess.start(system, scene)
      const page = await bench.stage.open('chromium')
      try {
        await page.play(process.address.offer, system.codecs[0]!, 10_000, { channel: true })
        await pause(bench.quick ? QUICK_WARM_UP_MS : WARM_UP_MS)
        const times = await page.press(bench.quick ? 10 : 200, PAUSES)
        const seen = times.filter((time) => time !== null)
        return { ...summarize(seen), lost: times.length - seen.length }
      } finally {
        await page.close().catch(() => {})
        await process.stop()
      }
    }
  },
}

export const pointing: Measure = {
  name: 'pointing-viewers',
  about: `Nearly still 640×360 at 30 fps, H.264, to headless viewers in another process, each of which moves a pointer ${MOVES_PER_SECOND} times a second, or none; the application listens to all. Frames are counted by one more viewer, in a process of its own.`,
  columns: [
    { key: 'viewers', title: 'viewers', digits: 0 },
    { key: 'n', title: 'frames counted', digits: 0 },
    { key: 'made', title: 'made/s', digits: 1 },
    { key: 'seen', title: 'one more viewer gets/s', digits: 1 },
    { key: 'missing', title: 'packets missing', digits: 0 },
    { key: 'said', title: 'moves/s', digits: 0 },
    { key: 'heard', title: 'heard/s', digits: 0 },
    { key: 'cpu', title: 'CPU % of a core', digits: 1 },
    { key: 'resident', title: 'memory MiB', digits: 0 },
  ],
  async run(bench) {
    const ms = bench.duration(6, 1.5)
    const count = bench.quick ? 8 : 200
    await bench.compare({ count, moves: 0 }, (system) => watch(system, 0), ['pixelcast'])
    await bench.compare({ count, moves: MOVES_PER_SECOND }, (system) => watch(system, MOVES_PER_SECOND), [
      'pixelcast',
    ])

    async function watch(system: System, moves: number): Promise<Numbers> {
      const scene = { content: 'screen', width: 640, height: 360, fps: 30, producer: 'live' } as const
      const crowd = await Crowd.gather(system, scene, count, true)
      const witness = await startHeadlessReceiver()
      try {
        const url = crowd.process.address.offer
        await witness.call('open', { url, count: 1, codec: system.codecs[0]!, channel: true })
        await crowd.point(moves)
        await pause(bench.quick ? QUICK_WARM_UP_MS : WARM_UP_MS)
        await witness.call('reset')
        const heardBefore = (await crowd.process.stats()).inputs ?? 0
        await crowd.point(moves)
        const now = await crowd.count(0, ms)
        const [seen] = await witness.call('stats')
        const said = await crowd.point(0)
        const heard = ((await crowd.process.stats()).inputs ?? 0) - heardBefore
        return {
          viewers: count,
          n: seen!.frames,
          made: now.made / now.seconds,
          seen: seen!.frames / now.seconds,
          missing: seen!.missing,
          said: said / now.seconds,
          heard: heard / now.seconds,
          cpu: (now.cpu / now.seconds) * 100,
          resident: now.residentMiB,
        }
      } finally {
        await witness.kill()
        await crowd.leave()
      }
    }
  },
}
