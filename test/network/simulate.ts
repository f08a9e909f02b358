import type { BandwidthEstimatorOptions, BandwidthStats } from '../../src/congestion/index.js'
import type { TransportFeedback } from '../../src/rtp/index.js'
import { seeded } from '../support/random.js'
import { FEEDBACK_INTERVAL, FeedbackMaker } from './feedback-maker.js'
import { Link, type LinkConditions } from './link.js'
import { type Media, OVERHEAD, Sender, type SentPacket } from './sender.js'

/** A scenario: conditions, what is sent, and how both change. Times in ms, rates in bits per second. */
export interface Scenario {
  readonly seed?: number
  readonly duration: number
  /** From sender to receiver. Default delay: 20 ms, so that a round trip is 40. */
  readonly link?: Partial<LinkConditions>
  /** From receiver to sender. Default: as long as `link`, nothing lost. */
  readonly back?: Partial<LinkConditions>
  readonly media?: Partial<Media>
  readonly estimator?: BandwidthEstimatorOptions
  readonly changes?: readonly {
    readonly at: number
    readonly link?: Partial<LinkConditions>
    readonly media?: Partial<Media>
  }[]
  /** Lost packets are asked for and sent again. Default true. */
  readonly retransmit?: boolean
  /** Feedback as it gets to the sender. */
  readonly tamper?: (feedback: TransportFeedback) => TransportFeedback | undefined
}

/** Every 10 ms. */
export interface Sample extends BandwidthStats {
  readonly at: number
  readonly queue: number
  readonly sentBytes: number
  readonly arrivedBytes: number
}

const SAMPLE_INTERVAL = 10
/** Receivers wait a moment for packets that were overtaken, ms; longer if that happens often. */
const NACK_DELAY = 20

/** What happened. */
export class Outcome {
  constructor(
    readonly samples: readonly Sample[],
    readonly sender: Sender,
    /** Age of each frame when its last packet came, as far as all came. */
    readonly delays: readonly { readonly at: number; readonly delay: number }[],
    readonly dropped: number,
  ) {}

  at(time: number): Sample {
    return this.samples[Math.min(this.samples.length - 1, Math.floor(time / SAMPLE_INTERVAL))]!
  }

  /** Mean rate of sending, bits per second with all overhead. */
  sent(from: number, to: number): number {
    return ((this.at(to).sentBytes - this.at(from).sentBytes) * 8000) / (to - from)
  }

  arrived(from: number, to: number): number {
    return ((this.at(to).arrivedBytes - this.at(from).arrivedBytes) * 8000) / (to - from)
  }

