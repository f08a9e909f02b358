import { CliError, EXIT_USAGE, explain } from '../errors.js'
import { uniqueNames } from '../input/names.js'
import { openInput } from '../input/open.js'
import type { Input } from '../input/types.js'
import { aborted, untilStopped } from '../lifecycle.js'
import { play } from '../player.js'
import { systemClock } from '../player-clock.js'
import { Stage, type StageOptions } from '../stage.js'
import type { Terminal } from '../terminal/terminal.js'

export interface ServeOptions extends StageOptions {
  readonly fps?: number
  readonly loop?: boolean
  readonly name?: readonly string[]
}

/** As many single images of one folder look like a pattern that the shell has spread out. */
const SPREAD_PATTERN = 4

/** Opens the inputs, then the server, and plays until the process is asked to stop. */
export async function serve(
  args: readonly string[],
  options: ServeOptions,
  terminal: Terminal,
): Promise<void> {
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
  const failures: unknown[] = []
  for (const [index, argument] of args.entries()) {
    try {
      const input = await openInput(argument, options, report)
      opened.push({ name: names[index] ?? input.name, input })
    } catch (error) {
      failures.push(error)
    }
  }
  if (opened.length === 0) {
    if (failures.length === 1) throw failures[0]
    for (const failure of failures) terminal.note(`pixelcast: ${explain(failure)}`)
    throw new CliError('none of the inputs can be shown')
  }
  for (const failure of failures) terminal.warn(`${explain(failure)}; left out`)
  if (opened.filter(({ input }) => input.kind === 'image').length >= SPREAD_PATTERN)
    terminal.note("Each image is a track of its own. For a slideshow quote the pattern: 'folder/*.png'")
  const unique = uniqueNames(opened.map(({ name }) => name))
  return opened.map(({ input }, index) => ({ input, name: unique[index]! }))
}
