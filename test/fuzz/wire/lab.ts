import { Child } from '../../support/child.js'
import { type HeadlessReceiver, startHeadlessReceiver } from '../../support/headless-receiver/index.js'
import type { ServerProcessApi } from '../../support/server-process.js'
import { until } from '../../support/wait.js'
import type { Failure, Input } from '../target.js'
import { DatagramDrops } from './datagram-drops.js'
import { HonestSocket } from './honest-socket.js'

/** A target whose inputs go over the network to a real server, while somebody honest watches. */
export interface WireTarget {
  readonly name: string
  readonly about: string
  readonly count: number
  readonly quick: number
  /** A second honest viewer watches, over a WebSocket. */
  readonly watchesBySocket?: boolean
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
  /** Of the one who watches over a WebSocket, if there is one. */
  readonly socket: WatchedSocket | undefined
}

export interface WatchedSocket {
  readonly sent: number
  readonly received: number
  /** Left out, because what came before had not been acknowledged in time: latest wins. */
  readonly dropped: number
  /** Frames before which one was missing. */
  readonly gaps: number
  /** Why it was ended. */
  readonly ended: string | undefined
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
        readonly socket: { readonly sent: number; readonly dropped: number }
        readonly before: Measured
      }
    | undefined

  private constructor(
    readonly server: Child<ServerProcessApi>,
    readonly attackers: HeadlessReceiver,
    private readonly honest: HeadlessReceiver,
    private readonly honestSocket: HonestSocket | undefined,
    readonly url: string,
    count: number,
    private readonly deadline: number,
  ) {
    this.#count = count
    this.#drops = new DatagramDrops(server.pid)
  }

  /** @param deadline ms of `performance.now()` after which no more is wanted */
  static async start(
    count: number,
    deadline: number,
    { watchesBySocket = false }: Pick<WireTarget, 'watchesBySocket'>,
  ): Promise<Lab> {
    const [server, attackers, honest] = await Promise.all([
      Child.start<ServerProcessApi>('test/support/server-process.ts', ['--expose-gc']),
      startHeadlessReceiver(),
      startHeadlessReceiver(),
    ])
    const options = { control: 'anyone' } as const
    const url = await server.call('open', { port: 0, track: TRACK, options, limits: LIMITS, ingest: true })
    await server.call('addControl', { name: 'gain', max: 9 })
    await server.call('produce', { ...SIZE, fps: FPS })
    const whep = new URL(`whep/${TRACK}`, url).href
    await honest.call('open', { url: whep, count: 1, codec: 'h264', channel: true })
    const honestSocket = watchesBySocket ? await HonestSocket.open(whep) : undefined
    await until('frames', async () => (await honest.call('stats'))[0]!.frames > 30)
    await until('frames', () => !honestSocket || honestSocket.frames > 30)
    return new Lab(server, attackers, honest, honestSocket, url, count, deadline)
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
    const [stats, viewer, socketViewer] = await Promise.all([
      this.server.call('stats'),
      this.server.call('statsOfViewer', { place: 0 }),
      this.honestSocket && this.server.call('statsOfViewer', { place: 1 }),
    ])
    const socket = { sent: socketViewer?.framesSent ?? 0, dropped: socketViewer?.framesDropped ?? 0 }
    const { pushed, dropped } = stats
    this.#begun = { before, pushed, superseded: dropped.superseded, sent: viewer?.framesSent ?? 0, socket }
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
    const last = await this.#counts()
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
      socket: this.honestSocket && {
        sent: (last.socket?.framesSent ?? 0) - begun.socket.sent,
        dropped: (last.socket?.framesDropped ?? Number.NaN) - begun.socket.dropped,
        received: last.socketFrames - begun.socket.sent,
        gaps: this.honestSocket.gaps,
        ended: this.honestSocket.ended,
      },
    }
  }

  /** Since the honest ones came, when what was sent last has come as well; now and then a still picture is sent again. */
  async #counts() {
    const count = async () => {
      const [viewer, [received], socket] = await Promise.all([
        this.server.call('statsOfViewer', { place: 0 }),
        this.honest.call('stats'),
        this.honestSocket && this.server.call('statsOfViewer', { place: 1 }),
      ])
      const socketFrames = this.honestSocket?.frames ?? 0
      return {
        sent: viewer?.framesSent ?? 0,
        dropped: viewer?.framesDropped,
        received: received!,
        socket,
        socketFrames,
      }
    }
    let last = await count()
    await until('the last frames', async () => {
      last = await count()
      const { sent, received, socket, socketFrames } = last
      return (
        sent === received.frames && received.missing === 0 && (!socket || socket.framesSent === socketFrames)
      )
    }).catch(() => {}) // Whoever asked counts it.
    return last
  }

  async #attackersGone(): Promise<void> {
    await this.attackers.call('close', { how: 'both' })
    const viewers = async () => (await this.server.call('stats')).viewers
    const honest = this.honestSocket ? 2 : 1
    await until('the attackers to be gone', async () => (await viewers()) <= honest, 40_000)
  }

  async close(): Promise<void> {
    await this.honestSocket?.close()
    await Promise.all([this.server.kill(), this.attackers.kill(), this.honest.kill()])
  }
}
