import type { VideoCodec } from '../common/codec.js'
import { Histogram } from '../common/histogram.js'
import type { EngineMeasures, SendMeasures, SessionEvent } from '../common/measures.js'
import type { Transport, ViewerStats } from '../common/viewer-stats.js'
import { endCauseOf, noEnds } from './end-cause.js'
import type { WatcherIdentity } from './watcher.js'

/** A viewer, as far as it is counted. */
export interface CountedViewer {
  readonly identity: WatcherIdentity
  readonly codec: VideoCodec
  stats(now: number): ViewerStats
}

/** ms: from a cable to a satellite. */
const ROUND_TRIPS = [1, 2, 5, 10, 20, 50, 100, 200, 400, 800, 1600]
/** Shares. */
const LOSSES = [0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
/** bit/s */
const ESTIMATES = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128].map((megabits) => megabits * 1e6)

/**
 * Counts sessions and what is sent to them. What a viewer counts by itself is asked for when somebody wants to know,
 * and kept when it leaves, so that the sums never fall; nothing is done for a packet or a frame.
 */
export class SessionMeter {
  /** Of viewers that have left, by track. */
  readonly #left = new Map<string, Map<string, SendMeasures>>()
  readonly #begun = new Map<string, { codec: VideoCodec; transport: Transport; count: number }>()
  readonly #ended = noEnds()
  readonly #networks = new Map<Transport, Network>()
  /** When each of them began, ms. */
  readonly #since = new Map<string, number>()

  constructor(private readonly report: (event: SessionEvent) => void = () => {}) {}

  begin(viewer: CountedViewer, now: number): void {
    const { codec } = viewer
    const { transport } = viewer.stats(now)
    const entry = this.#begun.get(`${codec}/${transport}`) ?? { codec, transport, count: 0 }
    entry.count++
    this.#begun.set(`${codec}/${transport}`, entry)
    this.#since.set(viewer.identity.session, now)
    this.#tell('begun', viewer, transport, now)
  }

  connected(viewer: CountedViewer, now: number): void {
    this.#tell('connected', viewer, viewer.stats(now).transport, now)
  }

  /** Once. */
  end(viewer: CountedViewer, reason: string, now: number): void {
    const { session, track } = viewer.identity
    const stats = viewer.stats(now)
    const cause = endCauseOf(reason)
    this.#ended[cause]++
    const sums = this.#left.get(track) ?? new Map<string, SendMeasures>()
    this.#left.set(track, sums)
    addTo(sums, stats, 0)
    this.#tell('ended', viewer, stats.transport, now, { cause, reason })
    this.#since.delete(session)
  }

  /** What was sent of a track that is gone is nobody's business any more: names would pile up. */
  forget(track: string): void {
    this.#left.delete(track)
  }

  /** Once a second. */
  sample(viewers: Iterable<CountedViewer>, now: number): void {
    for (const viewer of viewers) {
      const { transport, roundTripTime, loss, estimate, acknowledged, framesSent } = viewer.stats(now)
      // Before anything has come back nothing is known.
      if (framesSent === 0 || (acknowledged === undefined && roundTripTime === 0)) continue
      let network = this.#networks.get(transport)
      if (!network) {
        network = new Network()
        this.#networks.set(transport, network)
      }
      network.roundTripTime.add(roundTripTime)
      network.loss.add(loss)
      network.estimate.add(estimate)
    }
  }

  read(): Omit<EngineMeasures, 'tracks'> {
    return {
      begun: [...this.#begun.values()],
      ended: { ...this.#ended },
      networks: [...this.#networks].map(([transport, { roundTripTime, loss, estimate }]) => ({
        transport,
        roundTripTime: roundTripTime.read(),
        loss: loss.read(),
        estimate: estimate.read(),
      })),
    }
  }

  /** What was sent of each track, to those who are there and to those who were. */
  sending(viewers: Iterable<CountedViewer>, now: number): Map<string, SendMeasures[]> {
    const all = new Map<string, Map<string, SendMeasures>>()
    for (const [track, sums] of this.#left)
      all.set(
        track,
        new Map([...sums].map(([key, sum]) => [key, { ...sum, keyframes: { ...sum.keyframes } }])),
      )
    for (const viewer of viewers) {
      const { track } = viewer.identity
      const sums = all.get(track) ?? new Map<string, SendMeasures>()
      all.set(track, sums)
      addTo(sums, viewer.stats(now), 1)
    }
    return new Map([...all].map(([track, sums]) => [track, [...sums.values()]]))
  }

  #tell(
    event: SessionEvent['event'],
    { identity, codec }: CountedViewer,
    transport: Transport,
    now: number,
    end: Pick<SessionEvent, 'cause' | 'reason'> = {},
  ): void {
    const { id, session, track } = identity
    const duration = Math.round(now - (this.#since.get(session) ?? now))
    this.report({ event, viewer: id, track, codec, transport, duration, ...end })
  }
}

class Network {
  readonly roundTripTime = new Histogram(ROUND_TRIPS)
  readonly loss = new Histogram(LOSSES)
  readonly estimate = new Histogram(ESTIMATES)
}

function addTo(sums: Map<string, SendMeasures>, stats: ViewerStats, viewers: number): void {
  const { codec, transport, keyframes } = stats
  const key = `${codec}/${transport}`
  let sum = sums.get(key)
  if (!sum) {
    sum = {
      codec,
      transport,
      viewers: 0,
      bytes: 0,
      packets: 0,
      retransmissions: 0,
      padding: 0,
      frames: 0,
      framesDropped: 0,
      keyframes: { joined: 0, asked: 0, overflow: 0, rung: 0 },
      stalls: 0,
      stalledTime: 0,
    }
    sums.set(key, sum)
  }
  sum.viewers += viewers
  sum.bytes += stats.bytesSent
  sum.packets += stats.packetsSent
  sum.retransmissions += stats.packetsRetransmitted
  sum.padding += stats.paddingPackets
  sum.frames += stats.framesSent
  sum.framesDropped += stats.framesDropped
  sum.stalls += stats.stalls
  sum.stalledTime += stats.stalledTime
  for (const cause of ['joined', 'asked', 'overflow', 'rung'] as const)
    sum.keyframes[cause] += keyframes[cause]
}
