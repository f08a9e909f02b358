import { FRAMES_LABEL } from '../common/channel-protocol.js'
import { monotonicNow } from '../common/clock.js'
import { FrameChannel } from './frame-channel.js'
import { type IceOptions, toConfig } from './ice-options.js'
import { type ChannelLimit, type ChannelLimits, IntakeMeter } from './intake-meter.js'
import {
  type DataChannel,
  guarded,
  type NativePeerConnection,
  type NativeTrack,
  PeerConnection,
  Video,
} from './native.js'

/** A codec of a video section. */
export interface PeerCodec {
  /** As in rtpmap: `H264`, `VP8`. */
  readonly name: string
  readonly payloadType: number
  readonly fmtp?: string | undefined
  readonly rtxPayloadType?: number | undefined
}

/** What one sending video section needs to know. All of it was validated: a malformed line aborts the process. */
export interface PeerMedia {
  readonly mid: string
  /** One in an answer; in an offer those to choose from. */
  readonly codecs: readonly PeerCodec[]
  /** Of all streams that go out, retransmissions too: feedback that names others would be dropped. */
  readonly ssrcs: readonly number[]
  readonly cname: string
}

/** What a viewer may take its time for, and send. */
export interface PeerLimits {
  /** ICE and DTLS must be up within this time after the answer, ms. */
  readonly handshakeTime: number
  readonly channel: ChannelLimits
}

export interface PeerEvents {
  /** ICE and DTLS are up: media can be sent. */
  onOpen(): void
  /** The connection is over, for the given reason. Called once, and not after `close()`. */
  onClose(reason: string): void
  /** A compound RTCP packet from the viewer, decrypted. */
  onRtcp(packet: Buffer): void
  /** The viewer's data channel can be written to. */
  onChannelOpen(label: string): void
  /** A text that the viewer sent; undefined: it sent bytes instead. */
  onChannelMessage(message: string | undefined): void
  /** The viewer's data channel is closed, by either side. There will not be another. Not called after `onClose`. */
  onChannelClosed(): void
  /** More came on its data channel than is borne; it is closed. */
  onChannelLimit(limit: ChannelLimit): void
  /** The viewer's data channel for what belongs to frames can be written to. */
  onFrameChannelOpen(): void
  /** Something was thrown in one of the callbacks above. */
  onError(error: unknown): void
}

/** Gathering host candidates is immediate; this bounds a STUN or TURN server that does not answer. */
const GATHERING_TIMEOUT_MS = 1_000
/** The library has one limit for what it reads and what it sends: metadata of 64 KiB and what is around them. */
const MAX_LIBRARY_MESSAGE = 68 * 1024
/** So much may wait for the viewer to take it, bytes. */
const MAX_CHANNEL_BACKLOG = 64 * 1024
/** A page opens one; what opens many is no page. */
const MAX_CHANNELS_REFUSED = 16

/** One peer connection that sends one video track: ICE, DTLS, SRTP and a data channel over libdatachannel. */
export class Peer {
  readonly #connection: NativePeerConnection
  readonly #track: NativeTrack
  readonly #events: PeerEvents
  #channel: DataChannel | undefined
  /** There was a channel, and it is closed. */
  #channelSpent = false
  readonly #limits: PeerLimits
  readonly #intake: IntakeMeter
  #frames: FrameChannel | undefined
  #channelsRefused = 0
  #connectTimer: NodeJS.Timeout | undefined
  #closed = false
  #open = false

