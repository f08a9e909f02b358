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
import { type IceOptions, Peer } from '../transport/index.js'
import { Conversation, type InputOfViewer } from './conversation.js'
import { MediaSender, type RateLimits } from './media-sender.js'
import { NoteBudget } from './note-budget.js'
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
  onError(error: unknown): void
}

/** A viewer that gets media sends receiver reports about once a second (RFC 3550, section 6.2); silence this long means that it crashed or lost its network. */
const SILENCE_MS = 10_000

/** What the track asks for. */
export interface ViewerSettings {
  readonly rates: RateLimits
  readonly playoutDelay?: PlayoutDelay | undefined
}

/** One viewer: its connection, and what is sent over it. A viewer costs packets, never an encode. */
export class Viewer implements EngineViewer {
  readonly codec: VideoCodec
  readonly #peer: Peer
  readonly #sender: MediaSender
  readonly #noteBudget = new NoteBudget()
  readonly #clockOffset = randomInt(2 ** 32)
  readonly #conversation: Conversation
  readonly #cname = randomToken()
  readonly #ssrc = randomInt(1, 2 ** 32)
  readonly #rtxSsrc: number
  #heardAt = 0
  #spokeAt = 0
  #scale: number | undefined

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
        codecName: negotiated.codec.toUpperCase(),
        payloadType,
        ...(fmtp !== undefined && { fmtp }),
        ssrc: this.#ssrc,
        ...(rtxStream && { rtx: rtxStream }),
        cname: this.#cname,
      },
      ice,
      {
        onOpen: () => this.#opened(),
        onClose: (reason) => this.#ended(reason),
        onRtcp: (packet) => this.#receive(packet),
        onChannelOpen: (label) => this.#openChannel(label),
        onChannelMessage: (message) => this.#conversation.read(message),
        onChannelClosed: () => this.#closeChannel(),
        onFrameChannelOpen: () => this.#conversation.openNotes(monotonicNow()),
        onError: (error) => events.onError(error),
      },
    )
    this.#sender = new MediaSender({
      stream: {
        ssrc: this.#ssrc,
        payloadType,
        ...(rtxStream && { rtx: rtxStream }),
        clockOffset: this.#clockOffset,
        mid,
        extensions,
        ...(settings.playoutDelay && { playoutDelay: settings.playoutDelay }),
        cname: this.#cname,
        out: (packet) => this.#peer.send(packet),
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
    return this.#sender.waitsForKeyframe
  }

  /** How long it takes to send it what waits, ms. */
  get backlog(): number {
    return this.#sender.backlog
  }

  demand(now: number): Demand {
    const { capacity, isUrgent } = this.#sender
    return { rate: this.#sender.mediaRate(now), capacity, isUrgent, isKnown: this.#sender.isSettled(now) }
  }

  /** The most that the encoder would make for it, bit/s. */
  setMaxRate(rate: number): void {
    this.#sender.setMaxRate(rate)
  }

  /** Sends a frame, or queues it for a moment, or drops it until the next keyframe if this viewer is too slow. */
  sendFrame(frame: PacketizedFrame): void {
    if (!this.#peer.isOpen) return
    this.#conversation.tellSize(frame.width, frame.height)
    if (this.#scale === undefined) this.#sender.countJoin()
    else if (this.#scale !== frame.scale) this.#sender.countRungChange()
    this.#scale = frame.scale
    const isFirst = this.#spokeAt === 0
    const now = monotonicNow()
    // What nothing can be decoded of until a keyframe has come is not sent.
    if (frame.keyframe || !this.#sender.waitsForKeyframe)
      this.#conversation.tellOf(frame.metadata, this.#sender.timeOf(frame), now)
    this.#sender.sendFrame(frame, now)
    this.#spokeAt = now
    if (isFirst) this.#peer.send(this.#sender.senderReport(now))
  }

  /** Some times a second. */
  pace(now: number): void {
    if (this.#peer.isOpen) this.#sender.tick(now)
  }

  /** Once a second: reports, and notices who fell silent. */
  tick(now: number): void {
    if (!this.#peer.isOpen || this.#spokeAt === 0) return
    this.#peer.send(this.#sender.senderReport(now))
    const timing = this.#sender.timing(now)
    if (timing) this.tell({ t: 'timing', ...timing })
    // Only while media was sent: who gets nothing reports nothing.
    if (this.#spokeAt > this.#heardAt && now - this.#heardAt > SILENCE_MS) {
      this.close()
      this.#ended('no report for 10 s')
    }
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
      scale: this.#scale,
      ...this.#sender.stats(now),
      ignoredMessages: this.#conversation.ignored,
    }
  }

  /** Ends the connection, telling the viewer why if it can be told. No event follows. */
  close(reason?: string, retry = false): void {
    this.#sender.stop()
    if (reason !== undefined) this.tell({ t: 'bye', reason, retry })
    if (this.#peer.isOpen) this.#peer.send(this.#sender.bye(monotonicNow()))
    this.#peer.close()
  }

  #opened(): void {
    this.#heardAt = monotonicNow()
    this.events.onOpen()
  }

  #ended(reason: string): void {
    this.#sender.stop()
    this.events.onClose(reason)
  }

  #receive(packet: Buffer): void {
    const now = monotonicNow()
    this.#heardAt = now
    if (!this.#sender.receive(packet, now)) return
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
    return this.#noteBudget.allow(bytes, this.#sender.mediaRate(now), now) && this.#peer.sendFrameText(text)
  }
}

/** 96 random bits as a token (RFC 7022, section 5: a short-lived CNAME). */
function randomToken(): string {
  return Array.from({ length: 6 }, () =>
    randomInt(2 ** 16)
      .toString(36)
      .padStart(4, '0'),
  ).join('')
}