  longestQueue(from: number, to: number): number {
    return Math.max(...this.#between(from, to).map(({ queue }) => queue))
  }

  lowestTarget(from: number, to: number): number {
    return Math.min(...this.#between(from, to).map(({ target }) => target))
  }

  highestTarget(from: number, to: number): number {
    return Math.max(...this.#between(from, to).map(({ target }) => target))
  }

  /** When a condition first holds from a time on; Infinity: never. */
  first(from: number, condition: (sample: Sample) => boolean): number {
    return this.samples.find((s) => s.at >= from && condition(s))?.at ?? Number.POSITIVE_INFINITY
  }

  /** Percentile (0..1) of the packets' delay from their frame to their arrival. */
  delay(share: number, from: number, to: number): number {
    const delays = this.delays
      .filter(({ at }) => at >= from && at < to)
      .map(({ delay }) => delay)
      .sort((a, b) => a - b)
    return delays[Math.min(delays.length - 1, Math.floor(share * delays.length))] ?? Number.NaN
  }

  #between(from: number, to: number): readonly Sample[] {
    return this.samples.filter(({ at }) => at >= from && at <= to)
  }
}

/** Runs a scenario in simulated time. */
export function simulate(scenario: Scenario): Outcome {
  const { seed = 1, duration, retransmit = true } = scenario
  const random = seeded(seed + 100)
  const link = new Link<SentPacket>(seed, { delay: 20, ...scenario.link })
  const back = new Link<TransportFeedback>(seed + 1, { delay: link.conditions.delay, ...scenario.back })
  const maker = new FeedbackMaker()
  const samples: Sample[] = []
  const delays: { at: number; delay: number }[] = []
  const nacks: { at: number; lost: number }[] = []
  const resends: { at: number; size: number }[] = []
  const arrived = new Set<number>()
  let sentBytes = 0
  let arrivedBytes = 0
  let expected = 0
  const sender = new Sender(
    (packet) => {
      sentBytes += packet.size + OVERHEAD
      sizes.push(packet.size)
      link.send(packet, packet.size + OVERHEAD, packet.sentAt)
    },
    seed + 2,
    scenario.media ?? {},
    scenario.estimator ?? {},
  )
  const sizes: number[] = []
  const changes = [...(scenario.changes ?? [])].sort((a, b) => a.at - b.at)
  let nextFrame = 0
  let nextFeedback = 50
  let nextSample = 0

  const receive = (now: number) => {
    for (const { packet, at } of link.receive(now)) {
      arrivedBytes += packet.size + OVERHEAD
      maker.onPacket(packet.sequenceNumber, at)
      arrived.add(packet.sequenceNumber)
      if (packet.madeAt !== undefined) delays.push({ at, delay: at - packet.madeAt })
      if (retransmit && packet.sequenceNumber > expected)
        for (let lost = expected; lost < packet.sequenceNumber; lost++)
          nacks.push({ at: at + NACK_DELAY, lost })
      expected = Math.max(expected, packet.sequenceNumber + 1)
    }
  }
  const nack = (now: number) => {
    while (nacks[0] && nacks[0].at <= now) {
      const { lost } = nacks.shift()!
      if (!arrived.has(lost)) resends.push({ at: now + back.conditions.delay, size: sizes[lost] ?? 0 })
    }
  }
  const feed = (now: number) => {
    const feedback = maker.make()
    if (feedback) back.send(feedback, 100, now)
    const { least, most } = FEEDBACK_INTERVAL
    nextFeedback = now + least + random() * (most - least)
  }
  const next = () =>
    Math.min(
      nextFrame,
      nextFeedback,
      nextSample,
      sender.wakeAt ?? Number.POSITIVE_INFINITY,
      link.nextAt ?? Number.POSITIVE_INFINITY,
      back.nextAt ?? Number.POSITIVE_INFINITY,
      changes[0]?.at ?? Number.POSITIVE_INFINITY,
      nacks[0]?.at ?? Number.POSITIVE_INFINITY,
      resends[0]?.at ?? Number.POSITIVE_INFINITY,
    )

  for (let now = 0; now <= duration; now = next()) {
    while (changes[0] && changes[0].at <= now) {
      const change = changes.shift()!
      if (change.link) link.change(change.link, now)
      if (change.media) sender.media = { ...sender.media, ...change.media }
    }
    receive(now)
    nack(now)
    for (const { packet } of back.receive(now)) {
      const feedback = scenario.tamper ? scenario.tamper(packet) : packet
      if (feedback) sender.onFeedback(feedback, now)
    }
    while (resends[0] && resends[0].at <= now) sender.retransmit(resends.shift()!.size, now)
    if (nextFrame <= now) {
      sender.makeFrame(now)
      nextFrame += 1000 / sender.media.fps
    }
    if (nextFeedback <= now) feed(now)
    if (sender.wakeAt !== undefined && sender.wakeAt <= now) sender.wake(now)
    if (nextSample <= now) {
      samples.push({
        ...sender.estimator.stats(now),
        at: now,
        queue: link.queueDelay,
        sentBytes,
        arrivedBytes,
      })
      nextSample += SAMPLE_INTERVAL
    }
  }
  return new Outcome(samples, sender, delays, link.stats.dropped)
}
