import { monotonicNow } from '../common/clock.js'
import type { SendingTimes } from '../common/frame-timing.js'
import type { KeyframeCause, SendingStats } from '../common/viewer-stats.js'
import { Pacer } from '../congestion/index.js'
import {
  FeedbackHandler,
  type PacketizedFrame,
  type PlayoutDelay,
  type Retransmission,
  RtpStream,
  type RtpStreamOptions,
} from '../rtp/index.js'
import { KeyframeRequests } from './keyframe-requests.js'
import { type Heard, type PathStream, type RateLimits, SendPath } from './send-path.js'
import { StallMeter } from './stall-meter.js'
import { TimingMeter } from './timing-meter.js'

export interface MediaSenderOptions {
  readonly stream: RtpStreamOptions
  /** The way that it goes, shared with other streams. Default: one of its own. */
  readonly path?: SendPath
  /** Of a path of its own. */
  readonly rates?: RateLimits
  /** Nothing that is sent can be decoded before a keyframe. */
  onKeyframeNeeded(cause: KeyframeCause): void
  /** The rate of a path of its own has changed by more than a little. */
  onRate?(): void
}

/** One stream that is sent to one receiver, and when: RTP, pacer, keyframe requests. What its network carries knows the path. */
export class MediaSender implements PathStream {
  readonly path: SendPath
  readonly #stream: RtpStream
  readonly #feedback: FeedbackHandler
  readonly #pacer: Pacer<PacketizedFrame, Retransmission>
  readonly #requests = new KeyframeRequests()
  readonly #stalls = new StallMeter()
  readonly #timing = new TimingMeter()
  readonly #keyframes: Record<KeyframeCause, number> = { joined: 0, asked: 0, overflow: 0, rung: 0 }
  /** The application has said what playout delay it wants. */
  readonly #hasOwnPlayout: boolean
  #isUrgent = false
  #started = false
  #isPaused = false
  /** Of the last keyframe. */
  #keyframeTime = Number.NEGATIVE_INFINITY

