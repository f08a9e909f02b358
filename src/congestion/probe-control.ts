/** The first two clusters, times the start rate, and further ones, times the result (libwebrtc: ProbeControllerConfig). */
const FIRST_SCALES = [3, 6]
const FURTHER_SCALE = 2
/** Later on, on top of media that fills the estimate, a little less (loss_limited_probe_scale), or as much (alr_probe_scale). */
const LATER_SCALE = 1.5
const LATER_SCALE_LIMITED = 2
/** … as long as more than this share of the last arrived (further_probe_threshold). */
const FURTHER_THRESHOLD = 0.7
/** A cluster has at least as many packets, and lasts as long, ms (min_probe_packets_sent, min_probe_duration). */
const FEWEST_PACKETS = 5
const SHORTEST_PROBE = 15
/** Bytes of a usual packet, to reckon the cost of a cluster with. */
const PACKET_SIZE = 1200
/** A cluster that nothing was found to send for is given up after this, ms … */
const LONGEST_SENDING = 500
/** … and a result that has not come by now is not coming, ms (kMaxWaitingTimeForProbingResult). */
const LONGEST_WAIT = 1000
/** Between probes for more, ms (alr_probing_interval) … */
const INTERVAL = 5000
/** … or longer, so that they stay below a hundredth of what is sent: five packets are much for a slow link. */
const LARGEST_SHARE = 0.01
/** Until a first result has come it is tried again sooner, ms. */
const INTERVAL_AT_START = 1000
/** After a decrease the queue is left to empty first, ms. */
const PAUSE_AFTER_DECREASE = 2500
/** A queue this long is no time to add to it, ms. */
const LONGEST_QUEUE = 40
/** Not for less than this (kProbeUncertainty). */
const LEAST_GAIN = 1.05

/** Packets to be sent at a certain rate, to see whether they arrive at it. */
export interface ProbeCluster {
  /** 1..65535 */
  readonly id: number
  /** Bits per second. */
  readonly rate: number
  /** To be sent at least. */
  readonly bytes: number
  readonly packets: number
}

export interface ProbeConditions {
  /** Bits per second. */
  readonly estimate: number
  readonly maxRate: number
  /** The application sends less than it may. */
  readonly applicationLimited: boolean
  /** Delay or loss says that it is too much already. */
  readonly congested: boolean
  /** ms */
  readonly queueDelay: number
  /** Of the last decrease, ms. */
  readonly decreasedAt: number
}

/**
 * Decides when to probe and how fast: at the start, on as long as the results are good, and every few
 * seconds while the link may have more to give (libwebrtc: probe_controller.cc). Unlike there, also
 * while the application uses all it may: growing by 8 % a second, or by a packet per round trip near a
 * capacity that is no longer the same, takes half a minute from 1 to 8 Mbit/s.
 */
export class ProbeControl {
  readonly #queue: ProbeCluster[] = []
  #lastId = 0
  #lastRate = 0
  /** Sent of the first cluster in the queue. */
  #packets = 0
  #bytes = 0
  #begunAt: number | undefined
  /** Until when a result leads to a further probe. */
  #waitsUntil = Number.NEGATIVE_INFINITY
  #nextAt: number | undefined
  #hadResult = false

  /** @param onCluster is told of each cluster before its packets are sent */
  constructor(private readonly onCluster: (cluster: ProbeCluster) => void) {}

  /** The first packet is about to be sent. */
  start(startRate: number, maxRate: number, now: number): void {
    this.#nextAt = now + INTERVAL_AT_START
    for (const scale of FIRST_SCALES) this.#enqueue(scale * startRate, maxRate, now)
  }

  /** The cluster to send now. */
  current(now: number): ProbeCluster | undefined {
    if (this.#begunAt !== undefined && now - this.#begunAt > LONGEST_SENDING) this.#next()
    return this.#queue[0]
  }

  /** A packet was sent; returns the id of the cluster that it belongs to, 0 for none. */
  onPacketSent(size: number, now: number): number {
    const cluster = this.current(now)
    if (!cluster) return 0
    this.#begunAt ??= now
    this.#packets++
    this.#bytes += size
    if (this.#packets >= cluster.packets && this.#bytes >= cluster.bytes) {
      this.#waitsUntil = now + LONGEST_WAIT
      this.#next()
    }
    return cluster.id
  }

  /** A cluster's packets have arrived at this rate. */
  onResult(
    result: { readonly cluster: number; readonly rate: number },
    conditions: ProbeConditions,
    now: number,
  ): void {
    this.#hadResult = true
    const isLast = result.cluster === this.#lastId && this.#queue.length === 0
    if (!isLast || now > this.#waitsUntil || mustNot(conditions)) return
    if (result.rate > FURTHER_THRESHOLD * this.#lastRate)
      this.#probe(FURTHER_SCALE * result.rate, conditions, now)
  }

  /** To be called with each feedback. */
  update(conditions: ProbeConditions, now: number): void {
    if (conditions.congested) this.#cancel()
    if (this.#nextAt === undefined || now < this.#nextAt) return
    if (this.#queue.length > 0 || now < this.#waitsUntil - LONGEST_WAIT / 2 || mustNot(conditions)) return
    if (now - conditions.decreasedAt < PAUSE_AFTER_DECREASE) return
    const scale = conditions.applicationLimited ? LATER_SCALE_LIMITED : LATER_SCALE
    this.#probe(scale * conditions.estimate, conditions, now)
  }

  /** The estimate is known to be far too low: the next probe is due. */
  hurry(now: number): void {
    this.#nextAt = now
  }

  #probe(rate: number, { estimate, maxRate }: ProbeConditions, now: number): void {
    if (maxRate < estimate * LEAST_GAIN) return
    const cluster = this.#enqueue(rate, maxRate, now)
    const cost = (cluster.bytes * 8000) / Math.max(1, estimate)
    const interval = this.#hadResult ? INTERVAL : INTERVAL_AT_START
    this.#nextAt = now + Math.max(interval, cost / LARGEST_SHARE)
  }

  #enqueue(rate: number, maxRate: number, now: number): ProbeCluster {
    this.#lastId = (this.#lastId % 0xffff) + 1
    this.#lastRate = Math.min(rate, maxRate)
    const bytes = Math.max((this.#lastRate * SHORTEST_PROBE) / 8000, FEWEST_PACKETS * PACKET_SIZE)
    const cluster = { id: this.#lastId, rate: this.#lastRate, bytes, packets: FEWEST_PACKETS }
    this.#queue.push(cluster)
    if (this.#queue.length === 1) this.#waitsUntil = now + LONGEST_WAIT
    this.onCluster(cluster)
    return cluster
  }

  #next(): void {
    this.#queue.shift()
    this.#begunAt = undefined
    this.#packets = 0
    this.#bytes = 0
  }

  #cancel(): void {
    this.#queue.length = 0
    this.#next()
    this.#waitsUntil = Number.NEGATIVE_INFINITY
  }
}

function mustNot({ congested, queueDelay }: ProbeConditions): boolean {
  return congested || queueDelay > LONGEST_QUEUE
}
