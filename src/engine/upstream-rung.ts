import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import type { RungStats, SendingStats } from '../common/viewer-stats.js'
import type { Scale } from '../encode/index.js'
import type { PacketizedFrame } from '../rtp/index.js'
import type { PeerSending } from './peer-sending.js'
import type { Demand, Watcher, WatcherIdentity } from './watcher.js'

/** It is asked for a keyframe so long before its time, ms: it takes a moment to be made. */
const KEYFRAME_LEAD = 100

export interface RungOptions {
  readonly identity: WatcherIdentity
  readonly codec: VideoCodec
  /** Its name in the packets; undefined for the only stream. */
  readonly rid: string | undefined
  /** The only scale that it takes; undefined: what suits its network. */
  readonly only: Scale | undefined
  /** Most that is sent of it, bit/s, when its scale is free. */
  readonly maxBitrate: number | undefined
  /** Most time between two keyframes, ms. */
  readonly keyframeInterval: number | undefined
}

export interface RungEvents {
  onKeyframeNeeded(rung: UpstreamRung): void
  /** Some times a second, while it is sent. */
  onPace(rung: UpstreamRung, now: number): void
  /** The most that the encoder would make for a picture in its full size, bit/s. */
  onMaxRate(rate: number): void
}

/**
 * One of the streams that a track is published as. To the track it is one more that watches: it costs packets, and an
 * encode only where nobody else watches the same rung.
 */
export class UpstreamRung implements Watcher {
  /** What it may be sent, bit/s, when its scale is given: `rate` in the long run, `available` at a moment. */
  share = { rate: 0, available: 0 }
  #keyframeAt = Number.NEGATIVE_INFINITY

  constructor(
    private readonly options: RungOptions,
    readonly sending: PeerSending,
    private readonly events: RungEvents,
  ) {}

  get identity(): WatcherIdentity {
    return this.options.identity
  }

  get codec(): VideoCodec {
    return this.options.codec
  }

  get only(): Scale | undefined {
    return this.options.only
  }

  get waitsForKeyframe(): boolean {
    return this.sending.sender.waitsForKeyframe
  }

  get backlog(): number {
    return this.sending.sender.backlog
  }

  demand(now: number): Demand {
    const demand = this.sending.demand(now)
    if (this.only !== undefined)
      return { ...this.share, capacity: this.share.rate, isUrgent: demand.isUrgent, isKnown: true }
    const { maxBitrate = Number.POSITIVE_INFINITY } = this.options
    return {
      ...demand,
      rate: Math.min(demand.rate, maxBitrate),
      capacity: Math.min(demand.capacity, maxBitrate),
    }
  }

  setMaxRate(rate: number): void {
    this.events.onMaxRate(rate)
  }

  sendFrame(frame: PacketizedFrame): void {
    const now = monotonicNow()
    if (frame.keyframe) this.#keyframeAt = now
    this.sending.sendFrame(frame, now)
  }

  pace(now: number): void {
    this.sending.pace(now)
    this.events.onPace(this, now)
    const { keyframeInterval } = this.options
    if (keyframeInterval === undefined || now - this.#keyframeAt < keyframeInterval - KEYFRAME_LEAD) return
    // Not again while it is made.
    this.#keyframeAt = now
    this.events.onKeyframeNeeded(this)
  }

  sendingStats(now: number): SendingStats {
    return this.sending.sender.stats(now)
  }

  stats(stats: SendingStats): RungStats {
    const { bytesSent, framesSent, framesDropped, keyframes } = stats
    return {
      rid: this.options.rid,
      scale: this.only ?? this.sending.scale,
      isSent: this.sending.sender.isActive,
      bytesSent,
      framesSent,
      framesDropped,
      keyframes,
    }
  }
}
