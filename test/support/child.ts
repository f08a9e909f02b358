import { type ChildProcess, fork } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleForNode } from './bundle.mjs'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The functions that a child process offers to its parent; arguments and results travel by structured clone. */
export type Api<T> = { [K in keyof T]: (argument: never) => unknown }

interface Request {
  readonly id: number
  readonly method: string
  readonly argument: unknown
}

interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

/**
 * A TypeScript file run in a process of its own and called by message. node-datachannel must not be
 * loaded twice in one process, and memory can only be measured of a process that does one thing.
 */
export class Child<T extends Api<T>> {
  #nextId = 0
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  /** What it wrote to stdout and stderr. */
  output = ''
  readonly exited: Promise<number | null>

  private constructor(
    private readonly process: ChildProcess,
    file: string,
  ) {
    process.stdout?.on('data', (chunk) => {
      this.output += chunk
    })
    process.stderr?.on('data', (chunk) => {
      this.output += chunk
    })
    process.on('message', (reply: Reply) => {
      const waiting = this.#pending.get(reply.id)
      this.#pending.delete(reply.id)
      if (reply.error !== undefined) waiting?.reject(new Error(reply.error))
      else waiting?.resolve(reply.result)
    })
    this.exited = new Promise((resolve) => {
      process.on('exit', (code, signal) => {
        rmSync(file, { force: true })
        for (const { reject } of this.#pending.values())
          reject(new Error(`the child process ended (${signal ?? code}): ${this.output.slice(-2000)}`))
        this.#pending.clear()
        resolve(code)
      })
    })
  }

  /**
   * Starts `entry` (path from the repository's root). Bundled first, so that Node 20 can run TypeScript.
   * @param within a command that runs the one behind it
   */
  static async start<T extends Api<T>>(
    entry: string,
    nodeArguments: readonly string[] = [],
    within: readonly string[] = [],
  ): Promise<Child<T>> {
    const [command = process.execPath, ...before] = [...within, process.execPath]
    const file = join(ROOT, '.cache/test', `${basename(entry, '.ts')}-${randomUUID()}.mjs`)
    await mkdir(join(ROOT, '.cache/test'), { recursive: true })
    await bundleForNode(entry, file)
    return new Child(
      fork(file, [], {
        serialization: 'advanced',
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        execPath: command,
        execArgv: [...before, '--enable-source-maps', ...nodeArguments],
      }),
      file,
    )
  }

  get pid(): number {
    return this.process.pid!
  }

  call<K extends keyof T & string>(
    method: K,
    ...[argument]: Parameters<T[K]>
  ): Promise<Awaited<ReturnType<T[K]>>> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      if (this.process.exitCode !== null || this.process.signalCode !== null) {
        reject(new Error(`the child process has ended: ${this.output.slice(-2000)}`))
        return
      }
      this.#pending.set(id, { resolve: (value) => resolve(value as Awaited<ReturnType<T[K]>>), reject })
      this.process.send({ id, method, argument } satisfies Request, (error) => {
        if (!error) return
        this.#pending.delete(id)
        reject(error)
      })
    })
  }

  /** Ends the process by its handle and waits for its end. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.process.kill(signal)
    await this.exited
  }
}

/** Called in the child: answers the parent's calls, and ends with the parent. */
export function answerCalls<T extends Api<T>>(api: T): void {
  process.on('disconnect', () => process.exit())
  process.on('message', async ({ id, method, argument }: Request) => {
    try {
      const implementation = api[method as keyof T] as unknown as (argument: unknown) => unknown
      process.send!({ id, result: await implementation(argument) } satisfies Reply)
    } catch (error) {
      process.send!({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    }
  })
}
