import type { SendingTimes } from '../common/frame-timing.js'
import type { KeyframeCause, SendingStats } from '../common/viewer-stats.js'
import { StreamControl } from '../congestion/index.js'
import type { PacketizedFrame } from '../rtp/index.js'
import { KeyframeRequests } from './keyframe-requests.js'
import type { RateLimits } from './send-path.js'
import { StallMeter } from './stall-meter.js'
import { TimingMeter } from './timing-meter.js'
import type { Demand } from './watcher.js'

export interface SocketSenderOptions {
  readonly rates: RateLimits
  /** Bytes that the system has not taken yet, although they were sent. */
  buffered(): number
  /** Nothing that is sent can be decoded before a keyframe. */
  onKeyframeNeeded(cause: KeyframeCause): void
  /** The rate has changed by more than a little. */
  onRate(): void
}

/** What of the rate is left for frames: headers, texts, TCP and IP take some, and rate controls overshoot. */
const MEDIA_SHARE = 0.95
/** Changes of the rate by this are reported at once. */
const RATE_STEP = 0.05
/** So much more than can be used is looked for: it lets keyframes through faster. */
const PROBE_FACTOR = 4
/**
 * With more than this in a queue, ms, a frame that was made for others as well is not sent. (What is for slow viewers
 * alone is not even encoded with more than 50, see Outlet.)
 */
const MOST_BACKLOG = 150
/** What the last keyframe takes is let through besides, up to this, ms: it would be in vain if what follows were not. */
const KEYFRAME_ALLOWANCE = 350
/** A keyframe is asked for when no more than this stands in a queue, ms: it takes a moment to be made. */
const ROOM = 20
/** More must not wait in this process for one viewer, bytes, whatever it says that it has got. */
const MOST_BUFFERED = 1024 * 1024

/**
 * What is sent to one viewer over a reliable stream: which frames, and how much in all. What does not fit is not sent,
 * and what follows it is a keyframe, so that the viewer is late by little, however much somebody on the way buffers.
 * Knows nothing of messages; time comes in as `now`, ms.
 */
export class SocketSender {
  readonly #control: StreamControl
  readonly #requests = new KeyframeRequests()
  readonly #stalls = new StallMeter()
  readonly #timing = new TimingMeter()
  readonly #keyframes: Record<KeyframeCause, number> = { joined: 0, asked: 0, overflow: 0, rung: 0 }
  #waits = true
  /** A keyframe is to be asked for as soon as there is room. */
  #owed: KeyframeCause | undefined
  #isUrgent = false
  /** The last one: its number and size; undefined when it has arrived. */
  #keyframe: { readonly number: number; readonly bytes: number } | undefined
  #next = 0
  #reportedRate = 0
  #sent = 0
  #dropped = 0
  #bytes = 0

  constructor(private readonly options: SocketSenderOptions) {
    const { min, start } = options.rates
    this.#control = new StreamControl({ minRate: min, startRate: start })
  }

  /** Nothing that is sent now can be decoded: a keyframe has to come first. */
  get waitsForKeyframe(): boolean {
    return this.#waits
  }

  /** The number of the frame that is sent next. */
  get nextNumber(): number {
    return this.#next
  }

  /** How long it takes until there is nothing in a queue, ms. */
  backlog(now: number): number {
    return this.#control.backlog(now) + this.#control.timeFor(this.options.buffered())
  }

  /** What an encoder may make for this viewer, bit/s. */
  mediaRate(now: number): number {
    return MEDIA_SHARE * this.#control.rate(now)
  }

  demand(now: number): Demand {
    return {
      rate: this.mediaRate(now),
      capacity: MEDIA_SHARE * this.#control.capacity,
      isUrgent: this.#isUrgent,
      isKnown: this.#control.isSettled(now),
    }
  }

  /** The most that the encoder would make for it, bit/s. */
  setMaxRate(rate: number): void {
    this.#control.setMaxRate((rate * PROBE_FACTOR) / MEDIA_SHARE)
  }

