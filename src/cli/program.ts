import { Command, CommanderError } from 'commander'
import { demoCommand } from './commands/demo.js'
import { doctorCommand } from './commands/doctor.js'
import { publishCommand } from './commands/publish.js'
import { serveCommand } from './commands/serve.js'
import { superviseCommand } from './commands/supervise.js'
import { type Environment, makeConfigurable } from './config/configure.js'
import { CliError, EXIT_FAILED, EXIT_OK, EXIT_USAGE, ExitCode, explain } from './errors.js'
import { packageVersion } from './version.js'

/** Where a run of the command line writes; a test passes its own. */
export interface Output {
  out(text: string): void
  error(text: string): void
}

const standardOutput: Output = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
}

/** Runs one command line (without `node` and the script) and resolves with the exit code. Never rejects. */
export async function run(
  args: readonly string[],
  output: Output = standardOutput,
  environment: Environment = process.env,
): Promise<number> {
  const program = buildProgram(output)
  makeConfigurable(program, {
    environment,
    print: (line) => output.out(`${line}\n`),
    warn: (line) => output.error(`warning: ${line}\n`),
  })
  try {
    if (args.length === 0) {
      program.outputHelp({ error: true })
      return EXIT_USAGE
    }
    await program.parseAsync([...args], { from: 'user' })
    return EXIT_OK
  } catch (error) {
    // commander has already written its message, help or version
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE
    if (error instanceof ExitCode) return error.code
    output.error(`pixelcast: ${explain(error)}\n`)
    return error instanceof CliError ? error.exitCode : EXIT_FAILED
  }
}

function buildProgram(output: Output): Command {
  const program = new Command('pixelcast')
    // What follows the program that `supervise` runs is for that one.
    .enablePositionalOptions()
    .description("Puts a program's own images live into any number of browsers, over WebRTC.")
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .addHelpText(
      'after',
      `
Examples:
  pixelcast demo                          a moving scene, with the objects found in it
  pixelcast serve video.mp4 --loop        a video file, at its own speed
  pixelcast serve 'frames/*.png' --fps 5  a slideshow in natural order
  python render.py | pixelcast serve - --size 640x480 --format bgr24
  pixelcast serve --ingest                images that programs send over HTTP
  pixelcast supervise -- node app.mjs     a program, started again when it crashes
  pixelcast publish video.mp4 --whip URL  to an engine elsewhere, for many viewers
  pixelcast doctor                        whether this machine has what it takes
`,
    )
  program
    .addCommand(demoCommand())
    .addCommand(serveCommand())
    .addCommand(superviseCommand())
    .addCommand(publishCommand())
    .addCommand(doctorCommand((line) => output.out(`${line}\n`)))
  for (const command of [program, ...program.commands])
    command
      .exitOverride()
      .helpOption('-h, --help', 'show this help')
      .showSuggestionAfterError(true)
      .configureOutput({
        writeOut: (text) => output.out(text),
        writeErr: (text) => output.error(text),
        outputError: (text, write) =>
          write(`pixelcast: ${text.replace(/^error: /, '').replace(/\n\(/, ' (')}`),
      })
  return program
}
