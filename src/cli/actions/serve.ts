import type { ImageTrack } from '../../track/index.js'
import { CliError, EXIT_USAGE, explain } from '../errors.js'
import { uniqueNames } from '../input/names.js'
import { type AnyInput, openInput } from '../input/open.js'
import { WatchedImages } from '../input/watch/watched-images.js'
import { aborted, untilStopped } from '../lifecycle.js'
import { Stage } from '../stage.js'
import type { Terminal } from '../terminal/terminal.js'
import { Uplink } from '../uplink.js'
import { type Ending, runInput } from './run-input.js'
import { checkServeOptions, type ServeOptions } from './serve-options.js'

/** As many single images of one folder look like a pattern that the shell has spread out. */
const SPREAD_PATTERN = 4

interface NamedInput {
  readonly name: string
  readonly input: AnyInput
  /** The WHIP endpoint that was given for it. */
  readonly whip: string | undefined
}

/** Opens the inputs, then the server, and shows them until the process is asked to stop. */
export async function serve(
  args: readonly string[],
  options: ServeOptions,
  terminal: Terminal,
): Promise<void> {
  checkServeOptions(args, options)
  const inputs = await openInputs(args, options, terminal)
  await untilStopped(
    async (signal, beforeEnd) => {
      const stage = await Stage.open(options, terminal)
      beforeEnd(() => stage.drain())
      const closing = new AbortController()
      const stopped = AbortSignal.any([signal, closing.signal])
      let running: Promise<unknown> = Promise.resolve()
      try {
        const tracks = inputs.map(({ name, input, whip }) => ({
          input,
          whip,
          track: stage.addTrack(name, () => input.progress),
        }))
        const uplinks = publishAll(tracks, options, terminal)
        for (const { track, uplink } of uplinks) stage.showUplink(track, uplink)
        stage.announce(new Map(inputs.map(({ name, input }) => [name, input.description])))
        const endings = Promise.all(
          tracks.map(async ({ input, track }) => {
            const ending = await runInput(input, track, stopped, terminal, options)
            if (ending.shown === 0 && ending.error && (tracks.length > 1 || options.ingest))
              terminal.warn(`${track.name}: ${explain(ending.error)}`)
            return ending
          }),
        )
        running = endings
        await Promise.race([
          aborted(signal),
          stage.failure,
          untilNothingIsLeft(endings, options),
          ...(options.listen === false ? uplinks.map(({ uplink }) => uplink.failure) : []),
        ])
      } finally {
        // whatever the reason: inputs end before the tracks that they write to
        closing.abort()
        await running
        await stage.close()
      }
    },
    () => terminal.note('Stopping. Press Ctrl-C again to quit at once.'),
  )
}

/** The inputs that have a WHIP endpoint go there, too. Beside local viewers a refusal ends nothing. */
function publishAll(
  tracks: readonly { readonly track: ImageTrack; readonly whip: string | undefined }[],
  options: ServeOptions,
  terminal: Terminal,
): { readonly track: ImageTrack; readonly uplink: Uplink }[] {
  return tracks.flatMap(({ track, whip: url }) => {
    if (url === undefined) return []
    const { uplink: settings = { token: options.whipToken, bindAddress: options.mediaHost } } = options
    const uplink = new Uplink(track, { url, ...settings }, terminal)
    if (options.listen !== false)
      uplink.failure.catch((error: unknown) => terminal.warn(`${track.name}: ${explain(error)}`))
    return { track, uplink }
  })
}

/** Resolves or rejects when there is no more reason to go on: every input has ended and nothing is there to be seen. */
async function untilNothingIsLeft(endings: Promise<readonly Ending[]>, options: ServeOptions): Promise<void> {
  const all = await endings
  if (options.ingest) await new Promise(() => undefined)
  if (all.every(({ shown }) => shown === 0)) {
    const [only] = all
    if (all.length === 1 && only?.error) throw only.error
    throw new CliError('none of the inputs could be shown')
  }
  // the last images stay until somebody ends it
  if (!options.exit) await new Promise(() => undefined)
}

/** Opens what can be opened; what cannot is reported. Throws when nothing is left. */
async function openInputs(
  args: readonly string[],
  options: ServeOptions,
  terminal: Terminal,
): Promise<NamedInput[]> {
  const report = (message: string) => terminal.warn(message)
  const opened: NamedInput[] = []
  const failures: unknown[] = []
  for (const [index, argument] of args.entries()) {
    try {
      const input = await openInput(argument, options, report)
      opened.push({ name: options.name?.[index] ?? input.name, input, whip: options.whip?.[index] })
    } catch (error) {
      if (error instanceof CliError && error.exitCode === EXIT_USAGE) throw error
      failures.push(error)
    }
  }
  if (opened.length === 0 && args.length > 0) {
    if (failures.length === 1) throw failures[0]
    for (const failure of failures) terminal.note(`pixelcast: ${explain(failure)}`)
    throw new CliError('none of the inputs can be shown')
  }
  if (options.watch && !opened.some(({ input }) => input instanceof WatchedImages))
    throw new CliError(
      `option --watch: expected a folder or an image file among the inputs, got ${args.join(' ')}`,
      EXIT_USAGE,
    )
  for (const failure of failures) terminal.warn(`${explain(failure)}; left out`)
  if (opened.filter(({ input }) => input.kind === 'image').length >= SPREAD_PATTERN)
    terminal.note("Each image is a track of its own. For a slideshow quote the pattern: 'folder/*.png'")
  const unique = uniqueNames(opened.map(({ name }) => name))
  return opened.map(({ input, whip }, index) => ({ input, whip, name: unique[index]! }))
}
