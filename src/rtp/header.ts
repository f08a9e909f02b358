import { OptionError, show } from '../common/errors.js'
import { HEADROOM } from './packet-buffer.js'

/** Ids of the header extensions that signaling agreed on (1..255); what is absent is not sent. */
export interface HeaderExtensionIds {
  /** http://www.webrtc.org/experiments/rtp-hdrext/playout-delay */
  readonly playoutDelay?: number
  /** http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01 */
  readonly transportCc?: number
  /** urn:ietf:params:rtp-hdrext:sdes:mid */
  readonly mid?: number
  /** urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id */
  readonly rid?: number
  /** urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id: what retransmissions have in its place */
  readonly repairedRid?: number
}

/** How long the receiver may hold a frame back, ms: 0..40950, sent in steps of 10. */
export interface PlayoutDelay {
  readonly min: number
  readonly max: number
}

export interface HeaderOptions {
  readonly ssrc: number
  /** 0..127 */
  readonly payloadType: number
  readonly extensions: HeaderExtensionIds
  /** Needed for the playout delay to be sent. */
  readonly playoutDelay?: PlayoutDelay
  /** Needed for the MID to be sent; one of more than 16 bytes is not (the SSRC says as much). */
  readonly mid?: string
  /** Needed for the stream's id among those of its section to be sent (RFC 8852), 1..16 bytes. */
  readonly rid?: string
  /** The two bytes of RFC 4588's original sequence number are part of the header. */
  readonly rtx?: boolean
}

const FIXED_SIZE = 12
const VERSION = 2 << 6
const HAS_EXTENSION = 1 << 4
const MARKER = 1 << 7
/** RFC 8285 §4.2 and §4.3: the profile says which form the elements have. */
const ONE_BYTE_PROFILE = 0xbede
const TWO_BYTE_PROFILE = 0x1000
const LARGEST_ONE_BYTE_ID = 14
/** Longest element of the one-byte form, and longest MID the header budget has room for. */
const LARGEST_ELEMENT = 16
const PLAYOUT_DELAY_STEP = 10
const PLAYOUT_DELAY_LARGEST = 0xfff

interface Element {
  readonly id: number
  readonly data: Uint8Array
}

/**
 * The RTP header of one SSRC (RFC 3550 §5.1) with its extensions, laid out once; a packet costs the copy
 * and the four fields that change.
 */
export class HeaderTemplate {
  /** Bytes of the header, RTX's original sequence number included. */
  readonly length: number
  readonly #bytes: Uint8Array
  readonly #payloadType: number
  /** Where the transport-wide sequence number goes, or 0. */
  readonly #transportCcAt: number
  readonly #rtx: boolean

