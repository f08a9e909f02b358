import { monotonicNow } from '../common/clock.js'
import {
  buildPublishOffer,
  buildRemoteAnswer,
  buildTrickleFragment,
  type LocalEndpoint,
  PUBLISH_MID,
  parseLocalOffer,
  publishedCodecs,
  readPublishAnswer,
  simulcastRids,
} from '../signaling/index.js'
import { Peer, type PeerLimits } from '../transport/index.js'
import type { StreamIdentity, UpstreamEvents, UpstreamSettings, UpstreamStats } from './api.js'
import type { RateLimits } from './send-path.js'
import { type PublishedTrack, UpstreamSending } from './upstream-sending.js'
import type { WatcherIdentity } from './watcher.js'

/**
 * Engines report once a second or more often. Silence of this long, ms, or of so many times the longest that was
 * heard from this one, means that it is gone; consent would take 30 s to find out (RFC 7675).
 */
const SILENCE = { least: 2_500, most: 10_000, factor: 3 } as const

/** An engine elsewhere may be far away; a data channel is not wanted. */
const PEER_LIMITS: PeerLimits = {
  handshakeTime: 20_000,
  channel: { messages: 1, bytes: 1_024, messageBytes: 256 },
}

/** One connection to an engine elsewhere (an SFU) that a track is published to: the side that offers. */
export class Upstream {
  readonly #peer: Peer
  readonly #rids: readonly string[]
  #local: LocalEndpoint | undefined
  #sending: UpstreamSending | undefined
  #heardAt: number | undefined
  #longestSilence = 0

  constructor(
    readonly identity: WatcherIdentity,
    private readonly source: StreamIdentity,
    private readonly settings: UpstreamSettings,
    private readonly rates: RateLimits,
    private readonly track: PublishedTrack,
    private readonly events: UpstreamEvents,
  ) {
    this.#rids = simulcastRids(settings.rungs)
    const sources = source.sources.slice(0, settings.rungs)
    this.#peer = new Peer(
      identity.id,
      {
        mid: PUBLISH_MID,
        codecs: publishedCodecs(settings.codecs).map(({ codec, ...rest }) => ({
          ...rest,
          name: codec.toUpperCase(),
        })),
        ssrcs: sources.flatMap(({ ssrc, rtxSsrc }) => [ssrc, rtxSsrc]),
        cname: source.cname,
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
    const { sources, cname, streamId, trackId } = this.source
    return buildPublishOffer({
      local,
      codecs: publishedCodecs(this.settings.codecs),
      rids: this.#rids,
      source: sources[0]!,
      cname,
      streamId,
      trackId,
    })
  }

  /** Takes the answer to the offer. Throws `SignalingError` when it is none. */
  accept(answerSdp: string): void {
    const agreed = readPublishAnswer(answerSdp, publishedCodecs(this.settings.codecs), this.#rids)
    const { identity, source, settings, rates, track } = this
    this.#sending = new UpstreamSending({
      peer: this.#peer,
      identity,
      agreed,
      source,
      settings,
      rates,
      track,
      onPace: (now) => this.#listen(now),
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

  /** How many rungs the engine takes at the same time; 0 before the answer. */
  get rungs(): number {
    return this.#sending?.count ?? 0
  }

  /** Once a second. */
  tick(now: number): void {
    this.#sending?.report(now)
  }

  stats(now: number): UpstreamStats | undefined {
    return this.#sending?.stats(now)
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

  #listen(now: number): void {
    if (!this.#sending?.isSilent(now, this.#silence)) return
    this.close()
    this.#ended('it has not reported for seconds')
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
