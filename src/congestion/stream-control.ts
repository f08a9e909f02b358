import { LongerWay } from './longer-way.js'
import { ShortestTrip } from './shortest-trip.js'

export interface StreamControlOptions {
  /** Before anything is known, bit/s. Default 1 Mbit/s, as for the way over UDP. */
  readonly startRate?: number | undefined
  /** Never less, bit/s. Default 100 kbit/s. */
  readonly minRate?: number | undefined
}

const DEFAULT_START_RATE = 1_000_000
const DEFAULT_MIN_RATE = 100_000
const DEFAULT_MAX_RATE = 50_000_000
/** Taken for the round trip until the first one is known, ms. */
const USUAL_ROUND_TRIP = 100
/** A round lasts a round trip, but at least this, ms, and two frames: one may be late by chance. */
const LEAST_ROUND = 100
const LEAST_ROUND_FRAMES = 2
/** In a round where each frame was later than the shortest by this, ms, a queue stands, and what arrives is what the link takes. */
const STANDING_QUEUE = 30
/** … and with less than this there is none. */
const NO_QUEUE = 12
/** Delivery in less than this, ms, says something about timers and what shapers let through at once, and not about the link. */
const LEAST_TIME = 20
/** Acknowledgements that come within this time, ms, came in a burst after a pause: they say nothing about the rate. */
const LEAST_SPACING = 5
/** What the encoder may make, as a factor of what got through: to find out whether there is more … */
const START_GAIN = 2
const PROBE_GAIN = 1.25
/** … or so that the queue drains. */
const DRAIN_GAIN = 0.85
/** After a queue, ms, not more than got through; twice as long each time that looking for more only made another one. */
const HOLD_TIME = 1_000
const LONGEST_HOLD = 8_000
/** When this much more, or less, gets through, the link is another one. */
const FOUND = 1.1
/** In one round the estimate grows by this at most, once a queue was seen: shapers let short bursts through faster. */
const MOST_GROWTH = 1.5
/** Frames that are later than expected by this, ms, say that the rate has fallen, before any of them has come. */
const OVERDUE = 200
/** What the network took at best in this time, ms, it will take in the long run. */
const CAPACITY_TIME = 3_000
/** Who was answered for so long, ms, is known. */
const SETTLING_TIME = 1_000
/** A rate that falls below this share within one round has collapsed. */
const COLLAPSE = 0.5

interface Sent {
  readonly id: number
  readonly bytes: number
  readonly at: number
  /** When it was sent: what had been delivered by then, and since when that counts. */
  readonly delivered: number
  readonly deliveredAt: number
  /** When the first of those was sent that were on their way then. */
  readonly firstSentAt: number
}

interface Round {
  /** Of the last message before it. */
  readonly startedAt: number
  /** It ends with a message that was sent after so much had been delivered. */
  readonly delivered: number
  frames: number
  leastQueue: number
  bestRate: number
  /** Some were on their way together, so that the rate says something about the link. */
  isBusy: boolean
  /** Of acknowledgements: the first, and the bytes after it. */
  readonly firstAt: number
  spacedBytes: number
}

/**
 * How much a reliable stream of messages carries (TCP through whatever there is: tunnels and proxies that buffer
 * megabytes), from the time at which the receiver says that it has each. Pure: time comes in as `now`, ms.
 *
 * As in BBR (draft-ietf-ccwg-bbr), two numbers make the model: the rate of delivery and the shortest round trip. Bytes
 * on their way beyond the product of both stand in somebody's queue. Unlike a file, a video is mostly less than what the
 * link takes, so a rate that was measured is a lower bound, unless a queue stood at that time: the estimate rises with
 * every measurement that is higher, and falls to what was measured only while there is a queue. `rate` is what to encode
 * for: a little more than what got through, so that more is found where there is more; a little less while a queue stands.
 * A way that has become longer looks like a queue at first; `LongerWay` tells them apart.
 */
export class StreamControl {
  readonly #startRate: number
  readonly #minRate: number
  #maxRate = DEFAULT_MAX_RATE
  /** Delivery rate, bit/s. */
  #bandwidth: number
  #measured = false
  readonly #sent: Sent[] = []
  #inFlight = 0
  #delivered = 0
  #deliveredAt = 0
  #firstSentAt = 0
  readonly #shortest = new ShortestTrip()
  readonly #longerWay = new LongerWay()
  #roundTrip = 0
  #queue = 0
  #round: Round | undefined
  #gain = START_GAIN
  #starting = true
  #hold = HOLD_TIME
  #heldUntil = Number.NEGATIVE_INFINITY
  /** The estimate before there was a queue, while there is one. */
  #before: number | undefined
  /** The estimate when the queue was seen last. */
  #ceiling = 0
  /** What the estimate may grow to in this round. */
  #limit = Number.POSITIVE_INFINITY
  #peak = { rate: 0, at: Number.NEGATIVE_INFINITY }
  #firstAnswerAt: number | undefined
  #collapsedAt = Number.NEGATIVE_INFINITY

