import { type HeadlessReceiver, startHeadlessReceiver } from '../../test/support/headless-receiver/index.js'
import { pause } from '../../test/support/wait.js'
import type { System, VideoCodec } from '../systems.js'
import { type Scene, SystemProcess } from './system-process.js'

export interface CrowdNumbers {
  /** Images made while it was counted. */
  readonly made: number
  readonly seconds: number
  /** Frames that the least and the best served viewer got. */
  readonly least: number
  readonly most: number
  readonly packets: number
  readonly missing: number
  readonly bytes: number
  /** Seconds of CPU that the system's process used. */
  readonly cpu: number
  readonly residentMiB: number
  readonly pushMs: readonly number[]
}

/** A system in its process, with viewers that count packets in another. */
export class Crowd {
  private constructor(
    readonly process: SystemProcess,
    private readonly receiver: HeadlessReceiver,
    private readonly codec: VideoCodec,
  ) {}

  /** @param channel each of them opens a data channel */
  static async gather(system: System, scene: Scene, viewers: number, channel = false): Promise<Crowd> {
    const process = await SystemProcess.start(system, scene)
    let receiver: HeadlessReceiver | undefined
    try {
      receiver = await startHeadlessReceiver()
      const crowd = new Crowd(process, receiver, system.codecs[0]!)
      await crowd.add(viewers, channel)
      return crowd
    } catch (error) {
      await receiver?.kill()
      await process.stop()
      throw error
    }
  }

  async add(viewers: number, channel = false): Promise<void> {
    await this.receiver.call('open', {
      url: this.process.address.offer,
      count: viewers,
      codec: this.codec,
      deadline: 30_000,
      channel,
    })
  }

  async count(warmUp: number, ms: number): Promise<CrowdNumbers> {
    await pause(warmUp)
    await Promise.all([this.receiver.call('reset'), this.process.reset()])
    const start = performance.now()
    const before = this.process.cpuSeconds
    await pause(ms)
    const [stats, { pushed, pushMs }] = await Promise.all([this.receiver.call('stats'), this.process.stats()])
    const cpu = this.process.cpuSeconds - before
    const frames = stats.map((viewer) => viewer.frames)
    const sum = (of: 'packets' | 'missing' | 'bytes') =>
      stats.reduce((total, viewer) => total + viewer[of], 0)
    return {
      made: pushed,
      seconds: (performance.now() - start) / 1000,
      least: Math.min(...frames),
      most: Math.max(...frames),
      packets: sum('packets'),
      missing: sum('missing'),
      bytes: sum('bytes'),
      cpu,
      residentMiB: this.process.residentMiB,
      pushMs,
    }
  }

  /** From now on each viewer moves a pointer so many times a second. @returns how often all did so far, together */
  point(perSecond: number): Promise<number> {
    return this.receiver.call('point', { perSecond })
  }

  async leave(): Promise<void> {
    await this.receiver.kill()
    await this.process.stop()
  }
}
