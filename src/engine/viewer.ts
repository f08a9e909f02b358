import { randomInt } from 'node:crypto'
import { CHANNEL_LABEL, type ServerMessage } from '../common/channel-protocol.js'
import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import type { ViewerStats } from '../common/viewer-stats.js'
import type { PacketizedFrame, PlayoutDelay } from '../rtp/index.js'
import {
  buildAnswer,
  buildRemoteOffer,
  type Negotiated,
  type Offer,
  parseAdvertisedAddress,
  parseLocalDescription,
  videoMid,
  withAdvertised,
} from '../signaling/index.js'
import { type IceOptions, Peer, type PeerLimits } from '../transport/index.js'
import { Conversation, type InputOfViewer } from './conversation.js'
import { CHANNEL_OPTIONS } from './limits.js'
import { NoteBudget } from './note-budget.js'
import { PeerSending } from './peer-sending.js'
import { randomToken } from './random-token.js'
import type { RateLimits } from './send-path.js'
import type { Demand, EngineViewer, WatcherIdentity } from './watcher.js'

export interface ViewerEvents {
  /** Media can flow from now on. */
  onOpen(): void
  /** The connection is over. Not called after `close()`. */
  onClose(reason: string): void
  onKeyframeNeeded(): void
  /** What it can be sent has changed by more than a little. */
  onRate(): void
  /** Its data channel is open, and `greet` is expected. */
  onChannelOpen(): void
  onMessage(message: InputOfViewer): void
  /** There will not be another one. */
  onChannelClosed(): void
  /** Its data channel was closed because a limit was reached: the option's name, and its value. */
  onLimit(limit: string, value: number): void
  onError(error: unknown): void
}

/** What the track and the server ask for. */
export interface ViewerSettings {
  readonly rates: RateLimits
  readonly playoutDelay?: PlayoutDelay | undefined
  readonly limits: PeerLimits
}

/** One viewer: its connection, and what is sent over it. A viewer costs packets, never an encode. */
export class Viewer implements EngineViewer {
  readonly codec: VideoCodec
  readonly #peer: Peer
  readonly #sending: PeerSending
  readonly #noteBudget = new NoteBudget()
  readonly #clockOffset = randomInt(2 ** 32)
  readonly #conversation: Conversation
  readonly #cname = randomToken()
  readonly #ssrc = randomInt(1, 2 ** 32)
  readonly #rtxSsrc: number

