import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { type HeadlessReceiver, startHeadlessReceiver } from '../../test/support/headless-receiver/index.js'
import type { OpenRequest, ViewerStats } from '../../test/support/headless-receiver/protocol.js'

/** What one viewer got since the last reset. */
export interface Got extends Pick<ViewerStats, 'packets' | 'missing' | 'bytes' | 'frames'> {
  /** How late each frame came by its RTP time, ms, up to a constant of that viewer. */
  readonly latencies: readonly number[]
}

/** Viewers that all run in one process of their own and count packets. */
export interface Viewers {
  readonly pid: number
  reset(): Promise<void>
  stats(): Promise<Got[]>
  leave(): Promise<void>
}

/** By WHEP, with libdatachannel. */
export class WhepViewers implements Viewers {
  private constructor(
    private readonly receiver: HeadlessReceiver,
    private readonly indices: readonly number[],
  ) {}

  static async open(request: Omit<OpenRequest, 'codec'>): Promise<WhepViewers> {
    const receiver = await startHeadlessReceiver()
    try {
      const indices = await receiver.call('open', { codec: 'h264', deadline: 30_000, ...request })
      return new WhepViewers(receiver, indices)
    } catch (error) {
      await receiver.kill()
      throw error
    }
  }

  get pid(): number {
    return this.receiver.pid!
  }

  async reset(): Promise<void> {
    await this.receiver.call('reset')
    await this.#latencies()
  }

  async stats(): Promise<Got[]> {
    const stats = await this.receiver.call('stats')
    const latencies = await this.#latencies()
    return stats.map((viewer, i) => ({ ...viewer, latencies: latencies[i]! }))
  }

  async leave(): Promise<void> {
    await this.receiver.kill()
  }

  #latencies(): Promise<number[][]> {
    return Promise.all(this.indices.map((viewer) => this.receiver.call('latencies', { viewer })))
  }
}

/** Of a room of LiveKit, with LiveKit's own SDK: the program in livekit-viewers/. */
export class LiveKitViewers implements Viewers {
  readonly #lines: AsyncIterator<string>
  #errors = ''

  private constructor(private readonly child: ChildProcess) {
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
    child.stderr!.setEncoding('utf8').on('data', (text) => {
      this.#errors = (this.#errors + text).slice(-2_000)
    })
    child.stdin!.on('error', () => {}) // It has ended; what it wrote last is told with the next answer.
  }

  /** @param tokens one for each viewer */
  static async join(program: string, url: string, tokens: readonly string[]): Promise<LiveKitViewers> {
    const viewers = new LiveKitViewers(spawn(program, { stdio: 'pipe' }))
    try {
      await viewers.#ask(JSON.stringify({ url, tokens }))
      return viewers
    } catch (error) {
      await viewers.leave()
      throw error
    }
  }

  get pid(): number {
    return this.child.pid!
  }

  async reset(): Promise<void> {
    await this.#ask('reset')
  }

  async stats(): Promise<Got[]> {
    return (await this.#ask('stats')) as Got[]
  }

  async leave(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const ended = new Promise((resolve) => this.child.once('exit', resolve))
    this.child.kill('SIGKILL')
    await ended
  }

  async #ask(line: string): Promise<unknown> {
    this.child.stdin!.write(`${line}\n`)
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(`the viewers of LiveKit ended: ${this.#errors.trim()}`)
    return JSON.parse(value)
  }
}
