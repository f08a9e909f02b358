import { Command, InvalidArgumentError, Option } from 'commander'
import { ExitCode } from '../errors.js'
import { Terminal } from '../terminal/terminal.js'

/** In a row, and each may wait ten seconds. */
const MOST_RESTARTS = 1_000

export function superviseCommand(): Command {
  return new Command('supervise')
    .description('Runs a program, and starts it again when it crashes.')
    .argument('<program>', 'the program, behind --')
    .argument('[argument...]', 'its arguments')
    .addOption(maxRestartsOption())
    .passThroughOptions()
    .addHelpText(
      'after',
      `
The program has the stdin, stdout and stderr of this command, and gets its signals. It is started again when a
signal ends it or its exit code is not 0, after 0.1 s, then 0.2, 0.4 … 10 s; when it has run for 30 s, the pauses
begin anew. The exit codes 2, 126 and 127 mean that it is called wrongly: then it is not.

Examples:
  pixelcast supervise -- node app.mjs
  pixelcast supervise -- sh -c 'python render.py | pixelcast serve - --size 640x480 --format bgr24'
`,
    )
    .action(async (program: string, args: string[], { maxRestarts }: { maxRestarts: number }) => {
      const { supervise } = await import('../supervise/supervise.js')
      const terminal = new Terminal()
      const name = [program, ...args].join(' ')
      const note = (line: string) => terminal.note(`pixelcast: ${line}`)
      throw new ExitCode(await supervise({ command: program, args, name: shorten(name), maxRestarts, note }))
    })
}

export function maxRestartsOption(): Option {
  return new Option('--max-restarts <number>', 'so many in a row, then it is given up, 0 to 1000')
    .argParser(parseMaxRestarts)
    .default(10)
}

function parseMaxRestarts(text: string): number {
  const number = Number(text)
  if (!/^\d{1,4}$/.test(text) || number > MOST_RESTARTS)
    throw new InvalidArgumentError(`Expected a whole number from 0 to ${MOST_RESTARTS}.`)
  return number
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
