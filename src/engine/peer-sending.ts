import type { KeyframeCause } from '../common/viewer-stats.js'
import type { PacketizedFrame, RtpStreamOptions } from '../rtp/index.js'
import { MediaSender } from './media-sender.js'
import type { RateLimits, SendPath } from './send-path.js'
import type { Demand } from './watcher.js'

/** The peer connection that packets go out on. */
export interface SendingPeer {
  readonly isOpen: boolean
  send(packet: Buffer): boolean
}

export interface PeerSendingOptions {
  readonly stream: Omit<RtpStreamOptions, 'out'>
  /** Of a way of its own. */
  readonly rates?: RateLimits
  /** The way that it goes, shared with other streams of the same connection. Default: one of its own. */
  readonly path?: SendPath
  onKeyframeNeeded(cause: KeyframeCause): void
  /** What it can be sent over a way of its own has changed by more than a little. */
  onRate?(): void
}

/** Whoever gets media reports about once a second (RFC 3550, section 6.2); silence this long means that it crashed or lost its network. */
const SILENCE_MS = 10_000

/** The half of a peer connection that sends: frames at the pace of its network, reports, and an ear for silence. */
export class PeerSending {
  readonly sender: MediaSender
  readonly #peer: SendingPeer
  #heardAt = 0
  #spokeAt = 0
  #scale: number | undefined

  constructor(peer: SendingPeer, { stream, ...options }: PeerSendingOptions) {
    this.#peer = peer
    this.sender = new MediaSender({ ...options, stream: { ...stream, out: (packet) => peer.send(packet) } })
  }

  /** Which rung it was sent last; undefined before the first frame. */
  get scale(): number | undefined {
    return this.#scale
  }

  demand(now: number): Demand {
    const { capacity, isUrgent } = this.sender
    return { rate: this.sender.mediaRate(now), capacity, isUrgent, isKnown: this.sender.isSettled(now) }
  }

  /** Media can flow from now on. */
  opened(now: number): void {
    this.#heardAt = now
  }

  /** Sends a frame, or queues it for a moment, or drops it until the next keyframe if the network is too slow. */
  sendFrame(frame: PacketizedFrame, now: number): void {
    if (this.#scale === undefined) this.sender.countJoin()
    else if (this.#scale !== frame.scale) this.sender.countRungChange()
    this.#scale = frame.scale
    const isFirst = this.#spokeAt === 0
    this.sender.sendFrame(frame, now)
    this.#spokeAt = now
    if (isFirst) this.#peer.send(this.sender.senderReport(now))
  }

  /** Some times a second. */
  pace(now: number): void {
    if (this.#peer.isOpen) this.sender.tick(now)
  }

  /** Once a second. @returns whether there was anything to report on */
  report(now: number): boolean {
    if (!this.#peer.isOpen || this.#spokeAt === 0) return false
    this.#peer.send(this.sender.senderReport(now))
    return true
  }

  /** Whether it has fallen silent. Only while media was sent: who gets nothing reports nothing. */
  isSilent(now: number, limit = SILENCE_MS): boolean {
    return this.#spokeAt > this.#heardAt && now - this.#heardAt > limit
  }

  /** Something came from the other side. */
  heard(now: number): void {
    this.#heardAt = now
  }

  /** Takes a compound RTCP packet, for all streams of its path. @returns whether the other side said goodbye */
  receive(packet: Buffer, now: number): boolean {
    this.heard(now)
    return this.sender.receive(packet, now)
  }

  /** Nothing is sent from now on; what is on the way is let go. */
  stop(): void {
    this.sender.stop()
  }

  /** The last packet. */
  sayGoodbye(now: number): void {
    if (this.#peer.isOpen) this.#peer.send(this.sender.bye(now))
  }
}
