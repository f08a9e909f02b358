import { randomInt } from 'node:crypto'
import { OptionError, show } from '../common/errors.js'
import { rtpTimestamp, ticksToRtp, toNtp, toTicks, wallClockOffset } from './clock.js'
import { type HeaderExtensionIds, HeaderTemplate, type PlayoutDelay } from './header.js'
import { PacketHistory } from './history.js'
import { HEADROOM } from './packet-buffer.js'
import type { PacketizedFrame } from './packetizer.js'
import { type Reception, ReceptionMonitor } from './reception.js'
import type { ReportBlock } from './rtcp/types.js'
import { writeBye, writeSenderReport, writeSourceDescription } from './rtcp/write.js'
import { type SentPackets, TransportLog } from './transport-log.js'

export interface RtpStreamOptions {
  readonly ssrc: number
  /** 0..127 */
  readonly payloadType: number
  /** When negotiated, retransmissions go here (RFC 4588); else they repeat the packet as it was. */
  readonly rtx?: {
    readonly ssrc: number
    readonly payloadType: number
    readonly firstSequenceNumber?: number
  }
  /** RTP time of monotonic time 0, 0..2^32-1. */
  readonly clockOffset: number
  /** 0..32767, so that SRTP's rollover counter is in step on both sides (RFC 3711 §3.3.1). Default: random. */
  readonly firstSequenceNumber?: number
  /** Of the media section; at most 16 bytes, a longer one is not sent. */
  readonly mid?: string
  /** Which of the section's streams it is (RFC 8851), when there are several. */
  readonly rid?: string
  readonly extensions?: HeaderExtensionIds
  /** Default 0..100 ms: with a maximum above 0 the browser renders at once without skipping frames. */
  readonly playoutDelay?: PlayoutDelay
  /** RFC 3550 §6.5.1, at most 255 bytes. */
  readonly cname: string
  /**
   * Takes a packet, which is a view of shared memory and must be copied or sent on return. When it
   * returns `false` the packet counts as not sent, anything else is as good as `true`. Must not throw.
   */
  readonly out: (packet: Buffer) => unknown
  /** Added to the monotonic clock it makes the wall clock of sender reports, ms. Default: this machine's. */
  readonly wallClockOffset?: number
  /** Numbers the packets of all streams that go the same way. Default: one of its own. */
  readonly log?: TransportLog
}

/** A packet to be sent again, for a pacer to hold until its turn. */
export interface Retransmission {
  readonly frame: PacketizedFrame
  readonly index: number
  /** The sequence number and RTP time it was first sent with. */
  readonly sequenceNumber: number
  readonly timestamp: number
}

/** Counts since the stream began. */
export interface RtpStreamStats {
  /** First sendings only. */
  readonly packetsSent: number
  /** RTP bytes, headers and retransmissions included. */
  readonly bytesSent: number
  /** Frames whose last packet was sent. */
  readonly framesSent: number
  readonly packetsRetransmitted: number
  /** Sent for probes alone. */
  readonly paddingPackets: number
  /** Sequence numbers asked for that are too old, or were never sent. */
  readonly nackedNotFound: number
  /** Packets that `out` refused. */
  readonly packetsRefused: number
}

const DEFAULT_PLAYOUT_DELAY: PlayoutDelay = { min: 0, max: 100 }
const LARGEST_FIRST_SEQUENCE_NUMBER = 0x7fff

/** libsrtp forgets packets more than 1,024 back, and to send one of those is an error: stay clear of it. */
const LARGEST_SAME_SSRC_AGE = 1000

/** Of so many packets the largest is sent as padding: the last of a frame may be a few bytes long. */
const PADDING_CHOICE = 8

/**
 * A packet is not repeated again within a round trip (libwebrtc: RtpPacketHistory::VerifyRtt), nor within
 * this many ms: receivers look for what is missing every 20 ms (NackRequester::kUpdateInterval), and a
 * little less lets their second request through when it comes early.
 */
const SHORTEST_RESEND_INTERVAL = 15

/**
 * One viewer's RTP stream: gives shared packets this viewer's header, numbers and remembers them, answers
 * NACKs, and reports. Knows nothing of sockets: packets leave through `out`, time comes in as `now` (ms
 * on the monotonic clock). Sequence numbers are given when a packet is sent, so what a pacer drops leaves
 * no gap; the viewer then does not know of the loss and must be given a keyframe.
 */