  constructor({ startRate, minRate }: StreamControlOptions = {}) {
    this.#minRate = minRate ?? DEFAULT_MIN_RATE
    this.#startRate = Math.max(this.#minRate, startRate ?? DEFAULT_START_RATE)
    this.#bandwidth = this.#startRate
  }

  /** More needs not be known, bit/s. */
  setMaxRate(rate: number): void {
    this.#maxRate = Math.max(this.#minRate, rate)
    this.#bandwidth = Math.min(this.#bandwidth, this.#maxRate)
  }

  /** @param id of a message, later than all before */
  onSent(id: number, bytes: number, now: number): void {
    if (this.#sent.length === 0) {
      // Nothing was on its way: the time until now says nothing about the link.
      this.#deliveredAt = now
      this.#firstSentAt = now
    }
    this.#sent.push({
      id,
      bytes,
      at: now,
      delivered: this.#delivered,
      deliveredAt: this.#deliveredAt,
      firstSentAt: this.#firstSentAt,
    })
    this.#inFlight += bytes
  }

  /**
   * A message has come, and with it all that were sent before.
   *
   * @returns false when no such message is on its way
   */
  onDelivered(id: number, now: number): boolean {
    const index = this.#sent.findIndex((sent) => sent.id === id)
    const message = this.#sent[index]
    if (!message) return false
    for (const { bytes } of this.#sent.splice(0, index + 1)) {
      this.#inFlight -= bytes
      this.#delivered += bytes
    }
    this.#deliveredAt = now
    this.#firstSentAt = message.at
    this.#firstAnswerAt ??= now
    this.#measure(message, now)
    return true
  }

  /** Bytes on their way. */
  get inFlight(): number {
    return this.#inFlight
  }

  /** Time of a round trip lately, ms; 0 before the first. */
  get roundTripTime(): number {
    return this.#roundTrip
  }

  /** How much later than at best messages came lately, ms. */
  get queueDelay(): number {
    return this.#queue
  }

  /** What got through, bit/s; undefined before anything did. */
  get deliveryRate(): number | undefined {
    return this.#measured ? this.#bandwidth : undefined
  }

  /** The network is known: who has just come has an estimate that still grows by the moment. */
  isSettled(now: number): boolean {
    if (this.#firstAnswerAt === undefined) return false
    return now - this.#firstAnswerAt >= SETTLING_TIME || this.#bandwidth < this.#startRate
  }

  /** Within the last second the rate has collapsed. */
  hasCollapsed(now: number): boolean {
    return now - this.#collapsedAt < SETTLING_TIME
  }

  /** What may be sent in the next time, bit/s. */
  rate(now: number): number {
    return this.#clamp(Math.min(this.#gain * this.#bandwidth, this.#overdueRate(now)))
  }

  /** The same in the long run, when the network has got over the present moment. */
  get capacity(): number {
    return this.#clamp(Math.max(this.#bandwidth, this.#peak.rate))
  }

  /** How long what is on its way stands in a queue, ms; 0 when the link has just enough to do, or less. */
  backlog(now: number): number {
    if (this.#inFlight === 0) return 0
    const rate = Math.min(this.#bandwidth, Math.max(this.#minRate, this.#overdueRate(now)))
    return Math.max(0, (this.#inFlight * 8_000) / rate - (this.#shortest.trip?.time ?? USUAL_ROUND_TRIP))
  }

  /** The time that these bytes take, ms. */
  timeFor(bytes: number): number {
    return (bytes * 8_000) / this.#bandwidth
  }

  #clamp(rate: number): number {
    return Math.min(this.#maxRate, Math.max(this.#minRate, rate))
  }

  /** What the link takes at most, if what is on its way should have come long ago; else Infinity. */
  #overdueRate(now: number): number {
    const oldest = this.#sent[0]
    if (!oldest) return Number.POSITIVE_INFINITY
    const usual = this.#shortest.trip?.time ?? USUAL_ROUND_TRIP
    const waited = now - oldest.at - usual
    // Behind it, and on its way when it left, was at most what is on its way now.
    if (waited <= this.timeFor(this.#inFlight) + OVERDUE) return Number.POSITIVE_INFINITY
    return (this.#inFlight * 8_000) / waited
  }

  #measure(message: Sent, now: number): void {
    const trip = Math.max(0.1, now - message.at)
    this.#roundTrip = this.#roundTrip === 0 ? trip : this.#roundTrip + (trip - this.#roundTrip) / 8
    const shortest = this.#shortest.add({ time: trip, bytes: message.bytes, at: now })
    // Sending must not have been faster than delivering, or acknowledgements that were held up and come together would
    // count for more than the link takes (BBR, section 4.1).
    const time = Math.max(now - message.deliveredAt, message.at - message.firstSentAt, LEAST_TIME)
    const rate = ((this.#delivered - message.delivered) * 8_000) / time
    const own = this.timeFor(Math.max(0, message.bytes - shortest.bytes))
    const queue = Math.max(0, trip - shortest.time - own)
    this.#queue += (queue - this.#queue) / 4
    if (!this.#measured) {
      this.#measured = true
      // The first one is a keyframe, and alone on its way.
      if (queue >= STANDING_QUEUE) this.#bandwidth = Math.max(this.#minRate, rate)
    }
    this.#bandwidth = Math.min(this.#maxRate, Math.max(this.#bandwidth, Math.min(rate, this.#limit)))
    this.#follow(message, queue, rate, now)
  }

  #follow(message: Sent, queue: number, rate: number, now: number): void {
    this.#round ??= this.#newRound(message.at, now)
    const round = this.#round
    if (now > round.firstAt) round.spacedBytes += message.bytes
    round.frames++
    if (this.#delivered - message.delivered > message.bytes) round.isBusy = true
    round.leastQueue = Math.min(round.leastQueue, queue)
    this.#watchWay(message, now)
    const since = this.#longerWay.since
    if (since !== undefined) {
      this.#goOn(since, now)
      return
    }
    round.bestRate = Math.max(round.bestRate, rate)
    const isOver =
      message.delivered >= round.delivered &&
      now - round.startedAt >= LEAST_ROUND &&
      round.frames >= LEAST_ROUND_FRAMES
    if (!isOver) return
    this.#round = this.#newRound(now, now)
    if (round.leastQueue >= STANDING_QUEUE) this.#slowDown(round, now)
    else if (round.leastQueue > NO_QUEUE) this.#gain = 1
    else this.#speedUp(round, now)
    if (!this.#starting)
      this.#limit = now < this.#heldUntil ? FOUND * this.#ceiling : MOST_GROWTH * this.#bandwidth
    if (this.#bandwidth >= this.#peak.rate || now - this.#peak.at > CAPACITY_TIME)
      this.#peak = { rate: this.#bandwidth, at: now }
  }

  #newRound(startedAt: number, now: number): Round {
    return {
      startedAt,
      delivered: this.#delivered,
      frames: 0,
      leastQueue: Number.POSITIVE_INFINITY,
      bestRate: 0,
      isBusy: false,
      firstAt: now,
      spacedBytes: 0,
    }
  }

  #slowDown({ bestRate, firstAt, spacedBytes }: Round, now: number): void {
    const spacing = now - firstAt
    const spaced = spacing < LEAST_SPACING ? Number.POSITIVE_INFINITY : (spacedBytes * 8_000) / spacing
    const before = this.#bandwidth
    this.#before ??= before
    this.#bandwidth = Math.max(this.#minRate, Math.min(before, Math.max(bestRate, spaced)))
    if (this.#bandwidth < COLLAPSE * before) this.#collapsedAt = now
    if (this.#bandwidth > FOUND * this.#ceiling || this.#bandwidth < this.#ceiling / FOUND)
      this.#hold = HOLD_TIME
    else if (this.#gain > 1) this.#hold = Math.min(LONGEST_HOLD, 2 * this.#hold)
    this.#ceiling = this.#bandwidth
    this.#heldUntil = now + this.#hold
    this.#starting = false
    this.#gain = DRAIN_GAIN
  }

  #watchWay(message: Sent, now: number): void {
    const shortest = this.#shortest.trip
    if (!shortest) return
    // At the rate from before the delay: a low one would explain it by the size of the message.
    const own = (Math.max(0, message.bytes - shortest.bytes) * 8_000) / (this.#before ?? this.#bandwidth)
    const late = now - message.at - shortest.time - own
    if (late >= STANDING_QUEUE) this.#longerWay.add(message.at, now, this.#delivered, late)
    else {
      this.#longerWay.reset()
      this.#before = undefined
    }
  }

  /** What looked like a queue was a longer way: nothing is to be drained, and what was taken back for it is given again. */
  #goOn(since: number, now: number): void {
    this.#shortest.forgetBefore(since)
    this.#longerWay.reset()
    this.#bandwidth = Math.min(this.#maxRate, Math.max(this.#bandwidth, this.#before ?? 0))
    this.#before = undefined
    this.#heldUntil = Number.NEGATIVE_INFINITY
    this.#collapsedAt = Number.NEGATIVE_INFINITY
    this.#gain = 1
    this.#round = this.#newRound(now, now)
  }

  #speedUp({ isBusy }: Round, now: number): void {
    this.#gain = this.#starting ? START_GAIN : now >= this.#heldUntil ? PROBE_GAIN : 1
    // A still picture never shows what the link takes. If it began badly (a page that was busy loading answered late),
    // it is taken step by step for what any unknown one is taken for.
    if (!isBusy)
      this.#bandwidth = Math.max(this.#bandwidth, Math.min(this.#startRate, this.#gain * this.#bandwidth))
  }
}
