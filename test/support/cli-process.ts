import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './child.js'
import { until } from './wait.js'

/** The command line as a user starts it. */
export class CliProcess {
  stdout = ''
  stderr = ''
  readonly exited: Promise<number | null>

  private constructor(private readonly process: ChildProcess) {
    process.stdout?.setEncoding('utf8').on('data', (text) => {
      this.stdout += text
    })
    process.stderr?.setEncoding('utf8').on('data', (text) => {
      this.stderr += text
    })
    this.exited = new Promise((resolve) => process.on('exit', (code) => resolve(code)))
  }

  static start(...args: readonly string[]): CliProcess {
    return new CliProcess(
      spawn(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    )
  }

  /** Waits for the address that it prints. */
  url(): Promise<string> {
    return until('the address on stdout', () => {
      if (this.process.exitCode !== null)
        throw new Error(`exit code ${this.process.exitCode}: ${this.stdout}${this.stderr}`)
      return /https?:\/\/127\.0\.0\.1:\d+\//.exec(this.stdout)?.[0]
    })
  }

  /** Asks it to end, as Ctrl-C does; gives its exit code. */
  stop(): Promise<number | null> {
    this.process.kill('SIGINT')
    return this.exited
  }

  /** Ends it if it still runs. */
  async kill(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGKILL')
    await this.exited
  }
}
