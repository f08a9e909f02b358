import { type ChildProcess, spawn } from 'node:child_process'
import { type Content, reel } from '../content.js'
import type { PeerAddress, PeerStats, ProducerMode } from '../contract.js'
import type { System } from '../systems.js'
import { cpuSeconds, residentMiB } from './process-usage.js'

const START_TIMEOUT_MS = 30_000
const END_TIMEOUT_MS = 5_000

/** What a system is to show, in the words of the contract. */
export interface Scene {
  readonly content: Content
  readonly width: number
  readonly height: number
  readonly fps: number
  readonly producer: ProducerMode
  /** See PeerFlags. Default false. */
  readonly early?: boolean
  readonly bitrate?: number
  /** An engine to publish to. */
  readonly whip?: { readonly url: string; readonly token: string }
}

/** A system under measurement, in its own process. */
export class SystemProcess {
  #output = ''
  private constructor(
    private readonly child: ChildProcess,
    readonly address: PeerAddress,
  ) {}

  static async start(system: System, scene: Scene): Promise<SystemProcess> {
    const { content, width, height, fps, producer, early = false, bitrate, whip } = scene
    const { file, frames } = await reel(content, width, height)
    const [command, ...before] = system.command
    const flags = {
      reel: file,
      width,
      height,
      frames,
      fps,
      producer,
      early,
      stamp: content !== 'still' && content !== 'patches',
      ...(bitrate !== undefined && { bitrate }),
      ...(whip && { whip: whip.url }),
    }
    const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)])
    const child = spawn(command!, [...before, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...globalThis.process.env,
        PYTHONDONTWRITEBYTECODE: '1',
        ...(whip && { PIXELCAST_WHIP_TOKEN: whip.token }),
      },
    })
    let process: SystemProcess | undefined
    let output = ''
    const address = await new Promise<PeerAddress>((resolve, reject) => {
      const timer = setTimeout(() => fail('said nothing for 30 s'), START_TIMEOUT_MS)
      const fail = (what: string) => {
        child.kill('SIGKILL')
        reject(new Error(`${system.name} ${what}: ${lastWords(output)}`))
      }
      const take = (chunk: Buffer) => {
        output += chunk
        if (process) process.#output = output.slice(-10_000)
        const line = /^\{"offer".*\}$/m.exec(output)
        if (!line) return
        clearTimeout(timer)
        resolve(JSON.parse(line[0]) as PeerAddress)
      }
      child.stdout.on('data', take)
      child.stderr.on('data', take)
      child.once('error', (error) => fail(error.message))
      child.once('exit', (code) => {
        clearTimeout(timer)
        fail(`ended with ${code}`)
      })
    })
    process = new SystemProcess(child, address)
    return process
  }

  /** What it wrote last, for error messages. */
  get output(): string {
    return this.#output
  }

  get cpuSeconds(): number {
    return cpuSeconds(this.child.pid!)
  }

  get residentMiB(): number {
    return residentMiB(this.child.pid!)
  }

  async stats(): Promise<PeerStats> {
    return (await (await fetch(`${this.address.control}/stats`)).json()) as PeerStats
  }

  async reset(): Promise<void> {
    await (await fetch(`${this.address.control}/reset`, { method: 'POST' })).arrayBuffer()
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = new Promise((resolve) => this.child.once('exit', resolve))
    this.child.kill('SIGTERM')
    const timer = setTimeout(() => this.child.kill('SIGKILL'), END_TIMEOUT_MS)
    await ended
    clearTimeout(timer)
  }
}

/** The line that says what went wrong, of all that a program writes when it ends. */
function lastWords(output: string): string {
  const lines = output.trim().split('\n')
  return lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? ''
}
