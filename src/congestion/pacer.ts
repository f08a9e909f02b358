import type { PacedFrame, PacedRetransmission, PacerOptions, PacerSink, PacerStats } from './pacer-types.js'
import { SendBudget } from './send-budget.js'

const DEFAULT_RATE = 50_000_000
/** The target times this is the rate of sending, unless it is said. */
export const PACE_FACTOR = 2.5
const DEFAULT_MAX_QUEUE_TIME = 250
const DEFAULT_MAX_QUEUE_BYTES = 2 * 1024 * 1024
/** With more than this waiting (ms), a keyframe replaces what is before it instead of following it. */
const SUPERSEDE_TIME = 50
/** Retransmissions waiting; a receiver asks again for what is left out. */
const MAX_RETRANSMISSIONS = 1000

interface Entry<F> {
  readonly frame: F
  readonly bytes: number
  /** Index of the packet to send next. */
  next: number
}

/**
 * Spreads a viewer's packets over time: retransmissions first, then frames in their order, as many bytes
 * as the rate allows after a burst. Pure: time (ms, monotonic) comes in with each call, packets leave
 * through the sink; knows nothing of codecs and sockets.
 *
 * A viewer that cannot follow loses frames, not time. When delta frames do not fit, all that are queued
 * go, and no other is taken before the next keyframe, for which `needsKeyframe` asks. A keyframe in the
 * queue stays: a link on which each one is pushed out by the next request would never show an image. A
 * keyframe overtakes deltas by replacing them, since they are not wanted any more; sent after it they
 * would break it.
 */
export class Pacer<F extends PacedFrame, R extends PacedRetransmission & { readonly frame: F }> {
  readonly #sink: PacerSink<F, R>
  readonly #factor: number
  readonly #maxQueueTime: number
  readonly #maxQueueBytes: number
  readonly #budget: SendBudget
  #probe: { readonly rate: number; readonly budget: SendBudget } | undefined
  readonly #retransmissions: R[] = []
  #frames: Entry<F>[] = []
  /** Bytes of `#frames` not sent yet, and the share of delta frames in it. */
  #queuedBytes = 0
  #queuedDeltaBytes = 0
  /** Delta frames are refused: the viewer has nothing they could build on. So it is at the start. */
  #chainBroken = true
  /** `needsKeyframe` is still to be called, when the keyframe in the queue has left. */
  #reportPending = false
  readonly #stats = { framesDropped: 0, overflows: 0, retransmissionsDropped: 0 }

  constructor(sink: PacerSink<F, R>, options: PacerOptions = {}) {
    this.#sink = sink
    this.#factor = options.factor ?? PACE_FACTOR
    this.#maxQueueTime = options.maxQueueTime ?? DEFAULT_MAX_QUEUE_TIME
    this.#maxQueueBytes = options.maxQueueBytes ?? DEFAULT_MAX_QUEUE_BYTES
    this.#budget = options.budget ?? new SendBudget((options.rate ?? DEFAULT_RATE) * this.#factor)
  }