  constructor(private readonly options: MediaSenderOptions) {
    const { rates = {}, stream } = options
    const canProbe = stream.extensions?.transportCc !== undefined
    this.path = options.path ?? new SendPath(rates, () => options.onRate?.())
    const { path } = this
    this.#stream = new RtpStream({ ...stream, log: path.log })
    this.#hasOwnPlayout = stream.playoutDelay !== undefined
    this.#feedback = new FeedbackHandler(this.#stream)
    this.#pacer = new Pacer<PacketizedFrame, Retransmission>(
      {
        sendPacket: (frame, index, now) => path.noted(now, () => this.#sendPacket(frame, index, now)),
        retransmit: (packet, now) => path.noted(now, () => this.#stream.retransmit(packet, now)),
        // Without transport-wide feedback nobody would ever say what came of it, and it would not end.
        probeRate: (now) => (canProbe ? path.probeRate(this, now) : undefined),
        sendPadding: (now) => path.noted(now, () => this.#stream.sendPadding(now), true),
        needsKeyframe: () => this.#needKeyframe('overflow', monotonicNow()),
      },
      { budget: path.budget },
    )
    path.add(this)
  }

  /** Nothing that is sent now can be decoded: a keyframe has to come first. */
  get waitsForKeyframe(): boolean {
    return this.#pacer.waitsForKeyframe
  }

  /** How long it takes to send what waits, ms. */
  get backlog(): number {
    return Math.max(this.#pacer.queuedTime, this.path.heldFor(monotonicNow()))
  }

  /** Its network is known: who has just come has an estimate that still grows by the moment. */
  isSettled(now: number): boolean {
    return this.path.isSettled(now)
  }

  /** What an encoder may make for this viewer, bit/s. */
  mediaRate(now: number): number {
    return this.path.mediaRate(now)
  }

  /** The same in the long run, when the network has got over the present moment. */
  get capacity(): number {
    return this.path.capacity
  }

  /** Its network has collapsed, and it sees nothing until a keyframe has come through. */
  get isUrgent(): boolean {
    return this.#isUrgent
  }

  /** The most that the encoder would make for it, bit/s: more needs not be known. */
  setMaxRate(rate: number): void {
    this.path.setMaxRate(rate)
  }

  /** The time that a frame has in the viewer's stream, 1/90,000 s. To be asked in the order of sending. */
  timeOf(frame: PacketizedFrame): number {
    return this.#stream.timeOf(frame)
  }

  /** Sends a frame, or queues it for a moment, or drops it until the next keyframe if this viewer is too slow. */
  sendFrame(frame: PacketizedFrame, now: number): void {
    if (frame.keyframe) {
      this.#requests.served()
      this.#keyframeTime = frame.captureTime
      this.#isUrgent = false
    }
    this.#started = true
    this.#isPaused = false
    this.#pacer.enqueueFrame(frame)
    this.path.process(now)
  }

  /** Takes RTCP, for all streams of the path. @returns whether the viewer said goodbye */
  receive(packet: Uint8Array, now: number): boolean {
    return this.path.receive(packet, now)
  }

  /** Some times a second: what silence, probes and requests that wait need. */
  tick(now: number): void {
    if (!this.#started) return
    if (this.#requests.due(now)) this.options.onKeyframeNeeded('asked')
    this.path.update(now)
  }

  /** Nothing is sent of it until the next keyframe comes; that of other streams is. */
  pause(now: number): void {
    this.#started = false
    this.#isPaused = true
    this.#isUrgent = false
    this.#pacer.clear()
    this.#requests.served()
    this.#stalls.end(now)
  }

  get isActive(): boolean {
    return this.#started
  }

  hear(packet: Uint8Array, now: number): Heard {
    const before = this.#stream.reception
    const feedback = this.#feedback.receive(packet, now)
    const { reception } = this.#stream
    return { ...feedback, report: reception === before ? undefined : reception }
  }

  answer({ retransmissions, keyframeRequested }: Heard, now: number): void {
    // Whoever asks for what is left out asks in vain, until it comes with a keyframe.
    if (this.#isPaused) return
    if (retransmissions.length > 0) this.#retransmit(retransmissions, now)
    if (!keyframeRequested) return
    this.#stalls.begin(now)
    this.#needKeyframe('asked', now)
  }

  process(now: number): number | undefined {
    return this.#pacer.process(now)
  }

  setPace(rate: number, factor?: number): void {
    this.#pacer.setRate(rate, factor)
  }

  setPlayoutDelay(delay: PlayoutDelay): void {
    if (!this.#hasOwnPlayout) this.#stream.setPlayoutDelay(delay)
  }

  collapse(now: number): void {
    if (!this.#started) return
    this.#isUrgent = true
    this.#pacer.clear()
    this.#stalls.begin(now)
  }

  resume(now: number): void {
    if (this.#started && this.#pacer.waitsForKeyframe) this.#needKeyframe('overflow', now)
  }

  /** It is to be moved to another rung, which begins with a keyframe. */
  countRungChange(): void {
    this.#keyframes.rung++
  }

  /** It has joined, and a keyframe is made for it. */
  countJoin(): void {
    this.#keyframes.joined++
  }

  senderReport(now: number): Buffer {
    return this.#stream.senderReport(now)
  }

  bye(now: number): Buffer {
    return this.#stream.bye(now)
  }

  stop(): void {
    this.path.stop()
    this.#pacer.clear()
  }

  stats(now: number): SendingStats {
    const path = this.path.stats(now)
    const stream = this.#stream.stats
    return {
      ...path,
      roundTripTime: this.#stream.reception?.roundTripTime ?? path.roundTripTime,
      jitter: this.#stream.reception?.jitter ?? 0,
      bytesSent: stream.bytesSent,
      packetsSent: stream.packetsSent,
      packetsRetransmitted: stream.packetsRetransmitted,
      paddingPackets: stream.paddingPackets,
      framesSent: stream.framesSent,
      framesDropped: this.#pacer.stats.framesDropped,
      keyframes: { ...this.#keyframes },
      ...this.#stalls.stats(now),
      timing: this.timing(now),
    }
  }

  /** Where the time of its frames goes. */
  timing(now: number): SendingTimes | undefined {
    return this.#timing.times(now)
  }

  #sendPacket(frame: PacketizedFrame, index: number, now: number): boolean {
    const sent = this.#stream.sendPacket(frame, index, now)
    if (index < frame.packets.length - 1) return sent
    if (frame.keyframe) this.#stalls.end(now)
    if (frame.timing) this.#timing.add(frame.timing, now)
    return sent
  }

  #retransmit(retransmissions: readonly Retransmission[], now: number): void {
    // A keyframe is about to replace all of it.
    if (this.path.heldFor(now) > 0) return
    // What was before the last keyframe is not needed any more, and would hold up what is.
    const needed = retransmissions.filter(({ frame }) => frame.captureTime >= this.#keyframeTime)
    // One after the other, so that the copies of one packet are not lost together.
    const copies = this.path.repairCopies
    for (let copy = 0; copy < copies; copy++) {
      this.#pacer.enqueueRetransmissions(
        needed.filter(({ frame, index }) => this.path.mayRetransmit(frame.packets[index]?.length ?? 0, now)),
      )
    }
  }

  #needKeyframe(cause: KeyframeCause, now: number): void {
    if (cause === 'overflow') this.#stalls.begin(now)
    this.#keyframes[cause]++
    if (this.#requests.request(now)) this.options.onKeyframeNeeded(cause)
  }
}
