import { monotonicNow } from '../common/clock.js'
import type { VideoCodec } from '../common/codec.js'
import type { SendingStats } from '../common/viewer-stats.js'
import { RungAllocation, type RungNeed } from '../congestion/index.js'
import { type ContentHint, SCALES, type Scale, type Size, scalesFor } from '../encode/index.js'
import { type AgreedPublication, PUBLISH_MID, simulcastRids } from '../signaling/index.js'
import type { StreamIdentity, UpstreamSettings, UpstreamStats } from './api.js'
import { PeerSending, type SendingPeer } from './peer-sending.js'
import { type RateLimits, SendPath } from './send-path.js'
import { UpstreamRung } from './upstream-rung.js'
import type { WatcherIdentity } from './watcher.js'

/** A larger rung is sent when so much of what it could use is left for it … */
const LEAST_SHARE = 0.25
/** … and so much of what they could use is kept for the smaller ones. libwebrtc's table for 1280×720 has 0.24 and 0.7. */
const ENOUGH_SHARE = 0.5
/**
 * A larger rung is sent when it shows at least so many pictures a second without turning to blocks, and a smaller one has
 * enough when it shows all of them: what moves has to go on moving.
 */
const LEAST_FPS = { motion: 15, detail: 5 } as const
const ENOUGH_FPS = { motion: 30, detail: 10 } as const
/** A viewer on the same rung gets at least this share of what it could have: the ladder lets no more differ either. */
const SHARE_OF_OTHERS = 0.5

/** The track that is published, as far as its rungs depend on it. */
export interface PublishedTrack {
  /** Of its images; a typical one before the first. */
  readonly size: Size
  /** The most that is encoded of a picture in its full size, bit/s. */
  readonly maxBitrate: number
  /** What matters when there is not enough for all. */
  readonly contentHint: ContentHint
  /** Bits that a pixel needs in each picture. */
  bitsPerPixel(codec: VideoCodec): number
  /** What the slowest viewer on a rung can be sent, bit/s; undefined: nobody is there. */
  slowestOn(codec: VideoCodec, scale: Scale): number | undefined
  /** It is sent from now on. */
  join(rung: UpstreamRung): void
  /** … no longer. */
  leave(rung: UpstreamRung): void
  requestKeyframe(rung: UpstreamRung): void
  /** What it can be sent has changed. */
  planSoon(): void
}

export interface UpstreamSendingOptions {
  readonly peer: SendingPeer
  readonly identity: WatcherIdentity
  readonly agreed: AgreedPublication
  readonly source: StreamIdentity
  readonly settings: UpstreamSettings
  readonly rates: RateLimits
  readonly track: PublishedTrack
  /** Some times a second, while something is sent. */
  onPace(now: number): void
}

/**
 * What goes to an engine over one connection: one stream that follows the network as that of a viewer does; or some
 * rungs at the same time (simulcast), of which the larger ones are left out while the network does not carry them.
 */
export class UpstreamSending {
  readonly #rungs: readonly UpstreamRung[]
  readonly #path: SendPath
  readonly #allocation = new RungAllocation()
  readonly #joined = new Set<UpstreamRung>()
  #isOpen = false