  constructor(
    readonly identity: WatcherIdentity,
    private readonly offer: Offer,
    private readonly negotiated: Negotiated,
    private readonly ice: IceOptions,
    settings: ViewerSettings,
    private readonly events: ViewerEvents,
  ) {
    this.codec = negotiated.codec
    do this.#rtxSsrc = randomInt(1, 2 ** 32)
    while (this.#rtxSsrc === this.#ssrc)
    this.#conversation = new Conversation(
      identity,
      this.#clockOffset,
      {
        sendText: (text) => this.#peer.sendText(text),
        sendNote: (text, bytes) => this.#sendNote(text, bytes),
      },
      (message) => events.onMessage(message),
    )
    const { payloadType, fmtp, rtx, extensions } = negotiated
    const rtxStream = rtx && { ssrc: this.#rtxSsrc, payloadType: rtx.payloadType }
    const mid = videoMid(negotiated)
    this.#peer = new Peer(
      identity.id,
      {
        mid,
        codecs: [
          { name: negotiated.codec.toUpperCase(), payloadType, fmtp, rtxPayloadType: rtx?.payloadType },
        ],
        ssrcs: [this.#ssrc, ...(rtxStream ? [rtxStream.ssrc] : [])],
        cname: this.#cname,
      },
      ice,
      settings.limits,
      {
        onOpen: () => this.#opened(),
        onClose: (reason) => this.#ended(reason),
        onRtcp: (packet) => this.#receive(packet),
        onChannelOpen: (label) => this.#openChannel(label),
        onChannelMessage: (message) => this.#conversation.read(message),
        onChannelClosed: () => this.#closeChannel(),
        onChannelLimit: (limit) => events.onLimit(CHANNEL_OPTIONS[limit], settings.limits.channel[limit]),
        onFrameChannelOpen: () => this.#conversation.openNotes(monotonicNow()),
        onError: (error) => events.onError(error),
      },
    )
    this.#sending = new PeerSending(this.#peer, {
      stream: {
        ssrc: this.#ssrc,
        payloadType,
        ...(rtxStream && { rtx: rtxStream }),
        clockOffset: this.#clockOffset,
        mid,
        extensions,
        ...(settings.playoutDelay && { playoutDelay: settings.playoutDelay }),
        cname: this.#cname,
      },
      rates: settings.rates,
      onKeyframeNeeded: () => events.onKeyframeNeeded(),
      onRate: () => events.onRate(),
    })
  }

  /** Answers the offer it was made with; once. @returns SDP for the browser, with all candidates */
  async answer(): Promise<string> {
    const local = parseLocalDescription(await this.#peer.answer(buildRemoteOffer(this.negotiated)))
    const advertised = (this.ice.advertise ?? []).flatMap((text) => parseAdvertisedAddress(text) ?? [])
    return buildAnswer({
      offer: this.offer,
      negotiated: this.negotiated,
      local: { ...local, candidates: withAdvertised(local.candidates, advertised) },
      ssrc: this.#ssrc,
      rtxSsrc: this.#rtxSsrc,
      cname: this.#cname,
      streamId: 'pixelcast',
      trackId: this.identity.id,
    })
  }

  /** The peer's ICE user name fragment; another one in a trickle fragment would be an ICE restart. */
  get remoteUfrag(): string {
    return this.negotiated.transport.iceUfrag
  }

  /** @param candidates validated, their addresses IP literals */
  addCandidates(candidates: readonly string[]): void {
    for (const candidate of candidates) this.#peer.addCandidate(candidate, videoMid(this.negotiated))
  }

  get isOpen(): boolean {
    return this.#peer.isOpen
  }

  /** Nothing that is sent now can be decoded: a keyframe has to come first. */
  get waitsForKeyframe(): boolean {
    return this.#sending.sender.waitsForKeyframe
  }

  /** How long it takes to send it what waits, ms. */
  get backlog(): number {
    return this.#sending.sender.backlog
  }

  demand(now: number): Demand {
    return this.#sending.demand(now)
  }

  /** The most that the encoder would make for it, bit/s. */
  setMaxRate(rate: number): void {
    this.#sending.sender.setMaxRate(rate)
  }

  /** Sends a frame, or queues it for a moment, or drops it until the next keyframe if this viewer is too slow. */
  sendFrame(frame: PacketizedFrame): void {
    if (!this.#peer.isOpen) return
    this.#conversation.tellSize(frame.width, frame.height)
    const now = monotonicNow()
    const { sender } = this.#sending
    // What nothing can be decoded of until a keyframe has come is not sent.
    if (frame.keyframe || !sender.waitsForKeyframe)
      this.#conversation.tellOf(frame.metadata, sender.timeOf(frame), now)
    this.#sending.sendFrame(frame, now)
  }

  /** Some times a second. */
  pace(now: number): void {
    this.#sending.pace(now)
  }

  /** Once a second: reports, and notices who fell silent. */
  tick(now: number): void {
    if (!this.#sending.report(now)) return
    const timing = this.#sending.sender.timing(now)
    if (timing) this.tell({ t: 'timing', ...timing })
    if (!this.#sending.isSilent(now)) return
    this.close()
    this.#ended('no report for 10 s')
  }

  /** Sends the first message on its data channel. */
  greet(canControl: boolean): void {
    this.#conversation.greet(canControl)
  }

  /**
   * Sends a message on its data channel, if it has one.
   *
   * @returns false when it was not sent because the viewer does not take what it was sent before
   */
  tell(message: ServerMessage): boolean {
    return this.#conversation.tell(message)
  }

  closeChannel(): void {
    this.#peer.closeChannel()
  }

  stats(now: number): ViewerStats {
    return {
      transport: 'webrtc',
      codec: this.codec,
      scale: this.#sending.scale,
      ...this.#sending.sender.stats(now),
      ignoredMessages: this.#conversation.ignored,
    }
  }

  /** Ends the connection, telling the viewer why if it can be told. No event follows. */
  close(reason?: string, retry = false): void {
    this.#sending.stop()
    if (reason !== undefined) this.tell({ t: 'bye', reason, retry })
    this.#sending.sayGoodbye(monotonicNow())
    this.#peer.close()
  }

  #opened(): void {
    this.#sending.opened(monotonicNow())
    this.events.onOpen()
  }

  #ended(reason: string): void {
    this.#sending.stop()
    this.events.onClose(reason)
  }

  #receive(packet: Buffer): void {
    if (!this.#sending.receive(packet, monotonicNow())) return
    this.close()
    this.#ended('the viewer said goodbye')
  }

  #openChannel(label: string): void {
    if (label !== CHANNEL_LABEL) return
    this.#conversation.open()
    this.events.onChannelOpen()
  }

  #closeChannel(): void {
    if (this.#conversation.close()) this.events.onChannelClosed()
  }

  #sendNote(text: string, bytes: number): boolean {
    const now = monotonicNow()
    return (
      this.#noteBudget.allow(bytes, this.#sending.sender.mediaRate(now), now) &&
      this.#peer.sendFrameText(text)
    )
  }
}
