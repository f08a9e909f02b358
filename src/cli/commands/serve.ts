import { Command, Option } from 'commander'
import { CliError, EXIT_USAGE, explain } from '../errors.js'
import { uniqueNames } from '../input/names.js'
import { openInput } from '../input/open.js'
import type { Input } from '../input/types.js'
import { aborted, untilStopped } from '../lifecycle.js'
import { collect, parseFps } from '../options.js'
import { play } from '../player.js'
import { systemClock } from '../player-clock.js'
import { Stage, type StageOptions } from '../stage.js'
import { Terminal } from '../terminal/terminal.js'
import { hostOption, portOption } from './shared.js'

interface ServeOptions extends StageOptions {
  readonly fps?: number
  readonly loop?: boolean
  readonly name?: readonly string[]
}

/** As many single images of one folder look like a pattern that the shell has spread out. */
const SPREAD_PATTERN = 4

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
    .action((inputs: string[], options: ServeOptions) => serve(inputs, options, new Terminal()))
}

async function serve(args: readonly string[], options: ServeOptions, terminal: Terminal): Promise<void> {
  const names = options.name ?? []
  if (names.length > args.length)
    throw new CliError(
      `option --name: expected at most one for each of ${args.length} ${args.length === 1 ? 'input' : 'inputs'}, got ${names.length}`,
      EXIT_USAGE,
    )
  const inputs = await openInputs(args, names, options, terminal)
  await untilStopped(
    async (signal) => {
      const stage = await Stage.open(options, terminal)
      try {
        const tracks = inputs.map(({ name, input }) => ({ input, track: stage.addTrack(name) }))
        stage.announce(new Map(inputs.map(({ name, input }) => [name, input.description])))
        const playing = tracks.map(({ input, track }) =>
          play(input, (image) => track.addImage(image), systemClock, signal, {
            onBadImage: (error) => terminal.warn(`${track.name}: ${explain(error)}`),
            onBehind: (ms) => terminal.warn(`${track.name}: playing is ${Math.round(ms)} ms behind`),
          }).then(
            ({ shown }) => {
              if (signal.aborted || input.kind === 'image') return
              terminal.note(
                shown > 0
                  ? `${track.name}: the end; its last image stays (--loop starts again)`
                  : `${track.name}: the end; no image could be shown`,
              )
            },
            (error: unknown) => terminal.warn(`${track.name}: ${explain(error)}; its last image stays`),
          ),
        )
        await Promise.race([aborted(signal), stage.failure])
        await Promise.all(playing)
      } finally {
        await stage.close()
      }
    },
    () => terminal.note('Stopping. Press Ctrl-C again to quit at once.'),
  )
}

/** Opens what can be opened; what cannot is reported. Throws when nothing is left. */
async function openInputs(
  args: readonly string[],
  names: readonly string[],
  options: ServeOptions,
  terminal: Terminal,
): Promise<{ name: string; input: Input }[]> {
  const report = (message: string) => terminal.warn(message)
  const opened: { name: string; input: Input }[] = []
  const failures: string[] = []
  for (const [index, argument] of args.entries()) {
    try {
      const input = await openInput(argument, options, report)
      opened.push({ name: names[index] ?? input.name, input })
    } catch (error) {
      failures.push(explain(error))
    }
  }
  if (opened.length === 0) {
    if (failures.length === 1) throw new CliError(failures[0]!)
    for (const failure of failures) terminal.note(`pixelcast: ${failure}`)
    throw new CliError('none of the inputs can be shown')
  }
  for (const failure of failures) terminal.warn(`${failure}; left out`)
  if (opened.filter(({ input }) => input.kind === 'image').length >= SPREAD_PATTERN)
    terminal.note("Each image is a track of its own. For a slideshow quote the pattern: 'folder/*.png'")
  const unique = uniqueNames(opened.map(({ name }) => name))
  return opened.map(({ input }, index) => ({ input, name: unique[index]! }))
}