  /** Whether this frame is to be sent now. If not, it never is, and a keyframe has to come. */
  admits(frame: PacketizedFrame, now: number): boolean {
    if (frame.keyframe || !this.#waits) {
      if (this.#hasRoom(now)) return true
      this.#stalls.begin(now)
      this.#owe('overflow')
      this.#waits = true
      this.#isUrgent ||= this.#control.hasCollapsed(now)
    }
    this.#dropped++
    return false
  }

  /** A frame that was admitted has left, with what was said of it. */
  sent(frame: PacketizedFrame, bytes: number, now: number): void {
    const number = this.#next
    this.#next = (number + 1) >>> 0
    this.#control.onSent(number, bytes, now)
    this.#sent++
    this.#bytes += bytes
    if (frame.keyframe) {
      this.#waits = false
      this.#owed = undefined
      this.#isUrgent = false
      this.#keyframe = { number, bytes }
      this.#requests.served()
      this.#stalls.end(now)
    }
    if (frame.timing) this.#timing.add(frame.timing, now)
  }

  /**
   * A frame has arrived, and all before it.
   *
   * @returns false when no such frame is on its way
   */
  arrived(number: number, now: number): boolean {
    if (!this.#control.onDelivered(number, now)) return false
    if (this.#keyframe && number >= this.#keyframe.number) this.#keyframe = undefined
    this.tick(now)
    return true
  }

  /** The viewer cannot decode what it is sent. */
  keyframeAsked(now: number): void {
    // One that is on its way serves it as well.
    if (this.#keyframe || this.#owed) return
    this.#stalls.begin(now)
    this.#waits = true
    this.#owe('asked')
    this.tick(now)
  }

  /** Some times a second: what silence and requests that wait need. */
  tick(now: number): void {
    if (this.#owed && this.backlog(now) <= ROOM) {
      const cause = this.#owed
      this.#owed = undefined
      if (this.#requests.request(now)) this.options.onKeyframeNeeded(cause)
    } else if (this.#requests.due(now)) this.options.onKeyframeNeeded('asked')
    const rate = this.#control.rate(now)
    if (Math.abs(rate - this.#reportedRate) <= RATE_STEP * this.#reportedRate) return
    this.#reportedRate = rate
    this.options.onRate()
  }

  /** It is to be moved to another rung, which begins with a keyframe. */
  countRungChange(): void {
    this.#keyframes.rung++
  }

  /** It has joined, and a keyframe is made for it. */
  countJoin(): void {
    this.#keyframes.joined++
  }

  /** Where the time of its frames goes. */
  timing(now: number): SendingTimes | undefined {
    return this.#timing.times(now)
  }

  stats(now: number): SendingStats {
    const { deliveryRate } = this.#control
    return {
      estimate: Math.round(this.#control.rate(now)),
      acknowledged: deliveryRate === undefined ? undefined : Math.round(deliveryRate),
      queueDelay: this.#control.queueDelay,
      roundTripTime: this.#control.roundTripTime,
      loss: 0,
      jitter: 0,
      bytesSent: this.#bytes,
      packetsSent: 0,
      packetsRetransmitted: 0,
      paddingPackets: 0,
      framesSent: this.#sent,
      framesDropped: this.#dropped,
      probes: 0,
      keyframes: { ...this.#keyframes },
      ...this.#stalls.stats(now),
      timing: this.timing(now),
    }
  }

  #owe(cause: KeyframeCause): void {
    if (this.#owed) return
    this.#owed = cause
    this.#keyframes[cause]++
  }

  #hasRoom(now: number): boolean {
    if (this.options.buffered() > MOST_BUFFERED) return false
    const keyframe = this.#keyframe ? this.#control.timeFor(this.#keyframe.bytes) : 0
    return this.backlog(now) <= MOST_BACKLOG + Math.min(KEYFRAME_ALLOWANCE, keyframe)
  }
}
