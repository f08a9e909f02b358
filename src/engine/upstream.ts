import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import { EngineError } from '../common/errors.js'
import type { PacketizedFrame } from '../rtp/index.js'
import {
  type AgreedPublication,
  buildPublishOffer,
  buildRemoteAnswer,
  buildTrickleFragment,
  type LocalEndpoint,
  PUBLISH_MID,
  parseLocalOffer,
  publishedCodecs,
  readPublishAnswer,
} from '../signaling/index.js'
import { Peer, type PeerLimits } from '../transport/index.js'
import type { StreamIdentity, UpstreamEvents, UpstreamSettings, UpstreamStats } from './api.js'
import { PeerSending } from './peer-sending.js'
import type { RateLimits } from './send-path.js'
import type { Demand, Watcher, WatcherIdentity } from './watcher.js'

/**
 * Engines report once a second or more often. Silence of this long, ms, or of so many times the longest that was
 * heard from this one, means that it is gone; consent would take 30 s to find out (RFC 7675).
 */
const SILENCE = { least: 2_500, most: 10_000, factor: 3 } as const
/** It is asked for a keyframe so long before its time, ms: it takes a moment to be made. */
const KEYFRAME_LEAD = 100

export interface UpstreamLinks extends UpstreamEvents {
  onKeyframeNeeded(): void
  onRate(): void
}

/** An engine elsewhere may be far away; a data channel is not wanted. */
const PEER_LIMITS: PeerLimits = {
  handshakeTime: 20_000,
  channel: { messages: 1, bytes: 1_024, messageBytes: 256 },
}

/**
 * One connection to an engine elsewhere (an SFU) that a track is published to: the side that offers. To its track it
 * is one more that watches: it costs packets, never an encode.
 */
export class Upstream implements Watcher {
  readonly #peer: Peer
  #local: LocalEndpoint | undefined
  #agreed: AgreedPublication | undefined
  #sending: PeerSending | undefined
  #keyframeAt = Number.NEGATIVE_INFINITY
  #heardAt: number | undefined
  #longestSilence = 0

