import { Child } from '../../support/child.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../../support/headless-receiver/index.js'
import type { ServerProcessApi } from '../../support/server-process.js'
import { until } from '../../support/wait.js'
import type { Failure, Input } from '../target.js'
import { DatagramDrops } from './datagram-drops.js'

/** A target whose inputs go over the network to a real server, while somebody honest watches. */
export interface WireTarget {
  readonly name: string
  readonly about: string
  readonly count: number
  readonly quick: number
  /** Makes the inputs from `from` on, as long as the lab wants more. */
  attack(lab: Lab, seed: number, from: number): Promise<void>
}

const TRACK = 'numbers'
/** Whoever comes gets in: it is not the limits that are tried here. */
const LIMITS = { sessions: 10_000, sessionRate: 10_000, encodeLoad: 1, sendLoad: 1 }
const SIZE = { width: 640, height: 360 }
const FPS = 30
/** A server that has not answered by then hangs. */
const MOST_ANSWER_MS = 20_000
const CHECK_EVERY_MS = 2_000
/** The inputs that are kept, in case that the server is gone before they are answered. */
const MOST_KEPT = 2_000

/** What the honest viewer was sent and got, and what the server's process held before and after. */
export interface Watched {
  readonly pushed: number
  readonly superseded: number
  readonly sent: number
  readonly received: number
  readonly dropped: number
  readonly missingPackets: number
  /** What the kernel threw away of the inputs, because a socket was not read fast enough. */
  readonly droppedDatagrams: number
  readonly before: Measured
  readonly after: Measured
  /** Memory of the process while it was attacked, every two seconds, KiB. */
  readonly resident: readonly number[]
}

type Measured = ReturnType<ServerProcessApi['measure']>

/** A server in a process of its own, an honest viewer in another one, those who send the inputs in a third. */
export class Lab {
  accepted = 0
  done = 0
  readonly failures: Failure[] = []
  readonly #last: Input[] = []
  #checked = 0
  readonly #drops: DatagramDrops
  /** Every two seconds, KiB. */
  readonly #resident: number[] = []
  #count: number
  /** Before the first input, and after the sessions of some had their time. */
  #begun:
    | {
        readonly pushed: number
        readonly superseded: number
        readonly sent: number
        readonly before: Measured
      }
    | undefined

  private constructor(
    readonly server: Child<ServerProcessApi>,
    readonly attackers: HeadlessReceiver,
    private readonly honest: HeadlessReceiver,
    readonly url: string,
    count: number,
    private readonly deadline: number,
  ) {
    this.#count = count
    this.#drops = new DatagramDrops(server.pid)
  }

  /** @param deadline ms of `performance.now()` after which no more is wanted */
  static async start(count: number, deadline: number): Promise<Lab> {
    const [server, attackers, honest] = await Promise.all([
      Child.start<ServerProcessApi>('test/support/server-process.ts', ['--expose-gc']),
      startHeadlessReceiver(),
      startHeadlessReceiver(),
    ])
    const options = { control: 'anyone' } as const
    const url = await server.call('open', { port: 0, track: TRACK, options, limits: LIMITS, ingest: true })
    const lab = new Lab(server, attackers, honest, url, count, deadline)
    await server.call('addControl', { name: 'gain', max: 9 })
    await server.call('produce', { ...SIZE, fps: FPS })
    await honest.call('open', { url: lab.whep, count: 1, codec: 'h264', channel: true })
    await until('frames', async () => (await honest.call('stats'))[0]!.frames > 30)
    return lab
  }

  get whep(): string {
    return new URL(`whep/${TRACK}`, this.url).href
  }

  get wantsMore(): boolean {
    return this.done < this.#count && performance.now() < this.deadline && this.failures.length < 10
  }

  /** How many of the next so many are wanted. */
  room(most: number): number {
    return Math.max(0, Math.min(most, this.#count - this.done))
  }

  /** Runs some inputs that do not count, then begins to count. */
  async warm(target: WireTarget, seed: number, from: number, count: number): Promise<void> {
    const whole = this.#count
    this.#count = count
    await target.attack(this, seed + 1, from)
    this.#count = whole
    this.done = this.accepted = this.#resident.length = 0
    await this.#attackersGone()
    const before = await this.server.call('measure')
    const [stats, viewer] = await Promise.all([
      this.server.call('stats'),
      this.server.call('firstViewerStats'),
    ])
    const { pushed, dropped } = stats
    this.#begun = { before, pushed, superseded: dropped.superseded, sent: viewer?.framesSent ?? 0 }
  }

  /** Inputs that are on their way; kept until there are many newer ones. */
  keep(inputs: readonly Input[]): void {
    this.#last.push(...inputs)
    if (this.#last.length > MOST_KEPT) this.#last.splice(0, this.#last.length - MOST_KEPT / 2)
  }

  fail(index: number, what: string, inputs: readonly Input[] = this.#last): void {
    this.failures.push({ index, what, inputs: [...inputs] })
  }

  /** Now and then: whether the server is alive, answers, and reports nothing. Throws when it is not. */
  async check(index: number): Promise<void> {
    if (performance.now() - this.#checked < CHECK_EVERY_MS) return
    this.#checked = performance.now()
    this.#drops.look()
    const response = await fetch(new URL('healthz', this.url), {
      signal: AbortSignal.timeout(MOST_ANSWER_MS),
    })
    await response.arrayBuffer()
    // A limit that was reached is what limits are for.
    for (const error of await this.server.call('errors'))
      if (!error.startsWith('LimitError')) this.fail(index, `the server reports: ${error}`)
    await this.server.call('countInputs')
    this.#resident.push((await this.server.call('measure')).residentKiB)
  }

  /** Waits until the attackers are gone, and counts what the honest viewer got. */
  async end(): Promise<Watched> {
    this.#drops.look()
    await this.#attackersGone()
    await this.server.call('stop')
    // Since it came; what was sent last is on its way still.
    const counts = async () => {
      const [viewer, [received]] = await Promise.all([
        this.server.call('firstViewerStats'),
        this.honest.call('stats'),
      ])
      return { sent: viewer?.framesSent ?? 0, dropped: viewer?.framesDropped, received: received! }
    }
    await until('the last frames', async () => {
      const { sent, received } = await counts()
      return sent === received.frames && received.missing === 0
    }).catch(() => {}) // It is counted below.
    const last = await counts()
    const { pushed, dropped } = await this.server.call('stats')
    await this.server.call('countInputs')
    const after = await this.server.call('measure')
    const begun = this.#begun
    if (!begun) throw new Error('nothing was begun')
    return {
      pushed: pushed - begun.pushed,
      superseded: dropped.superseded - begun.superseded,
      sent: last.sent - begun.sent,
      received: last.received.frames - begun.sent,
      dropped: last.dropped ?? Number.NaN,
      missingPackets: last.received.missing,
      droppedDatagrams: this.#drops.total,
      before: begun.before,
      resident: this.#resident,
      after,
    }
  }

  async #attackersGone(): Promise<void> {
    await this.attackers.call('close', { how: 'both' })
    const viewers = async () => (await this.server.call('stats')).viewers
    await until('the attackers to be gone', async () => (await viewers()) === 1, 40_000)
  }

  async close(): Promise<void> {
    await Promise.all([this.server.kill(), this.attackers.kill(), this.honest.kill()])
  }
}
