import { Command, InvalidArgumentError, Option } from 'commander'
import type { DemoActionOptions } from '../actions/demo.js'
import { terminalOf } from '../operation.js'
import { parseFps, parseSize, type Size } from '../options.js'
import { withServerOptions } from './server-options.js'

/** Smaller, and there is nothing to find; larger, and drawing takes longer than a frame. */
const SMALLEST: Size = { width: 320, height: 180 }
const LARGEST: Size = { width: 3840, height: 2160 }
const MAX_FPS = 120

export function demoCommand(): Command {
  const command = new Command('demo')
    .description('Shows a moving scene and the objects that a detector finds in its pixels.')
    .addOption(
      new Option('-f, --fps <number>', 'images per second, 1 to 120').argParser(parseDemoFps).default(30),
    )
    .addOption(
      new Option('-s, --size <WxH>', 'size of the images, 320x180 to 3840x2160')
        .argParser(parseDemoSize)
        .default({ width: 1280, height: 720 }, '1280x720'),
    )
  return withServerOptions(command)
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
    .action(async (options: DemoActionOptions) => {
      // only now: help and mistakes are answered without loading the engine
      const { demo } = await import('../actions/demo.js')
      await demo(options, terminalOf(options))
    })
}

function parseDemoFps(text: string): number {
  const fps = tryTo(() => parseFps(text))
  if (fps === undefined || fps < 1 || fps > MAX_FPS)
    throw new InvalidArgumentError(`Expected images per second, a number from 1 to ${MAX_FPS}.`)
  return fps
}

function parseDemoSize(text: string): Size {
  const size = tryTo(() => parseSize(text))
  const fits =
    size !== undefined &&
    size.width >= SMALLEST.width &&
    size.height >= SMALLEST.height &&
    size.width <= LARGEST.width &&
    size.height <= LARGEST.height
  if (!fits)
    throw new InvalidArgumentError(
      `Expected WIDTHxHEIGHT in pixels, from ${SMALLEST.width}x${SMALLEST.height} to ${LARGEST.width}x${LARGEST.height}.`,
    )
  return size
}

/** What does not even parse is refused with the range of the demo, not with that of other commands. */
function tryTo<T>(parse: () => T): T | undefined {
  try {
    return parse()
  } catch (error) {
    if (error instanceof InvalidArgumentError) return undefined
    throw error
  }
}
