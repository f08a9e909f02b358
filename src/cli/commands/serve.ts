import { Command, Option } from 'commander'
import type { ServeOptions } from '../actions/serve.js'
import { collect, parseFps } from '../options.js'
import { Terminal } from '../terminal/terminal.js'
import { hostOption, mediaHostOption, portOption } from './shared.js'

export function serveCommand(): Command {
  return new Command('serve')
    .description('Shows image files, folders of images, and video files; each input is a track.')
    .argument(
      '<input...>',
      "an image, a folder of images, a quoted pattern such as 'out/*.png', or a video file",
    )
    .addOption(
      new Option(
        '-f, --fps <number>',
        'images per second; without it a video plays at its own speed and a folder shows one image a second',
      ).argParser(parseFps),
    )
    .option('-l, --loop', 'start again at the end')
    .addOption(
      new Option(
        '-n, --name <name>',
        'name of the track; give it once for each input, in the same order',
      ).argParser(collect),
    )
    .addOption(portOption())
    .addOption(hostOption())
    .addOption(mediaHostOption())
    .addHelpText(
      'after',
      `
Examples:
  pixelcast serve photo.jpg
  pixelcast serve 'frames/*.png' --fps 5 --loop
  pixelcast serve front.mp4 rear.mp4 --name front --name rear
  pixelcast serve video.mp4 --loop --host 0.0.0.0 --port 9000
`,
    )
    .action(async (inputs: string[], options: ServeOptions) => {
      // only now: help and mistakes are answered without loading FFmpeg
      const { serve } = await import('../actions/serve.js')
      await serve(inputs, options, new Terminal())
    })
}