  /** @throws {OptionError} for ids, payload types and delays out of range. */
  constructor(options: HeaderOptions) {
    const { ssrc, payloadType } = options
    if (!Number.isInteger(payloadType) || payloadType < 0 || payloadType > 127)
      throw new OptionError({
        field: 'payloadType',
        expected: 'an integer 0..127',
        actual: show(payloadType),
      })
    this.#payloadType = payloadType
    this.#rtx = options.rtx === true
    const { bytes, transportCcAt } = layOutExtensions(options)
    this.length = FIXED_SIZE + bytes.length + (this.#rtx ? 2 : 0)
    this.#transportCcAt = transportCcAt && FIXED_SIZE + transportCcAt
    this.#bytes = new Uint8Array(this.length)
    this.#bytes[0] = VERSION | (bytes.length > 0 ? HAS_EXTENSION : 0)
    new DataView(this.#bytes.buffer).setUint32(8, ssrc)
    this.#bytes.set(bytes, FIXED_SIZE)
  }

  get hasTransportCc(): boolean {
    return this.#transportCcAt > 0
  }

  /**
   * Writes the header into the headroom of `packet` and returns the packet as it goes out, a view.
   * `transportSequenceNumber` and `originalSequenceNumber` are ignored by a template without their field.
   */
  write(
    packet: Buffer,
    marker: boolean,
    sequenceNumber: number,
    timestamp: number,
    transportSequenceNumber: number,
    originalSequenceNumber: number,
  ): Buffer {
    const bytes = this.#bytes
    const start = HEADROOM - this.length
    // A loop, since a call of `set` costs more than these 12 to 46 bytes.
    for (let i = 0; i < bytes.length; i++) packet[start + i] = bytes[i]!
    packet[start + 1] = marker ? this.#payloadType | MARKER : this.#payloadType
    packet[start + 2] = sequenceNumber >> 8
    packet[start + 3] = sequenceNumber
    packet[start + 4] = timestamp >>> 24
    packet[start + 5] = timestamp >>> 16
    packet[start + 6] = timestamp >>> 8
    packet[start + 7] = timestamp
    if (this.#transportCcAt > 0) {
      packet[start + this.#transportCcAt] = transportSequenceNumber >> 8
      packet[start + this.#transportCcAt + 1] = transportSequenceNumber
    }
    if (this.#rtx) {
      packet[HEADROOM - 2] = originalSequenceNumber >> 8
      packet[HEADROOM - 1] = originalSequenceNumber
    }
    return packet.subarray(start)
  }
}

function layOutExtensions(options: HeaderOptions): { bytes: Uint8Array; transportCcAt: number } {
  const { extensions, playoutDelay, mid, rid, rtx } = options
  const elements: Element[] = []
  if (extensions.transportCc !== undefined)
    elements.push({ id: extensions.transportCc, data: new Uint8Array(2) })
  if (extensions.playoutDelay !== undefined && playoutDelay)
    elements.push({ id: extensions.playoutDelay, data: encodePlayoutDelay(playoutDelay) })
  const texts = [
    { id: extensions.mid, text: mid },
    { id: rtx ? extensions.repairedRid : extensions.rid, text: rid },
  ]
  for (const { id, text } of texts) {
    if (id === undefined || text === undefined) continue
    const data = new TextEncoder().encode(text)
    if (data.length > 0 && data.length <= LARGEST_ELEMENT) elements.push({ id, data })
  }
  if (elements.length === 0) return { bytes: new Uint8Array(0), transportCcAt: 0 }
  checkIds(elements)

  const oneByte = elements.every(({ id }) => id <= LARGEST_ONE_BYTE_ID)
  const prefix = oneByte ? 1 : 2
  const size = elements.reduce((sum, { data }) => sum + prefix + data.length, 0)
  const words = Math.ceil(size / 4)
  const bytes = new Uint8Array(4 + words * 4) // padded with zeros
  const view = new DataView(bytes.buffer)
  view.setUint16(0, oneByte ? ONE_BYTE_PROFILE : TWO_BYTE_PROFILE)
  view.setUint16(2, words)
  let at = 4
  let transportCcAt = 0
  for (const { id, data } of elements) {
    if (oneByte) bytes[at] = (id << 4) | (data.length - 1)
    else bytes.set([id, data.length], at)
    at += prefix
    if (id === extensions.transportCc) transportCcAt = at
    bytes.set(data, at)
    at += data.length
  }
  return { bytes, transportCcAt }
}

function checkIds(elements: readonly Element[]): void {
  const seen = new Set<number>()
  for (const { id } of elements) {
    if (!Number.isInteger(id) || id < 1 || id > 255 || seen.has(id))
      throw new OptionError({ field: 'extensions', expected: 'distinct ids 1..255', actual: show(id) })
    seen.add(id)
  }
}

/** Twelve bits each, in units of 10 ms. */
function encodePlayoutDelay({ min, max }: PlayoutDelay): Uint8Array {
  const low = Math.round(min / PLAYOUT_DELAY_STEP)
  const high = Math.round(max / PLAYOUT_DELAY_STEP)
  if (!(low >= 0 && low <= high && high <= PLAYOUT_DELAY_LARGEST))
    throw new OptionError({
      field: 'playoutDelay',
      expected: '0 <= min <= max <= 40950 ms',
      actual: `${show(min)}..${show(max)}`,
    })
  return Uint8Array.of(low >> 4, ((low & 0xf) << 4) | (high >> 8), high & 0xff)
}
