import type { ReceivedPacket } from './feedback-reader.js'

/** A cluster counts when at least these shares of it have arrived (libwebrtc: probe_bitrate_estimator.cc). */
const RECEIVED_SHARE = 0.8
/** Sent or arriving over more than this, it was no probe, ms (kMaxProbeInterval). */
const LONGEST_PROBE = 1000
/** Faster on arrival than this times the sending: the network gathered it up (kMaxValidRatio). */
const LARGEST_RATIO = 2
/** Slower than this: the link was full … (kMinRatioForUnsaturatedLink) */
const UNSATURATED_RATIO = 0.9
/** … and a little less than what it took is aimed for (kTargetUtilizationFraction). */
const UTILISATION = 0.95
/** Clusters watched at a time: what comes later than that is of no use. */
const MOST_CLUSTERS = 8

/** What a cluster has to have when it is complete. */
export interface ClusterSize {
  readonly packets: number
  readonly bytes: number
}

export interface ProbeResult {
  readonly cluster: number
  /** Bits per second. */
  readonly rate: number
  /** The link took less than was offered, so `rate` is what it can do. */
  readonly saturated: boolean
}

interface Measurement {
  readonly size: ClusterSize
  packets: number
  bytes: number
  firstSent: number
  lastSent: number
  lastSentSize: number
  firstArrived: number
  lastArrived: number
  firstArrivedSize: number
}

/** Compares how fast the packets of a probe were sent and how fast they came. */
export class ProbeMeasure {
  readonly #clusters = new Map<number, Measurement>()

  /** Packets of this cluster may be sent from now on. */
  expect(cluster: number, size: ClusterSize): void {
    this.#clusters.set(cluster, {
      size,
      packets: 0,
      bytes: 0,
      firstSent: Number.POSITIVE_INFINITY,
      lastSent: Number.NEGATIVE_INFINITY,
      lastSentSize: 0,
      firstArrived: Number.POSITIVE_INFINITY,
      lastArrived: Number.NEGATIVE_INFINITY,
      firstArrivedSize: 0,
    })
    const [oldest] = this.#clusters.keys()
    if (this.#clusters.size > MOST_CLUSTERS && oldest !== undefined) this.#clusters.delete(oldest)
  }

  /** The result of the last cluster that these packets belong to, when enough of it has arrived. */
  update(packets: readonly ReceivedPacket[]): ProbeResult | undefined {
    let result: ProbeResult | undefined
    for (const packet of packets) {
      const measurement = packet.cluster === 0 ? undefined : this.#clusters.get(packet.cluster)
      if (!measurement) continue
      add(measurement, packet)
      result = evaluate(packet.cluster, measurement) ?? result
    }
    return result
  }
}

function add(m: Measurement, { sentAt, arrivedAt, size }: ReceivedPacket): void {
  if (sentAt < m.firstSent) m.firstSent = sentAt
  if (sentAt >= m.lastSent) {
    m.lastSent = sentAt
    m.lastSentSize = size
  }
  if (arrivedAt < m.firstArrived) {
    m.firstArrived = arrivedAt
    m.firstArrivedSize = size
  }
  if (arrivedAt > m.lastArrived) m.lastArrived = arrivedAt
  m.packets++
  m.bytes += size
}

function evaluate(cluster: number, m: Measurement): ProbeResult | undefined {
  if (m.packets < RECEIVED_SHARE * m.size.packets || m.bytes < RECEIVED_SHARE * m.size.bytes) return undefined
  const sendTime = m.lastSent - m.firstSent
  const receiveTime = m.lastArrived - m.firstArrived
  if (sendTime <= 0 || sendTime > LONGEST_PROBE || receiveTime <= 0 || receiveTime > LONGEST_PROBE)
    return undefined
  // n packets span n − 1 gaps: the last one's own time begins where the sending ends, the first one's had
  // passed when it came.
  const sendRate = ((m.bytes - m.lastSentSize) * 8000) / sendTime
  const receiveRate = ((m.bytes - m.firstArrivedSize) * 8000) / receiveTime
  if (receiveRate > LARGEST_RATIO * sendRate) return undefined
  const saturated = receiveRate < UNSATURATED_RATIO * sendRate
  return { cluster, rate: saturated ? UTILISATION * receiveRate : Math.min(sendRate, receiveRate), saturated }
}
