import { Command, Option } from 'commander'
import { VIDEO_CODECS } from '../../common/codec.js'
import { PIXEL_FORMATS } from '../../image/source.js'
import type { PublishActionOptions } from '../actions/publish.js'
import { RepeatableOption } from '../config/repeatable-option.js'
import {
  collectWhipUrl,
  parseAddress,
  parseBitrate,
  parseFormat,
  parseFps,
  parseKeyframeInterval,
  parseSize,
  parseSpeed,
} from '../options.js'
import { Terminal } from '../terminal/terminal.js'
import { whipTokenOption } from './shared.js'

export function publishCommand(): Command {
  return new Command('publish')
    .description('Publishes images, a video, a camera or stdin to an engine elsewhere (an SFU) by WHIP.')
    .argument(
      '<input>',
      'as of serve: an image, a folder, a quoted pattern, a video file, a camera, or - for stdin',
    )
    .addOption(
      new RepeatableOption(
        '--whip <url>',
        'the WHIP endpoint; as of serve once for each input, here for the one',
      ).argParser(collectWhipUrl),
    )
    .addOption(whipTokenOption())
    .addOption(
      new Option('--codec <name>', 'the only codec to offer; without it the engine chooses').choices(
        VIDEO_CODECS,
      ),
    )
    .addOption(
      new Option('--bitrate <rate>', 'at most so many bit/s, such as 800k or 2.5M').argParser(parseBitrate),
    )
    .option(
      '--simulcast',
      'offer the picture in three sizes at the same time, each of them encoded all the time; an engine that does not ' +
        'take them gets one',
    )
    .addOption(
      new Option(
        '--keyframe-interval <seconds>',
        'a keyframe at least so often, 0.5 to 60; without it when one is asked for',
      ).argParser(parseKeyframeInterval),
    )
    .addOption(
      new Option('--media-host <address>', 'local IP address that the video is sent from').argParser(
        parseAddress,
      ),
    )
    .addOption(new Option('-f, --fps <number>', 'images per second, as of serve').argParser(parseFps))
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
    .option('-x, --exit', 'end when the input has ended, instead of publishing its last image on')
    .addHelpText(
      'after',
      `
It comes back by itself when the engine was away. The exit code is 1 when the engine refuses it, by a wrong
token for one. Give the token in PIXELCAST_WHIP_TOKEN: everybody on the machine can read a command line.

Examples:
  pixelcast publish video.mp4 --loop --whip http://127.0.0.1:8889/stage/whip
  PIXELCAST_WHIP_TOKEN=... pixelcast publish rtsp://camera/stream --whip https://example.com/whip/v1
  python render.py | pixelcast publish - --size 640x480 --format bgr24 --whip https://example.com/whip --bitrate 2M
`,
    )
    .action(async (input: string, options: PublishActionOptions) => {
      // only now: help and mistakes are answered without loading FFmpeg
      const { publish } = await import('../actions/publish.js')
      await publish(input, options, new Terminal())
    })
}
