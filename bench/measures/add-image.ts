import type { Measure } from '../bench.js'
import type { ProducerMode } from '../contract.js'
import { summarize } from '../statistics.js'
import { Crowd } from '../support/crowd.js'
import type { SystemName } from '../systems.js'

const WARM_UP_MS = 1_000

/** Milliseconds of the application's thread for each image. */
export const addImage: Measure = {
  name: 'add-image',
  about:
    "What an image of 1920×1080 costs the application's thread, 30 a second, one viewer. pixelcast: addImage of RGBA, or allocate and addImage of its slot; aiortc: VideoFrame.from_ndarray of BGR, on its event loop; @roamhq/wrtc: rgbaToI420 and onFrame.",
  columns: [
    { key: 'n', title: 'images', digits: 0 },
    { key: 'p50', title: 'p50 ms', digits: 3 },
    { key: 'p95', title: 'p95 ms', digits: 3 },
    { key: 'p99', title: 'p99 ms', digits: 3 },
    { key: 'max', title: 'max ms', digits: 3 },
  ],
  async run(bench) {
    const ms = bench.duration(10, 1.5)
    const take = async (producer: ProducerMode, only?: readonly SystemName[]) => {
      const scene = { content: 'screen', width: 1920, height: 1080, fps: 30, producer } as const
      const how = producer === 'allocate' ? 'allocate' : 'copy'
      await bench.compare(
        { how },
        async (system) => {
          const crowd = await Crowd.gather(system, scene, 1)
          try {
            const { pushMs } = await crowd.count(WARM_UP_MS, ms)
            return { ...summarize(pushMs) }
          } finally {
            await crowd.leave()
          }
        },
        only,
      )
    }
    await take('live')
    await take('allocate', ['pixelcast'])
  },
}
