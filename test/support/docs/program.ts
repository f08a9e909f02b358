import { type ChildProcess, spawn } from 'node:child_process'
import { until } from '../wait.js'

/** A program of a user's, run as they would. Its port is any free one. */
export class Program {
  output = ''
  readonly exited: Promise<number | null>

  private constructor(
    private readonly process: ChildProcess,
    private readonly isGroup: boolean,
  ) {
    const collect = (text: string) => {
      this.output += text
    }
    process.stdout?.setEncoding('utf8').on('data', collect)
    process.stderr?.setEncoding('utf8').on('data', collect)
    this.exited = new Promise((resolve) => process.on('exit', (code) => resolve(code)))
  }

  static node(folder: string, file: string, environment: Record<string, string> = {}): Program {
    return Program.#start(process.execPath, [file], folder, false, environment)
  }

  /** A line of shell that ends in one program. */
  static shell(folder: string, line: string): Program {
    return Program.#start('bash', ['-c', `exec ${line}`], folder)
  }

  /** A line of shell that starts several programs, as a pipe does; they are a group, and end together. */
  static pipeline(folder: string, line: string): Program {
    return Program.#start('bash', ['-c', line], folder, true)
  }

  static #start(
    command: string,
    args: readonly string[],
    cwd: string,
    isGroup = false,
    environment: Record<string, string> = {},
  ): Program {
    const env = { ...process.env, PORT: '0', PIXELCAST_PORT: '0', ...environment }
    const options = { cwd, env, detached: isGroup }
    return new Program(spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] }), isGroup)
  }

  /** Waits for the address that it prints. */
  url(): Promise<string> {
    return this.printed(/http:\/\/127\.0\.0\.1:\d+\/\S*/)
  }

  printed(pattern: RegExp): Promise<string> {
    return until(`${pattern} in the output`, () => {
      const found = pattern.exec(this.output)?.[0]
      if (found === undefined && this.process.exitCode !== null)
        throw new Error(`exit code ${this.process.exitCode}: ${this.output}`)
      return found
    }).catch((error) => {
      throw new Error(`${error instanceof Error ? error.message : error}; the output: ${this.output}`)
    })
  }

  /** Ends it if it still runs. */
  async kill(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) {
      if (this.isGroup && this.process.pid !== undefined) process.kill(-this.process.pid, 'SIGKILL')
      else this.process.kill('SIGKILL')
    }
    await this.exited
  }
}