  /** @param other what is at the other end, for the reasons of `onClose` */
  constructor(
    id: string,
    media: PeerMedia,
    ice: IceOptions,
    limits: PeerLimits,
    events: PeerEvents,
    private readonly other = 'viewer',
  ) {
    this.#events = events
    this.#limits = limits
    this.#intake = new IntakeMeter(limits.channel)
    this.#connection = new PeerConnection(id, {
      ...toConfig(id, ice),
      disableAutoNegotiation: true,
      maxMessageSize: MAX_LIBRARY_MESSAGE,
    })
    this.#listen()
    this.#track = this.#connection.addTrack(describeVideo(media))
    this.#track.onMessage(this.#guard((packet: Buffer) => this.#closed || events.onRtcp(packet)))
    this.#track.onOpen(this.#guard(() => this.#setOpen()))
    this.#track.onError(this.#guard(() => {}))
    // Empty, but the wrapper frees itself only where it is called (so for the channel below); one that was
    // not freed aborts the process when the thread ends.
    this.#track.onClosed(this.#guard(() => {}))
  }

  /**
   * Answers an offer that we wrote ourselves (see signaling/remote-offer.ts). Never the browser's text.
   *
   * @returns libdatachannel's local description, with all candidates
   */
  async answer(remoteOffer: string): Promise<string> {
    const gathered = this.#gathered()
    this.#connection.setRemoteDescription(remoteOffer, 'offer')
    // Anything else than have-remote-offer here, and setLocalDescription aborts the process.
    const state = this.#connection.signalingState()
    if (state !== 'have-remote-offer') throw new Error(`the offer left the connection in state ${state}`)
    this.#connection.setLocalDescription('answer')
    await gathered
    const sdp = this.#localDescription()
    this.#startConnecting()
    return sdp
  }

  /** Makes an offer; once. @returns libdatachannel's local description, with all candidates */
  async offer(): Promise<string> {
    const gathered = this.#gathered()
    this.#connection.setLocalDescription('offer')
    await gathered
    return this.#localDescription()
  }

  /** Takes the answer to the offer, which we wrote ourselves (see signaling/publish-answer.ts). */
  accept(remoteAnswer: string): void {
    if (this.#closed) return
    const state = this.#connection.signalingState()
    if (state !== 'have-local-offer') throw new Error(`an answer in state ${state}`)
    this.#connection.setRemoteDescription(remoteAnswer, 'answer')
    this.#startConnecting()
  }

  /** @param candidate `candidate:…`, validated, its address an IP literal */
  addCandidate(candidate: string, mid: string): void {
    if (!this.#closed) this.#connection.addRemoteCandidate(candidate, mid)
  }

  get isOpen(): boolean {
    return this.#open && !this.#closed
  }

  /** Encrypts and sends an RTP or RTCP packet; the bytes are copied. False when it could not be sent. */
  send(packet: Buffer): boolean {
    if (!this.isOpen) return false
    try {
      return this.#track.sendMessageBinary(packet)
    } catch {
      return false // the connection went down since the last event
    }
  }

  /** Sends a text on the viewer's data channel, if there is one and it is not clogged. */
  sendText(text: string): boolean {
    try {
      if (this.#closed || !this.#channel?.isOpen() || this.#channel.bufferedAmount() > MAX_CHANNEL_BACKLOG)
        return false
      return this.#channel.sendMessage(text)
    } catch {
      return false
    }
  }

  /** Ends the viewer's data channel, and nothing else. Idempotent. */
  closeChannel(): void {
    if (!this.#channel || this.#channelSpent || this.#closed) return
    this.#channelSpent = true
    this.#channel.close()
    this.#events.onChannelClosed()
  }

  /** Sends a text that belongs to a frame. False when there is no channel for it, or no room. */
  sendFrameText(text: string): boolean {
    return !this.#closed && this.#frames !== undefined && this.#frames.send(text)
  }

  /** Ends the connection; no event follows. Idempotent. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#connectTimer)
    // Each by itself, or it keeps its callbacks beyond the thread's end.
    const channel = this.#channelSpent ? undefined : this.#channel
    for (const part of [this.#frames, channel, this.#track, this.#connection]) {
      try {
        part?.close()
      } catch (error) {
        this.#events.onError(error)
      }
    }
  }

  #gathered(): Promise<void> {
    return new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GATHERING_TIMEOUT_MS)
      this.#connection.onGatheringStateChange(
        this.#guard((state: string) => {
          if (state !== 'complete') return
          clearTimeout(timer)
          resolve()
        }),
      )
    })
  }

  #localDescription(): string {
    const description = this.#closed ? null : this.#connection.localDescription()
    if (!description) throw new Error('the connection was closed while it was being set up')
    return description.sdp
  }

  #startConnecting(): void {
    const { handshakeTime } = this.#limits
    this.#connectTimer = setTimeout(
      () => this.#end(`no connection within ${handshakeTime / 1_000} s`),
      handshakeTime,
    )
    this.#connectTimer.unref()
  }

  #listen(): void {
    const connection = this.#connection
    connection.onStateChange(
      this.#guard((state: string) => {
        if (state === 'failed') this.#end('the connection failed')
        else if (state === 'closed' || state === 'disconnected') this.#end(`the ${this.other} left`)
      }),
    )
    connection.onDataChannel(this.#guard((channel: DataChannel) => this.#adopt(channel)))
  }

  #adopt(channel: DataChannel): void {
    if (channel.getLabel() === FRAMES_LABEL && !this.#frames && !this.#closed) {
      this.#frames = new FrameChannel(channel, {
        onOpen: () => this.#events.onFrameChannelOpen(),
        onError: (error) => this.#events.onError(error),
      })
      return
    }
    channel.onError(this.#guard(() => {}))
    channel.onClosed(this.#guard(() => channel === this.#channel && this.closeChannel()))
    if (this.#channel || this.#closed) {
      channel.close() // one is enough
      if (++this.#channelsRefused > MAX_CHANNELS_REFUSED)
        this.#end('the viewer opened too many data channels')
      return
    }
    this.#channel = channel
    channel.onMessage(this.#guard((message: string | Buffer | ArrayBuffer) => this.#read(message)))
    const label = channel.getLabel()
    const open = this.#guard(() => {
      if (!this.#closed) this.#events.onChannelOpen(label)
    })
    if (channel.isOpen()) open()
    else channel.onOpen(open)
  }

  #read(message: string | Buffer | ArrayBuffer): void {
    if (this.#closed || this.#channelSpent) return
    const size = typeof message === 'string' ? message.length : message.byteLength
    // SCTP would slow it down only if we read more slowly, and libdatachannel reads as fast as it comes.
    const limit = this.#intake.check(size, monotonicNow())
    if (limit === undefined) this.#events.onChannelMessage(typeof message === 'string' ? message : undefined)
    else {
      this.closeChannel()
      this.#events.onChannelLimit(limit)
    }
  }

  #setOpen(): void {
    if (this.#open || this.#closed) return
    this.#open = true
    clearTimeout(this.#connectTimer)
    this.#events.onOpen()
  }

  #end(reason: string): void {
    if (this.#closed) return
    this.close()
    this.#events.onClose(reason)
  }

  #guard<A extends unknown[]>(callback: (...args: A) => void): (...args: A) => void {
    return guarded(callback, (error) => this.#events.onError(error))
  }
}

function describeVideo({ mid, codecs, ssrcs, cname }: PeerMedia) {
  const video = new Video(mid, 'SendOnly')
  for (const { name, payloadType, fmtp, rtxPayloadType } of codecs) {
    if (fmtp === undefined) video.addVideoCodec(payloadType, name)
    else video.addVideoCodec(payloadType, name, fmtp)
    if (rtxPayloadType !== undefined) video.addRTXCodec(rtxPayloadType, payloadType, 90_000)
  }
  for (const ssrc of ssrcs) video.addSSRC(ssrc, cname)
  return video
}
