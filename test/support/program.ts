import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'

/** A program of test/integration/programs, in a process of its own. */
export interface Program {
  readonly process: ChildProcess
  /** Exit code and signal. */
  readonly ended: Promise<unknown[]>
  /** What it sent first. */
  readonly first: Promise<unknown>
  stderr(): string
}

export function startProgram(
  name: string,
  parameters: readonly string[] = [],
  nodeArguments: readonly string[] = [],
): Program {
  const program = fork(`test/integration/programs/${name}`, parameters, {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [...nodeArguments],
  })
  let stderr = ''
  program.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return {
    process: program,
    ended: once(program, 'exit'),
    first: once(program, 'message').then(([message]) => message),
    stderr: () => stderr,
  }
}
