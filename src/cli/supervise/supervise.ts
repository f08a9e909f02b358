import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:os'
import { monotonicNow } from '../../common/clock.js'
import { newSignInKey } from '../../host/sign-in-key.js'
import { CliError, EXIT_OK, EXIT_USAGE, systemReason } from '../errors.js'
import { Patience, RAN_WELL_MS } from './patience.js'

/** What is run, and how patiently. */
export interface SuperviseOptions {
  readonly command: string
  readonly args: readonly string[]
  /** For people. Default: the command. */
  readonly name?: string
  /** Restarts in a row before it is given up. */
  readonly maxRestarts: number
  /** Opens a channel by which the program learns that its supervisor is gone. Only for our own. */
  readonly channel?: boolean
  readonly note: (line: string) => void
}

/** They ask for the end. */
const STOPS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT']
/** They mean something to the program, or nothing. */
const PASSED: readonly NodeJS.Signals[] = ['SIGUSR2', 'SIGCONT']
/** The mistakes that a fresh start does not mend: bad usage, and a shell that cannot start it. */
const MISTAKES: readonly number[] = [EXIT_USAGE, 126, 127]

interface Death {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/**
 * Runs a program, and again when it dies: by a signal, or with an exit code that is neither 0 nor that of a
 * mistake in how it is called. It has our stdin, stdout and stderr, and gets the signals that we get.
 *
 * @returns the exit code for ours: its last one, or 128 and the number of the signal
 * @throws CliError when it cannot be started at all
 */
export async function supervise(options: SuperviseOptions): Promise<number> {
  const { note, maxRestarts, name = options.command } = options
  const patience = new Patience(maxRestarts)
  const keeper = new SignalKeeper()
  const environment = newSignInKey()
  try {
    for (;;) {
      const started = monotonicNow()
      const death = await keeper.watch(start(options, environment))
      const ran = monotonicNow() - started
      const code = codeOf(death)
      if (keeper.stopped || code === EXIT_OK || MISTAKES.includes(code)) return code
      const how = `${name} ${describe(death)} after ${seconds(ran)}`
      const pause = patience.next(ran)
      if (pause === undefined) {
        const times = maxRestarts === 1 ? 'once' : `${maxRestarts} times`
        note(
          maxRestarts === 0
            ? `${how}; not started again (--max-restarts 0)`
            : `${how}; given up: started again ${times}, and it never ran for ${seconds(RAN_WELL_MS)}`,
        )
        return code
      }
      note(`${how}; starting it again in ${seconds(pause)} (${patience.restarts} of ${maxRestarts})`)
      await keeper.pause(pause)
      if (keeper.stopped) return 128 + constants.signals[keeper.stopped]
    }
  } finally {
    keeper.close()
  }
}

function start(
  { command, args, channel }: SuperviseOptions,
  environment: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const child = spawn(command, args, {
    stdio: ['inherit', 'inherit', 'inherit', ...(channel ? (['ipc'] as const) : [])],
    env: { ...process.env, ...environment, ...(channel && { [SUPERVISED]: '1' }) },
  })
  return new Promise((resolve, reject) => {
    child.once('spawn', () => resolve(child))
    child.once('error', (error) =>
      reject(new CliError(`cannot start ${command}: ${systemReason(error) ?? error.message}`, 127)),
    )
  })
}

/** Not one of ours by its beginning: those are the variables of options, and looked through for misspelt ones. */
const SUPERVISED = '_PIXELCAST_SUPERVISED'

/** In a program that `supervise` started with a channel; it ends when the supervisor does, however that was. */
export function isSupervised(): boolean {
  if (process.env[SUPERVISED] !== '1' || !process.connected) return false
  // Not for programs that it starts.
  delete process.env[SUPERVISED]
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'))
  // Who listens to it keeps the process alive, which would then never end by itself.
  process.channel?.unref()
  return true
}

/** Hands the signals that this process gets to the child, while there is one. */
class SignalKeeper {
  /** The first signal that asked for the end. */
  stopped: NodeJS.Signals | undefined
  #child: ChildProcess | undefined
  #wake: (() => void) | undefined
  readonly #listener = (signal: NodeJS.Signals): void => this.#receive(signal)
  /** Ctrl-C goes to every process of the terminal's group: a second one would mean "at once". */
  readonly #hasTerminal = [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY)

  constructor() {
    for (const signal of [...STOPS, ...PASSED]) process.on(signal, this.#listener)
  }

  async watch(starting: Promise<ChildProcess>): Promise<Death> {
    const child = await starting
    const death = new Promise<Death>((resolve) =>
      child.once('exit', (code, signal) => resolve({ code, signal })),
    )
    this.#child = child
    // Asked to end while it was being started.
    if (this.stopped) child.kill(this.stopped)
    const result = await death
    this.#child = undefined
    return result
  }

  /** Shorter when a signal asks for the end. */
  async pause(milliseconds: number): Promise<void> {
    if (this.stopped) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.#wake = undefined
  }

  close(): void {
    for (const signal of [...STOPS, ...PASSED]) process.off(signal, this.#listener)
  }

  #receive(signal: NodeJS.Signals): void {
    if (STOPS.includes(signal)) this.stopped ??= signal
    this.#wake?.()
    if (signal === 'SIGINT' && this.#hasTerminal) return
    this.#child?.kill(signal)
  }
}

function codeOf({ code, signal }: Death): number {
  return code ?? 128 + (signal ? constants.signals[signal] : 0)
}

function describe({ code, signal }: Death): string {
  return signal ? `was ended by ${signal}` : `ended with exit code ${code}`
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10} s`
}
