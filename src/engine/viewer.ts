import { randomInt } from 'node:crypto'
import { CHANNEL_LABEL, CHANNEL_VERSION, type ServerMessage } from '../common/channel-protocol.js'
import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import { Pacer } from '../congestion/index.js'
import { FeedbackHandler, type PacketizedFrame, type Retransmission, RtpStream } from '../rtp/index.js'
import {
  buildAnswer,
  buildRemoteOffer,
  type Negotiated,
  type Offer,
  parseLocalDescription,
  videoMid,
} from '../signaling/index.js'
import { type IceOptions, Peer } from '../transport/index.js'
import { readViewerMessage } from './viewer-message.js'

export interface ViewerIdentity {
  /** Public. */
  readonly id: string
  /** Secret: names the session in its URL. */
  readonly session: string
  /** The name of the track that it watches. */
  readonly track: string
}

export interface ViewerEvents {
  /** Media can flow from now on. */
  onOpen(): void
  /** The connection is over. Not called after `close()`. */
  onClose(reason: string): void
  onKeyframeNeeded(): void
  onError(error: unknown): void
}

/** A viewer that gets media sends receiver reports about once a second (RFC 3550, section 6.2); silence this long means that it crashed or lost its network. */
const SILENCE_MS = 10_000

/** One viewer: its connection, its RTP stream, its pacer. A viewer costs packets, never an encode. */
export class Viewer {
  readonly codec: VideoCodec
  readonly #peer: Peer
  readonly #stream: RtpStream
  readonly #feedback: FeedbackHandler
  readonly #pacer: Pacer<PacketizedFrame, Retransmission>
  readonly #clockOffset = randomInt(2 ** 32)
  readonly #cname = randomToken()
  readonly #ssrc = randomInt(1, 2 ** 32)
  readonly #rtxSsrc: number
  #pacerTimer: NodeJS.Timeout | undefined
  #heardAt = 0
  #spokeAt = 0
  #shownSize = ''
  #hasChannel = false

  constructor(
    readonly identity: ViewerIdentity,
    private readonly offer: Offer,
    private readonly negotiated: Negotiated,
    ice: IceOptions,
    private readonly events: ViewerEvents,
  ) {
    this.codec = negotiated.codec
    do this.#rtxSsrc = randomInt(1, 2 ** 32)
    while (this.#rtxSsrc === this.#ssrc)
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
        onChannelOpen: (label) => this.#greet(label),
        onChannelMessage: (message) => this.#read(message),
        onError: (error) => events.onError(error),
      },
    )
    this.#stream = new RtpStream({
      ssrc: this.#ssrc,
      payloadType,
      ...(rtxStream && { rtx: rtxStream }),
      clockOffset: this.#clockOffset,
      mid,
      extensions,
      cname: this.#cname,
      out: (packet) => this.#peer.send(packet),
    })
    this.#feedback = new FeedbackHandler(this.#stream)
    this.#pacer = new Pacer<PacketizedFrame, Retransmission>({
      sendPacket: (frame, index, now) => this.#stream.sendPacket(frame, index, now),
      retransmit: (retransmission, now) => this.#stream.retransmit(retransmission, now),
      needsKeyframe: () => events.onKeyframeNeeded(),
    })
  }

  /** Answers the offer it was made with; once. @returns SDP for the browser, with all candidates */
  async answer(): Promise<string> {
    const description = await this.#peer.answer(buildRemoteOffer(this.negotiated))
    return buildAnswer({
      offer: this.offer,
      negotiated: this.negotiated,
      local: parseLocalDescription(description),
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
    return this.#pacer.waitsForKeyframe
  }

  /** Sends a frame, or queues it for a moment, or drops it until the next keyframe if this viewer is too slow. */
  sendFrame(frame: PacketizedFrame): void {
    if (!this.#peer.isOpen) return
    this.#tellSize(frame.width, frame.height)
    this.#pacer.enqueueFrame(frame)
    const isFirst = this.#spokeAt === 0
    const now = monotonicNow()
    this.#process(now)
    this.#spokeAt = now
    if (isFirst) this.#peer.send(this.#stream.senderReport(now))
  }

  /** Once a second: reports, and notices who fell silent. */
  tick(now: number): void {
    if (!this.#peer.isOpen || this.#spokeAt === 0) return
    this.#peer.send(this.#stream.senderReport(now))
    // Only while media was sent: who gets nothing reports nothing.
    if (this.#spokeAt > this.#heardAt && now - this.#heardAt > SILENCE_MS) {
      this.close()
      this.#ended('no report for 10 s')
    }
  }

  /** Ends the connection, telling the viewer why if it can be told. No event follows. */
  close(reason?: string, retry = false): void {
    clearTimeout(this.#pacerTimer)
    this.#pacer.clear()
    if (reason !== undefined) this.#tell({ t: 'bye', reason, retry })
    if (this.#peer.isOpen) this.#peer.send(this.#stream.bye(monotonicNow()))
    this.#peer.close()
  }

  #opened(): void {
    this.#heardAt = monotonicNow()
    this.events.onOpen()
  }

  #ended(reason: string): void {
    clearTimeout(this.#pacerTimer)
    this.#pacer.clear()
    this.events.onClose(reason)
  }

  #receive(packet: Buffer): void {
    const now = monotonicNow()
    this.#heardAt = now
    const { keyframeRequested, retransmissions, bye } = this.#feedback.receive(packet, now)
    if (bye) {
      this.close()
      this.#ended('the viewer said goodbye')
      return
    }
    if (retransmissions.length > 0) {
      this.#pacer.enqueueRetransmissions(retransmissions)
      this.#process(now)
    }
    if (keyframeRequested) this.events.onKeyframeNeeded()
  }

  #process(now: number): void {
    clearTimeout(this.#pacerTimer)
    this.#pacerTimer = undefined
    const wait = this.#pacer.process(now)
    if (wait !== undefined)
      this.#pacerTimer = setTimeout(() => this.#process(monotonicNow()), Math.ceil(wait))
  }

  #greet(label: string): void {
    if (label !== CHANNEL_LABEL) return
    this.#hasChannel = true
    const { id, track } = this.identity
    this.#tell({ t: 'hello', v: CHANNEL_VERSION, viewer: id, track, rtpOffset: this.#clockOffset })
    const [width, height] = this.#shownSize.split('x').map(Number)
    if (width && height) this.#tell({ t: 'image', width, height })
  }

  #read(text: string): void {
    const message = readViewerMessage(text)
    if (message?.t === 'ping')
      this.#tell({ t: 'pong', id: message.id, at: message.at, clock: monotonicNow() })
  }

  #tellSize(width: number, height: number): void {
    const size = `${width}x${height}`
    if (size === this.#shownSize) return
    this.#shownSize = size
    this.#tell({ t: 'image', width, height })
  }

  #tell(message: ServerMessage): void {
    if (this.#hasChannel) this.#peer.sendText(JSON.stringify(message))
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