  constructor(private readonly options: UpstreamSendingOptions) {
    const { peer, identity, agreed, source, settings, rates, track } = options
    const { codec, rtx, extensions, rids } = agreed
    this.#path = new SendPath(rates, () => this.#onRate())
    const { clockOffset, cname } = source
    const { maxBitrate, keyframeInterval } = settings
    const { payloadType, rtxPayloadType } = codec
    const events = {
      onKeyframeNeeded: (rung: UpstreamRung) => track.requestKeyframe(rung),
      onPace: (rung: UpstreamRung, now: number) => this.#pace(rung, now),
      onMaxRate: () => this.#setMaxRate(),
    }
    const offered = simulcastRids(settings.rungs)
    // The smallest first: so they go over the path.
    const names = rids.length === 0 ? [undefined] : [...rids].reverse()
    this.#rungs = names.map((rid) => {
      const index = rid === undefined ? 0 : offered.indexOf(rid)
      const { ssrc, rtxSsrc } = source.sources[index]!
      // The only one may as well follow the network, if it is the full picture.
      const only = names.length === 1 && index === 0 ? undefined : SCALES[index]
      const sending: PeerSending = new PeerSending(peer, {
        stream: {
          ssrc,
          payloadType,
          ...(rtx && { rtx: { ssrc: rtxSsrc, payloadType: rtxPayloadType } }),
          clockOffset,
          mid: PUBLISH_MID,
          ...(rid !== undefined && { rid }),
          extensions,
          cname,
        },
        path: this.#path,
        onKeyframeNeeded: () => track.requestKeyframe(rung),
      })
      const rung: UpstreamRung = new UpstreamRung(
        {
          identity: rid === undefined ? identity : { ...identity, id: `${identity.id}/${rid}` },
          codec: codec.codec,
          rid,
          only,
          maxBitrate,
          keyframeInterval,
        },
        sending,
        events,
      )
      return rung
    })
  }

  /** How many rungs it takes at the same time. */
  get count(): number {
    return this.#rungs.length
  }

  /** Media can flow from now on. */
  opened(now: number): void {
    this.#isOpen = true
    for (const { sending } of this.#rungs) sending.opened(now)
    this.#setMaxRate()
    this.#allocate(now)
  }

  /** Takes a compound RTCP packet. @returns whether the engine said goodbye */
  receive(packet: Buffer, now: number): boolean {
    for (const { sending } of this.#rungs) sending.heard(now)
    return this.#path.receive(packet, now)
  }

  isSilent(now: number, limit: number): boolean {
    return this.#rungs.some(({ sending }) => sending.isSilent(now, limit))
  }

  /** Once a second. */
  report(now: number): void {
    for (const { sending } of this.#rungs) sending.report(now)
  }

  /** Nothing is sent from now on. */
  stop(): void {
    this.#isOpen = false
    for (const rung of this.#joined) this.options.track.leave(rung)
    this.#joined.clear()
    for (const { sending } of this.#rungs) sending.stop()
  }

  sayGoodbye(now: number): void {
    for (const { sending } of this.#rungs) sending.sayGoodbye(now)
  }

  stats(now: number): UpstreamStats {
    const all = this.#rungs.map((rung) => ({ rung, stats: rung.sendingStats(now) })).reverse()
    const best = all.find(({ rung }) => this.#joined.has(rung)) ?? all[0]!
    return {
      codec: best.rung.codec,
      scale: best.rung.sending.scale,
      ...summed(
        best.stats,
        all.map(({ stats }) => stats),
      ),
      rungs: all.map(({ rung, stats }) => rung.stats(stats)),
    }
  }

  /** Those that make sense for the picture, the smallest first. */
  get #sensible(): readonly UpstreamRung[] {
    const scales = scalesFor(this.options.track.size)
    const sensible = this.#rungs.filter(({ only = 1 }) => scales.includes(only))
    return sensible.length > 0 ? sensible : this.#rungs.slice(-1)
  }

  #most({ only = 1 }: UpstreamRung): number {
    return this.options.track.maxBitrate / only ** 2
  }

  #needOf(rung: UpstreamRung): RungNeed {
    const most = this.#most(rung)
    const others = this.options.track.slowestOn(rung.codec, rung.only ?? 1) ?? 0
    const { size, contentHint } = this.options.track
    const scale = rung.only ?? 1
    const picture = ((size.width * size.height) / scale ** 2) * this.options.track.bitsPerPixel(rung.codec)
    const least = Math.max(LEAST_SHARE * most, LEAST_FPS[contentHint] * picture, SHARE_OF_OTHERS * others)
    const enough = Math.max(ENOUGH_SHARE * most, ENOUGH_FPS[contentHint] * picture)
    return { least: Math.min(most, least), enough: Math.min(most, enough), most }
  }

  #setMaxRate(): void {
    const most = this.#rungs.reduce((sum, rung) => sum + this.#most(rung), 0)
    this.#path.setMaxRate(Math.min(most, this.options.settings.maxBitrate ?? most))
  }

  #pace(rung: UpstreamRung, now: number): void {
    // Each of them is asked for its own.
    if (rung !== this.#joined.values().next().value) return
    this.#allocate(now)
    this.options.onPace(now)
  }

  #onRate(): void {
    if (!this.#isOpen) return
    this.#allocate(monotonicNow())
    this.options.track.planSoon()
  }

  /** Decides which rungs are sent, and how much of each. */
  #allocate(now: number): void {
    if (!this.#isOpen) return
    const rungs = this.#sensible
    const { maxBitrate = Number.POSITIVE_INFINITY } = this.options.settings
    const rate = Math.min(this.#path.mediaRate(now), maxBitrate)
    const capacity = Math.min(this.#path.capacity, maxBitrate)
    const shares = this.#allocation.update(
      { rate, capacity },
      rungs.map((rung) => this.#needOf(rung)),
      now,
    )
    const used = shares.reduce((sum, share) => sum + share, 0)
    const room = used > 0 ? Math.max(1, rate / used) : 1
    for (const [index, share] of shares.entries())
      rungs[index]!.share = { rate: share, available: share * room }
    const sent = new Set(rungs.slice(0, shares.length))
    for (const rung of this.#joined) {
      if (sent.has(rung)) continue
      this.#joined.delete(rung)
      this.options.track.leave(rung)
      rung.sending.sender.pause(now)
    }
    for (const rung of sent) {
      if (this.#joined.has(rung)) continue
      this.#joined.add(rung)
      this.options.track.join(rung)
    }
  }
}

/** What of several streams counts together; the rest is about the path, or of the largest that is sent. */
function summed(best: SendingStats, all: readonly SendingStats[]): SendingStats {
  const sum = (of: (stats: SendingStats) => number) => all.reduce((total, stats) => total + of(stats), 0)
  return {
    ...best,
    bytesSent: sum(({ bytesSent }) => bytesSent),
    packetsSent: sum(({ packetsSent }) => packetsSent),
    packetsRetransmitted: sum(({ packetsRetransmitted }) => packetsRetransmitted),
    paddingPackets: sum(({ paddingPackets }) => paddingPackets),
    framesSent: sum(({ framesSent }) => framesSent),
    framesDropped: sum(({ framesDropped }) => framesDropped),
    keyframes: {
      joined: sum(({ keyframes }) => keyframes.joined),
      asked: sum(({ keyframes }) => keyframes.asked),
      overflow: sum(({ keyframes }) => keyframes.overflow),
      rung: sum(({ keyframes }) => keyframes.rung),
    },
  }
}
