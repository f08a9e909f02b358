import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { ROOT } from './child.js'
import { until } from './wait.js'

/** One of `examples/`, started as its README says, on a free port unless the environment names one. */
export class Example {
  readonly #process: ChildProcess
  stdout = ''
  stderr = ''
  readonly exited: Promise<number | null>

  constructor(name: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    this.#process = spawn(process.execPath, [join(ROOT, 'examples', name, 'main.mjs'), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PORT: '0', ...env },
    })
    this.#process.stdout?.setEncoding('utf8').on('data', (text) => {
      this.stdout += text
    })
    this.#process.stderr?.setEncoding('utf8').on('data', (text) => {
      this.stderr += text
    })
    this.exited = new Promise((resolve) => this.#process.on('close', (code) => resolve(code)))
  }

  /** The address that it prints. */
  url(): Promise<string> {
    return until('the address', () => {
      if (this.#process.exitCode !== null)
        throw new Error(`ended with ${this.#process.exitCode}: ${this.stderr}`)
      return /Watch at (\S+)/.exec(this.stdout)?.[1]
    })
  }

  /** Waits for something that it prints, on either stream. */
  says(pattern: RegExp, deadline?: number): Promise<string> {
    const said = () => pattern.exec(this.stdout)?.[0] ?? pattern.exec(this.stderr)?.[0]
    return until(String(pattern), said, deadline).catch((error: Error) => {
      throw new Error(`${error.message}; it said: ${this.stdout}${this.stderr}`)
    })
  }

  /** Images that were pushed to its first track so far. */
  async pushed(): Promise<number> {
    const reply = await fetch(new URL('/tracks', await this.url()))
    const { tracks } = (await reply.json()) as { tracks: { pushed: number }[] }
    return tracks[0]?.pushed ?? 0
  }

  /** Ctrl-C; gives the exit code. */
  stop(): Promise<number | null> {
    this.#process.kill('SIGINT')
    return this.exited
  }

  kill(): Promise<number | null> {
    this.#process.kill('SIGKILL')
    return this.exited
  }
}
