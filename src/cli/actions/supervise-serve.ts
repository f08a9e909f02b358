import { keepToken } from '../access.js'
import { CliError, EXIT_USAGE, ExitCode } from '../errors.js'
import { kindOf } from '../input/kind.js'
import { isSupervised, supervise } from '../supervise/supervise.js'
import type { Terminal } from '../terminal/terminal.js'
import { checkServeOptions, type ServeOptions } from './serve-options.js'

const MOST_RESTARTS = 10

/**
 * `serve --supervise`: runs the same command line in a child process.
 *
 * Returns at once in that child, which is to serve. Throws `ExitCode` when it is over, `CliError` for options that
 * do not go together.
 */
export async function superviseServe(
  inputs: readonly string[],
  options: ServeOptions,
  terminal: Terminal,
): Promise<void> {
  if (isSupervised()) return
  checkServeOptions(inputs, options)
  if (options.port === 0)
    throw new CliError(
      'option --port: expected a fixed port with --supervise, so that viewers find it again, got 0',
      EXIT_USAGE,
    )
  if (inputs.some((input) => kindOf(input) === 'stdin'))
    throw new CliError(
      "option --supervise: expected no - among the inputs, because a stream cannot be taken up in its middle; restart its writer with it: pixelcast supervise -- sh -c 'WRITER | pixelcast serve - …'",
      EXIT_USAGE,
    )
  keepToken()
  const [script, ...args] = process.argv.slice(1)
  const code = await supervise({
    command: process.execPath,
    args: [...process.execArgv, script ?? '', ...args],
    name: 'the server',
    maxRestarts: MOST_RESTARTS,
    channel: true,
    note: (line) => terminal.note(`pixelcast: ${line}`),
  })
  throw new ExitCode(code)
}
