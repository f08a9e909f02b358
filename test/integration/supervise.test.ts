import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { CliProcess } from '../support/cli-process.js'
import { freeTcpPort } from '../support/tcp-port.js'
import { until } from '../support/wait.js'

const NODE = process.execPath

describe('pixelcast supervise', () => {
  const running: CliProcess[] = []
  afterEach(() => Promise.all(running.splice(0).map((process) => process.kill())))
  const supervise = (code: string, ...options: string[]): CliProcess => {
    const process = CliProcess.startWith('pipe', 'supervise', ...options, '--', NODE, '-e', code)
    running.push(process)
    return process
  }
  const pids = ({ stdout }: CliProcess) => [...stdout.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid))
  const LIVES = "console.log('pid', process.pid); setInterval(() => {}, 1000)"

  it.each([
    [0, 'process.exit(0)'],
    [2, 'process.exit(2)'],
  ])('passes on exit code %i, which is no crash', async (code, program) => {
    const process = supervise(program)
    expect(await process.exited).toBe(code)
    expect(process.stderr).toBe('')
  })

  it('starts it again after each crash, and gives up in the end', async () => {
    const process = supervise("console.log('pid', process.pid); process.exit(3)", '--max-restarts', '3')
    expect(await process.exited).toBe(3)
    expect(pids(process)).toHaveLength(4)
    const lines = process.stderr.trim().split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[0]).toMatch(
      /^pixelcast: .* ended with exit code 3 after .* s; starting it again in 0\.1 s \(1 of 3\)$/,
    )
    expect(lines[3]).toMatch(/given up: started again 3 times, and it never ran for 30 s$/)
  })

  it.each(['SIGKILL', 'SIGSEGV', 'SIGABRT'] as const)('starts it again after %s', async (signal) => {
    const child = supervise(LIVES)
    const [first] = await until('the program', () => pids(child).length === 1 && pids(child))
    process.kill(first!, signal)
    await child.says(new RegExp(`was ended by ${signal} after`))
    await until('another one', () => pids(child).length === 2)
    expect(await child.stop()).toBe(130)
    // Nothing is left behind.
    expect(() => process.kill(pids(child)[1]!, 0)).toThrow('ESRCH')
  })

  it('passes signals and stdin on, and the exit code back', async () => {
    const child = supervise(
      "process.stdin.on('data', (d) => console.log('read', String(d))); process.on('SIGTERM', () => process.exit(7)); console.log('pid', process.pid)",
    )
    await until('the program', () => pids(child).length === 1)
    child.stdin.write('a word')
    await until('what it read', () => child.stdout.includes('read a word'))
    process.kill(child.pid, 'SIGTERM')
    expect(await child.exited).toBe(7)
  })

  it('ends during a pause when it is asked to', async () => {
    const child = supervise("process.kill(process.pid, 'SIGKILL')")
    await child.says(/in 0\.8 s/)
    process.kill(child.pid, 'SIGTERM')
    expect(await child.exited).toBe(143)
  })

  it('says that a program is not there', async () => {
    const child = CliProcess.start('supervise', '--', './no-such-program')
    expect(await child.exited).toBe(127)
    expect(child.stderr).toBe('pixelcast: cannot start ./no-such-program: no such file or directory\n')
  })

  it.each([
    [
      ['-', '--supervise', '--port', '8090'],
      /^pixelcast: option --supervise: expected no - among the inputs/,
    ],
    [['x.png', '--supervise', '--port', '0'], /^pixelcast: option --port: expected a fixed port/],
    [['x.png', '--supervise', '--exit'], /because what has ended would be shown again after a crash/],
    [['--supervise'], /missing required argument 'input'/],
  ])('serve %j is a mistake', async (args, message) => {
    const child = CliProcess.start('serve', ...args)
    expect(await child.exited).toBe(2)
    expect(child.stderr).toMatch(message)
  })
})

describe('pixelcast serve --supervise', () => {
  const running: CliProcess[] = []
  afterEach(() => Promise.all(running.splice(0).map((process) => process.kill())))
  const serve = (port: number, ...options: string[]): CliProcess => {
    const args = ['docs/images/demo.png', '--supervise', '--port', `${port}`, ...options]
    const process = CliProcess.start('serve', ...args)
    running.push(process)
    return process
  }

  it('starts the server again that could not be opened', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const child = serve((other.address() as AddressInfo).port)
    try {
      await child.says(
        /the server ended with exit code 1 after .* s; starting it again in 0\.4 s \(3 of 10\)/,
      )
      expect(await child.stop()).toBe(130)
    } finally {
      other.close()
    }
  })

  it.each(['SIGTERM', 'SIGINT'] as const)('ends by one %s', async (signal) => {
    const child = serve(await freeTcpPort())
    await child.url()
    process.kill(child.pid, signal)
    expect(await child.exited).toBe(0)
    expect(child.stderr).not.toMatch(/again in|warning/)
  })
})
