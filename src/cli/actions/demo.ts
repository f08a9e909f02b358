import { DemoShow } from '../demo/show.js'
import { untilStopped } from '../lifecycle.js'
import type { Size } from '../options.js'
import { systemClock } from '../player-clock.js'
import { Stage, type StageOptions } from '../stage.js'
import type { Terminal } from '../terminal/terminal.js'

export interface DemoActionOptions extends StageOptions {
  readonly fps: number
  readonly size: Size
}

/** Everybody sees the same town. */
const SEED = 7

/** Opens the server and draws the demo until the process is asked to stop. */
export async function demo(options: DemoActionOptions, terminal: Terminal): Promise<void> {
  const { size, fps } = options
  await untilStopped(
    async (signal, beforeEnd) => {
      const stage = await Stage.open(options, terminal)
      beforeEnd(() => stage.drain())
      try {
        const show = await DemoShow.open({ ...size, fps, seed: SEED })
        const detections = stage.addTrack('detections')
        const camera = stage.addTrack('camera')
        stage.announce(
          new Map([
            ['detections', `${size.width}×${size.height}, ${fps} fps`],
            ['camera', 'the same without boxes'],
          ]),
        )
        const interval = 1000 / fps
        let due = systemClock.now()
        let before = due - interval
        while (!signal.aborted) {
          const now = systemClock.now()
          const picture = show.next((now - before) / 1000)
          before = now
          camera.addImage({ data: picture.camera, ...size, format: 'rgba' })
          detections.addImage({ data: picture.detections, ...size, format: 'rgba' })
          due = Math.max(due + interval, systemClock.now())
          await systemClock.sleepUntil(due, signal)
        }
      } finally {
        await stage.close()
      }
    },
    () => terminal.note('Stopping. Press Ctrl-C again to quit at once.'),
  )
}
