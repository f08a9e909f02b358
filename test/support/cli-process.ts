import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Stream, Writable } from 'node:stream'
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
    return CliProcess.startWith('ignore', ...args)
  }

  /** With something to read: `pipe` for what is written to `stdin`, or the output of another process. */
  static startWith(stdin: 'ignore' | 'pipe' | Stream | number, ...args: readonly string[]): CliProcess {
    return new CliProcess(
      spawn(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...args], {
        stdio: [stdin, 'pipe', 'pipe'],
      }),
    )
  }

  /** With environment variables beside those of the test. */
  static startIn(environment: Readonly<Record<string, string>>, ...args: readonly string[]): CliProcess {
    return new CliProcess(
      spawn(process.execPath, [join(ROOT, 'dist/cli/main.js'), ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...environment },
      }),
    )
  }

  get pid(): number {
    return this.process.pid ?? 0
  }

  /** Of a process that was started with a pipe. */
  get stdin(): Writable {
    if (!this.process.stdin) throw new Error('started without a pipe')
    return this.process.stdin
  }

  /** Waits for something on stderr. */
  says(pattern: RegExp): Promise<string> {
    return until(`${pattern} on stderr`, () => pattern.exec(this.stderr)?.[0]).catch((error) => {
      throw new Error(`${error instanceof Error ? error.message : error}; stderr: ${this.stderr}`)
    })
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

  /** Asks it to end in its own time, as a container's manager does. */
  terminate(): void {
    this.process.kill('SIGTERM')
  }

  /** Ends it if it still runs. */
  async kill(): Promise<void> {
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGKILL')
    await this.exited
  }
}