export class RtpStream {
  readonly ssrc: number
  readonly rtxSsrc: number | undefined
  readonly #options: RtpStreamOptions
  #media: HeaderTemplate
  #rtx: HeaderTemplate | undefined
  readonly #wallClockOffset: number
  readonly #history = new PacketHistory()
  readonly #log: TransportLog
  readonly #monitor = new ReceptionMonitor()
  #sequenceNumber: number
  #rtxSequenceNumber: number
  /** Of frames that may still be sent, in ticks of 90 kHz. */
  readonly #times = new WeakMap<PacketizedFrame, number>()
  #lastTime = Number.NEGATIVE_INFINITY
  /** For sender reports, which count the media SSRC alone. */
  #reportedPackets = 0
  #reportedOctets = 0
  readonly #stats = {
    packetsSent: 0,
    bytesSent: 0,
    framesSent: 0,
    packetsRetransmitted: 0,
    paddingPackets: 0,
    nackedNotFound: 0,
    packetsRefused: 0,
  }

  /** @throws {OptionError} for a payload type, extension id, delay or sequence number out of range. */
  constructor(options: RtpStreamOptions) {
    const { rtx, playoutDelay = DEFAULT_PLAYOUT_DELAY } = options
    this.#options = options
    this.ssrc = options.ssrc
    this.rtxSsrc = rtx?.ssrc
    const { media, rtx: again } = headersFor(options, playoutDelay)
    this.#media = media
    this.#rtx = again
    this.#sequenceNumber = firstSequenceNumber('firstSequenceNumber', options.firstSequenceNumber)
    this.#rtxSequenceNumber = firstSequenceNumber('rtx.firstSequenceNumber', rtx?.firstSequenceNumber)
    this.#wallClockOffset = options.wallClockOffset ?? wallClockOffset()
    this.#log = options.log ?? new TransportLog()
  }

  /** From the next packet on; nothing happens when the extension was not negotiated. */
  setPlayoutDelay(playoutDelay: PlayoutDelay): void {
    const { media, rtx } = headersFor(this.#options, playoutDelay)
    this.#media = media
    this.#rtx = rtx
  }

  get stats(): RtpStreamStats {
    return { ...this.#stats }
  }

  /** What the receiver reports said last; undefined before the first. */
  get reception(): Reception | undefined {
    return this.#monitor.reception
  }

  /** Send times and sizes by transport-wide sequence number, for a bandwidth estimator. */
  get sentPackets(): SentPackets {
    return this.#log
  }

  /** Sends packet `index` of a frame now. @returns false when the transport refused it. */
  sendPacket(frame: PacketizedFrame, index: number, now: number): boolean {
    const packet = frame.packets[index]
    if (packet === undefined) return false
    const last = index === frame.packets.length - 1
    const sequenceNumber = this.#sequenceNumber
    this.#sequenceNumber = (sequenceNumber + 1) & 0xffff
    const timestamp = ticksToRtp(this.timeOf(frame), this.#options.clockOffset)
    this.#history.push(sequenceNumber, frame, index, timestamp, now)
    this.#stats.packetsSent++
    if (last) this.#stats.framesSent++
    return this.#sendMedia(packet, last, sequenceNumber, timestamp, now)
  }

  /**
   * The time of a frame in this stream, ticks of 90 kHz; its RTP time is made of it. Settled when it is
   * asked for first, in the order of sending.
   *
   * When a viewer changes to another rung, the picture that it has seen last may come once more, from the
   * other encoder. Two frames of one RTP time would be taken for one, so the second counts as a tick later.
   */
  timeOf(frame: PacketizedFrame): number {
    let time = this.#times.get(frame)
    if (time === undefined) {
      time = Math.max(this.#lastTime + 1, toTicks(frame.captureTime))
      this.#lastTime = time
      this.#times.set(frame, time)
    }
    return time
  }

  /**
   * Looks up packets a receiver misses. Those that are too old, unknown, or repeated just now are left
   * out; each of the rest must go to `retransmit` soon.
   */
  onNack(sequenceNumbers: Iterable<number>, now: number): Retransmission[] {
    const interval = Math.max(SHORTEST_RESEND_INTERVAL, this.reception?.roundTripTime ?? 0)
    const retransmissions: Retransmission[] = []
    for (const sequenceNumber of sequenceNumbers) {
      const entry = this.#history.get(sequenceNumber)
      if (!entry || !this.#mayRetransmit(sequenceNumber)) {
        this.#stats.nackedNotFound++
      } else if (now - this.#history.resentAt(sequenceNumber) >= interval) {
        this.#history.markResent(sequenceNumber, now)
        retransmissions.push({ ...entry, sequenceNumber })
      }
    }
    return retransmissions
  }

  /** Sends a packet again now. @returns false when it has become too old or the transport refused it. */
  retransmit(retransmission: Retransmission, now: number): boolean {
    const { frame, index, sequenceNumber } = retransmission
    if (frame.packets[index] === undefined || !this.#mayRetransmit(sequenceNumber)) return false
    this.#stats.packetsRetransmitted++
    return this.#resend(retransmission, now)
  }

  #resend({ frame, index, sequenceNumber, timestamp }: Retransmission, now: number): boolean {
    const packet = frame.packets[index]!
    const last = index === frame.packets.length - 1
    if (!this.#rtx) return this.#sendMedia(packet, last, sequenceNumber, timestamp, now)
    const rtxSequenceNumber = this.#rtxSequenceNumber
    this.#rtxSequenceNumber = (rtxSequenceNumber + 1) & 0xffff
    return this.#send(this.#rtx, packet, last, rtxSequenceNumber, timestamp, sequenceNumber, now)
  }

  /**
   * Sends something that the receiver has already, so that a probe has packets to measure: the largest of
   * the last ones, by RTX, which any receiver recognises as a repetition (libwebrtc probes in the same
   * way: RTPSender::GeneratePadding). Without RTX a repetition would be refused as a replay (RFC 3711
   * §3.3.2) and never be reported.
   * @returns its bytes; 0 when there is nothing to send, or the transport refused it
   */
  sendPadding(now: number): number {
    if (!this.#rtx) return 0
    let best: Retransmission | undefined
    let size = 0
    for (const sequenceNumber of this.#history.newest(PADDING_CHOICE)) {
      const entry = this.#history.get(sequenceNumber)
      const length = entry?.frame.packets[entry.index]?.length ?? 0
      if (!entry || length <= size) continue
      best = { ...entry, sequenceNumber }
      size = length
    }
    if (!best || !this.#resend(best, now)) return 0
    this.#stats.paddingPackets++
    return size
  }

  /** With RTX always: that stream has sequence numbers of its own. */
  #mayRetransmit(sequenceNumber: number): boolean {
    if (this.#rtx) return true
    const age = this.#history.age(sequenceNumber)
    return age !== undefined && age < LARGEST_SAME_SSRC_AGE
  }

  #sendMedia(packet: Buffer, last: boolean, sequenceNumber: number, timestamp: number, now: number) {
    this.#reportedPackets++
    this.#reportedOctets += packet.length - HEADROOM
    return this.#send(this.#media, packet, last, sequenceNumber, timestamp, 0, now)
  }

  #send(
    header: HeaderTemplate,
    packet: Buffer,
    marker: boolean,
    sequenceNumber: number,
    timestamp: number,
    originalSequenceNumber: number,
    now: number,
  ): boolean {
    const size = header.length + packet.length - HEADROOM
    this.#stats.bytesSent += size
    const transportSequenceNumber = header.hasTransportCc ? this.#log.record(size, now) : 0
    const sent = this.#options.out(
      header.write(
        packet,
        marker,
        sequenceNumber,
        timestamp,
        transportSequenceNumber,
        originalSequenceNumber,
      ),
    )
    if (sent !== false) return true
    this.#stats.packetsRefused++
    return false
  }

  /** Takes a receiver report block; those about other SSRCs are ignored. */
  onReport(block: ReportBlock, now: number): void {
    if (block.ssrc === this.ssrc) this.#monitor.onReport(block, toNtp(now + this.#wallClockOffset))
  }

  /** The compound of SR and SDES that is due about once a second, and for the first time with the first frame. */
  senderReport(now: number): Buffer {
    const ntp = toNtp(now + this.#wallClockOffset)
    this.#monitor.onSenderReport(ntp)
    return Buffer.concat([
      writeSenderReport({
        ssrc: this.ssrc,
        ntp,
        rtpTimestamp: rtpTimestamp(now, this.#options.clockOffset),
        packetCount: this.#reportedPackets,
        octetCount: this.#reportedOctets,
      }),
      writeSourceDescription(this.ssrc, this.#options.cname),
    ])
  }

  /** The last packet of a stream: SR, SDES and BYE (RFC 3550 §6.1: a BYE does not go alone). */
  bye(now: number): Buffer {
    const ssrcs = this.rtxSsrc === undefined ? [this.ssrc] : [this.ssrc, this.rtxSsrc]
    return Buffer.concat([this.senderReport(now), writeBye(ssrcs)])
  }
}

function headersFor(options: RtpStreamOptions, playoutDelay: PlayoutDelay) {
  const { rtx, extensions = {}, mid, rid, ssrc, payloadType } = options
  const common = {
    extensions,
    playoutDelay,
    ...(mid !== undefined && { mid }),
    ...(rid !== undefined && { rid }),
  }
  return {
    media: new HeaderTemplate({ ...common, ssrc, payloadType }),
    rtx: rtx && new HeaderTemplate({ ...common, ...rtx, rtx: true }),
  }
}

function firstSequenceNumber(field: string, value: number | undefined): number {
  if (value === undefined) return randomInt(LARGEST_FIRST_SEQUENCE_NUMBER + 1)
  if (Number.isInteger(value) && value >= 0 && value <= LARGEST_FIRST_SEQUENCE_NUMBER) return value
  throw new OptionError({ field, expected: 'an integer 0..32767', actual: show(value) })
}