  get stats(): PacerStats {
    return { ...this.#stats }
  }

  /** Bytes of frames that wait. */
  get queuedBytes(): number {
    return this.#queuedBytes
  }

  /** How long it would take to send them, ms. */
  get queuedTime(): number {
    return this.#budget.timeFor(this.#queuedBytes)
  }

  /** Delta frames are refused until the next keyframe. */
  get waitsForKeyframe(): boolean {
    return this.#chainBroken
  }

  /** Sets the target bitrate, bits per second; the pace is this times the factor, by default that of the options. */
  setRate(rate: number, factor = this.#factor): void {
    this.#budget.setRate(rate * factor)
  }

  /**
   * Queues a frame; `process` sends it. The first must be a keyframe.
   * @returns false when the frame was dropped, because the queue is full or a keyframe has to come first
   */
  enqueueFrame(frame: F): boolean {
    const bytes = frame.packets.reduce((sum, { length }) => sum + length, 0)
    if (frame.keyframe) {
      // They are for frames before it, which it makes superfluous.
      this.#stats.retransmissionsDropped += this.#retransmissions.length
      this.#retransmissions.length = 0
      if (this.queuedTime > SUPERSEDE_TIME) this.#dropWhere(({ next }) => next === 0)
      this.#chainBroken = false
      this.#reportPending = false
    } else if (this.#chainBroken) {
      this.#stats.framesDropped++
      return false
    } else if (this.#overflows(bytes)) {
      this.#stats.framesDropped++
      this.#stats.overflows++
      this.#breakChain()
      return false
    } else {
      this.#queuedDeltaBytes += bytes
    }
    this.#queuedBytes += bytes
    if (frame.packets.length > 0) this.#frames.push({ frame, bytes, next: 0 })
    return true
  }

  /** Queues packets to be sent again, ahead of all frames. What is too much is left out. */
  enqueueRetransmissions(retransmissions: readonly R[]): void {
    const room = Math.max(0, MAX_RETRANSMISSIONS - this.#retransmissions.length)
    this.#retransmissions.push(...retransmissions.slice(0, room))
    this.#stats.retransmissionsDropped += Math.max(0, retransmissions.length - room)
  }

  /**
   * Sends what is due.
   * @returns ms until it should be called again, above 0; undefined when nothing waits
   */
  process(now: number): number | undefined {
    this.#budget.advance(now)
    for (;;) {
      // Asked for each packet, since any of them may be the last of a probe.
      const budget = this.#probing(now) ?? this.#budget
      const mayWait = this.#retransmissions.length > 0 || this.#frames.length > 0
      if (!budget.available) return mayWait || this.#probe ? budget.wait : undefined
      if (!this.#sendRetransmission(now) && !this.#sendFramePacket(now) && !this.#sendPadding(now))
        return undefined
    }
  }

  /** The budget of the probe that is under way. */
  #probing(now: number): SendBudget | undefined {
    const rate = this.#sink.probeRate?.(now)
    if (rate === undefined) this.#probe = undefined
    else if (this.#probe?.rate !== rate) this.#probe = { rate, budget: new SendBudget(rate, true) }
    this.#probe?.budget.advance(now)
    return this.#probe?.budget
  }

  #sendPadding(now: number): boolean {
    if (!this.#probe) return false
    const bytes = this.#sink.sendPadding?.(now) ?? 0
    this.#probe.budget.spend(bytes)
    return bytes > 0
  }

  #spend(bytes: number): void {
    this.#budget.spend(bytes)
    this.#probe?.budget.spend(bytes)
  }

  /** Drops everything that waits; the next frame must be a keyframe again. Does not call `needsKeyframe`. */
  clear(): void {
    this.#retransmissions.length = 0
    this.#dropWhere(() => true)
    this.#chainBroken = true
    this.#reportPending = false
  }

  #sendRetransmission(now: number): boolean {
    const retransmission = this.#retransmissions.shift()
    if (!retransmission) return false
    this.#spend(retransmission.frame.packets[retransmission.index]?.length ?? 0)
    this.#sink.retransmit(retransmission, now)
    return true
  }

  #sendFramePacket(now: number): boolean {
    const entry = this.#frames[0]
    if (!entry) return false
    const { frame } = entry
    const index = entry.next++
    const size = frame.packets[index]!.length
    this.#spend(size)
    this.#queuedBytes -= size
    if (!frame.keyframe) this.#queuedDeltaBytes -= size
    if (entry.next === frame.packets.length) this.#frames.shift()
    this.#sink.sendPacket(frame, index, now)
    if (this.#reportPending && this.#frames.length === 0) this.#report()
    return true
  }

  /** Keyframes do not count: while a large one leaves, some deltas may gather behind it. */
  #overflows(bytes: number): boolean {
    if (this.#frames.length === 0) return false
    const queued = this.#queuedDeltaBytes + bytes
    return queued > this.#maxQueueBytes || this.#budget.timeFor(queued) > this.#maxQueueTime
  }

  #breakChain(): void {
    this.#chainBroken = true
    this.#dropWhere(({ frame }) => !frame.keyframe)
    if (this.#frames.length > 0) this.#reportPending = true
    else this.#report()
  }

  #report(): void {
    this.#reportPending = false
    this.#sink.needsKeyframe()
  }

  #dropWhere(condition: (entry: Entry<F>) => boolean): void {
    const kept = this.#frames.filter((entry) => !condition(entry))
    this.#stats.framesDropped += this.#frames.length - kept.length
    this.#frames = kept
    this.#queuedBytes = 0
    this.#queuedDeltaBytes = 0
    for (const { frame, next } of kept) {
      for (let i = next; i < frame.packets.length; i++) {
        this.#queuedBytes += frame.packets[i]!.length
        if (!frame.keyframe) this.#queuedDeltaBytes += frame.packets[i]!.length
      }
    }
  }
}
