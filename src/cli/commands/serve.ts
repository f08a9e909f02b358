import { Command, Option } from 'commander'
import { PIXEL_FORMATS } from '../../image/source.js'
import type { ServeOptions } from '../actions/serve-options.js'
import { RepeatableOption } from '../config/repeatable-option.js'
import { CliError, EXIT_USAGE } from '../errors.js'
import { terminalOf } from '../operation.js'
import { collect, collectWhipUrl, parseFormat, parseFps, parseSize, parseSpeed } from '../options.js'
import { withServerOptions } from './server-options.js'
import { ingestOption, ingestTokenOption, whipTokenOption } from './shared.js'

export function serveCommand(): Command {
  const command = new Command('serve')
    .description(
      'Shows images, videos, cameras, and what another program writes to stdin; each input is a track.',
    )
    .argument(
      '[input...]',
      "an image, a folder, a quoted pattern such as 'out/*.png', a video file, a camera (rtsp://, http://, " +
        '/dev/video0), or - for stdin',
    )
    .addOption(
      new Option(
        '-f, --fps <number>',
        'images per second; without it a video plays at its own speed, a folder shows one image a second, ' +
          'and stdin is read as fast as it is written',
      ).argParser(parseFps),
    )
    .option('-l, --loop', 'start again at the end')
    .addOption(
      new Option('--speed <factor>', 'play videos so many times as fast, 0.01 to 100').argParser(parseSpeed),
    )
    .option('-w, --watch', 'show the images of a folder, or one file, as they are written')
    .addOption(
      new Option('-s, --size <WxH>', 'size of raw frames on stdin; of the images of /dev/video*').argParser(
        parseSize,
      ),
    )
    .addOption(
      new Option(
        '--format <name>',
        `pixel format of raw frames on stdin: ${PIXEL_FORMATS.join(', ')}`,
      ).argParser(parseFormat),
    )
    .addOption(
      new RepeatableOption(
        '-n, --name <name>',
        'name of the track; give it once for each input, in the same order',
      ).argParser(collect),
    )
    .option('-x, --exit', 'end when every input has ended, instead of keeping the last images there')
    .option('--supervise', 'start again when it crashes; viewers come back by themselves')
    .addOption(
      new RepeatableOption(
        '--whip <url>',
        'also publish to this WHIP endpoint; give it once for each input, in the same order',
      ).argParser(collectWhipUrl),
    )
    .addOption(whipTokenOption())
    .addOption(ingestOption())
    .addOption(ingestTokenOption())
  return withServerOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  pixelcast serve photo.jpg
  pixelcast serve 'frames/*.png' --fps 5 --loop
  pixelcast serve front.mp4 rear.mp4 --name front --name rear
  pixelcast serve video.mp4 --loop --speed 2
  pixelcast serve runs/7 --watch
  pixelcast serve rtsp://user:password@camera/stream --host 0.0.0.0
  ffmpeg ... -f yuv4mpegpipe - | pixelcast serve -
  python render.py | pixelcast serve - --size 640x480 --format bgr24
  pixelcast serve --ingest    then: curl -T photo.jpg http://127.0.0.1:8080/tracks/photo/image
`,
    )
    .action(async (inputs: string[], options: ServeOptions, command: Command) => {
      // from the environment it may be there for another time
      if (!options.ingest && command.getOptionValueSource('ingestToken') === 'cli')
        throw new CliError('option --ingest-token: expected --ingest beside it, got none', EXIT_USAGE)
      if (options.supervise) {
        const { superviseServe } = await import('../actions/supervise-serve.js')
        await superviseServe(inputs, options, terminalOf(options))
      }
      // only now: help and mistakes are answered without loading FFmpeg
      const { serve } = await import('../actions/serve.js')
      await serve(inputs, options, terminalOf(options))
    })
}
