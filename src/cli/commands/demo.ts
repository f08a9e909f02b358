import { Command, InvalidArgumentError, Option } from 'commander'
import { DemoShow } from '../demo/show.js'
import { untilStopped } from '../lifecycle.js'
import { parseFps, parseSize, type Size } from '../options.js'
import { systemClock } from '../player-clock.js'
import { Stage, type StageOptions } from '../stage.js'
import { Terminal } from '../terminal/terminal.js'
import { hostOption, portOption } from './shared.js'

interface DemoCommandOptions extends StageOptions {
  readonly fps: number
  readonly size: Size
}

/** Smaller, and there is nothing to find; larger, and drawing takes longer than a frame. */
const SMALLEST: Size = { width: 320, height: 180 }
const LARGEST: Size = { width: 3840, height: 2160 }
const MAX_FPS = 120
const SEED = 7

export function demoCommand(): Command {
  return new Command('demo')
    .description('Shows a moving scene and the objects that a detector finds in its pixels.')
    .addOption(
      new Option('-f, --fps <number>', 'images per second, 1 to 120').argParser(parseDemoFps).default(30),
    )
    .addOption(
      new Option('-s, --size <WxH>', 'size of the images, 320x180 to 3840x2160')
        .argParser(parseDemoSize)
        .default({ width: 1280, height: 720 }, '1280x720'),
    )
    .addOption(portOption())
    .addOption(hostOption())
    .addHelpText(
      'after',
      `
Two tracks: "detections" with boxes and labels, "camera" without.

Examples:
  pixelcast demo
  pixelcast demo --size 1920x1080 --fps 60
  pixelcast demo --port 0 --host 0.0.0.0
`,
    )
    .action((options: DemoCommandOptions) => demo(options, new Terminal()))
}

async function demo(options: DemoCommandOptions, terminal: Terminal): Promise<void> {
  const { size, fps } = options
  await untilStopped(
    async (signal) => {
      const stage = await Stage.open(options, terminal)
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

function parseDemoFps(text: string): number {
  const fps = parseFps(text)
  if (fps < 1 || fps > MAX_FPS)
    throw new InvalidArgumentError(`Expected images per second, a number from 1 to ${MAX_FPS}.`)
  return fps
}

function parseDemoSize(text: string): Size {
  const size = parseSize(text)
  const fits =
    size.width >= SMALLEST.width &&
    size.height >= SMALLEST.height &&
    size.width <= LARGEST.width &&
    size.height <= LARGEST.height
  if (!fits)
    throw new InvalidArgumentError(
      `Expected a size from ${SMALLEST.width}x${SMALLEST.height} to ${LARGEST.width}x${LARGEST.height}.`,
    )
  return size
}