  constructor(
    readonly identity: WatcherIdentity,
    private readonly source: StreamIdentity,
    private readonly settings: UpstreamSettings,
    private readonly rates: RateLimits,
    private readonly events: UpstreamLinks,
  ) {
    const { ssrc, rtxSsrc, cname } = source
    this.#peer = new Peer(
      identity.id,
      {
        mid: PUBLISH_MID,
        codecs: publishedCodecs(settings.codecs).map(({ codec, ...rest }) => ({
          ...rest,
          name: codec.toUpperCase(),
        })),
        ssrc,
        rtxSsrc,
        cname,
      },
      settings.ice,
      PEER_LIMITS,
      {
        onOpen: () => this.#opened(),
        onClose: (reason) => this.#ended(reason),
        onRtcp: (packet) => this.#receive(packet),
        onChannelOpen: () => this.#peer.closeChannel(),
        onChannelMessage: () => {},
        onChannelClosed: () => {},
        onChannelLimit: () => {},
        onFrameChannelOpen: () => {},
        onError: (error) => events.onError(error),
      },
      'engine',
    )
  }

  /** Once. @returns SDP for the engine, without candidates */
  async offer(): Promise<string> {
    const local = parseLocalOffer(await this.#peer.offer())
    this.#local = local
    const { codecs } = this.settings
    return buildPublishOffer({ ...this.source, local, codecs: publishedCodecs(codecs) })
  }

  /** Takes the answer to the offer. Throws `SignalingError` when it is none. */
  accept(answerSdp: string): void {
    const agreed = readPublishAnswer(answerSdp, publishedCodecs(this.settings.codecs))
    const { ssrc, rtxSsrc, clockOffset, cname } = this.source
    const { payloadType, rtxPayloadType } = agreed.codec
    this.#agreed = agreed
    this.#sending = new PeerSending(this.#peer, {
      stream: {
        ssrc,
        payloadType,
        ...(agreed.rtx && { rtx: { ssrc: rtxSsrc, payloadType: rtxPayloadType } }),
        clockOffset,
        mid: PUBLISH_MID,
        extensions: agreed.extensions,
        cname,
      },
      rates: this.rates,
      onKeyframeNeeded: () => this.events.onKeyframeNeeded(),
      onRate: () => this.events.onRate(),
    })
    this.#peer.accept(buildRemoteAnswer(agreed))
  }

  /** Our own candidates, to be sent after the answer was taken; undefined when there are none. */
  get fragment(): string | undefined {
    const local = this.#local
    if (!local || local.candidates.length === 0) return undefined
    const { iceUfrag: ufrag, icePwd: pwd, candidates } = local
    return buildTrickleFragment({ ufrag, pwd, mid: PUBLISH_MID, candidates })
  }

  get codec(): VideoCodec {
    if (!this.#agreed) throw new EngineError('nothing has been agreed with the engine')
    return this.#agreed.codec.codec
  }

  /** Whether an answer was taken: only then it has a codec. */
  get isAgreed(): boolean {
    return this.#agreed !== undefined
  }

  get waitsForKeyframe(): boolean {
    return this.#sending?.sender.waitsForKeyframe ?? true
  }

  get backlog(): number {
    return this.#sending?.sender.backlog ?? 0
  }

  demand(now: number): Demand {
    const demand = this.#sending?.demand(now) ?? { rate: 0, capacity: 0, isUrgent: false, isKnown: false }
    const { maxBitrate = Number.POSITIVE_INFINITY } = this.settings
    return {
      ...demand,
      rate: Math.min(demand.rate, maxBitrate),
      capacity: Math.min(demand.capacity, maxBitrate),
    }
  }

  setMaxRate(rate: number): void {
    this.#sending?.sender.setMaxRate(Math.min(rate, this.settings.maxBitrate ?? rate))
  }

  sendFrame(frame: PacketizedFrame): void {
    if (!this.#peer.isOpen) return
    const now = monotonicNow()
    if (frame.keyframe) this.#keyframeAt = now
    this.#sending?.sendFrame(frame, now)
  }

  pace(now: number): void {
    this.#sending?.pace(now)
    if (this.#sending?.isSilent(now, this.#silence)) {
      this.close()
      this.#ended('it has not reported for seconds')
      return
    }
    const { keyframeInterval } = this.settings
    if (keyframeInterval === undefined || now - this.#keyframeAt < keyframeInterval - KEYFRAME_LEAD) return
    // Not again while it is made.
    this.#keyframeAt = now
    this.events.onKeyframeNeeded()
  }

  /** Once a second. */
  tick(now: number): void {
    this.#sending?.report(now)
  }

  stats(now: number): UpstreamStats | undefined {
    if (!this.#sending || !this.#agreed) return undefined
    return { codec: this.codec, scale: this.#sending.scale, ...this.#sending.sender.stats(now) }
  }

  /** No event follows. */
  close(): void {
    this.#sending?.stop()
    this.#sending?.sayGoodbye(monotonicNow())
    this.#peer.close()
  }

  get #silence(): number {
    return Math.min(SILENCE.most, Math.max(SILENCE.least, SILENCE.factor * this.#longestSilence))
  }

  #opened(): void {
    this.#sending?.opened(monotonicNow())
    this.events.onOpen()
  }

  #ended(reason: string): void {
    this.#sending?.stop()
    this.events.onClose(reason)
  }

  #receive(packet: Buffer): void {
    const now = monotonicNow()
    if (this.#heardAt !== undefined)
      this.#longestSilence = Math.max(this.#longestSilence, now - this.#heardAt)
    this.#heardAt = now
    if (!this.#sending?.receive(packet, now)) return
    this.close()
    this.#ended('the engine said goodbye')
  }
}
