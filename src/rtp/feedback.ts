import { parseRtcp } from './rtcp/parse.js'
import type { FullIntraRequest, TransportFeedback } from './rtcp/types.js'
import type { Retransmission, RtpStream } from './stream.js'

/** What one RTCP packet from a viewer asks for. */
export interface Feedback {
  /** A PLI, or a FIR that was not seen before. */
  readonly keyframeRequested: boolean
  /** For the pacer, then `RtpStream.retransmit`. */
  readonly retransmissions: readonly Retransmission[]
  /** For the bandwidth estimator, in order of arrival. */
  readonly transportFeedback: readonly TransportFeedback[]
  /** Bits per second, when the receiver estimates (REMB). */
  readonly receiverEstimate: number | undefined
  /** The receiver said goodbye. */
  readonly bye: boolean
}

/** Takes the RTCP that comes back from the receiver of one stream. */
export class FeedbackHandler {
  readonly #stream: RtpStream
  /** RFC 5104 §4.3.1.2: the request seen last; repeating its number repeats the request. */
  #lastIntraRequest: { readonly sender: number; readonly sequenceNumber: number } | undefined

  constructor(stream: RtpStream) {
    this.#stream = stream
  }

  /**
   * Receiver reports and NACKs go to the stream; the rest is for the caller. Never throws, whatever the
   * bytes are; feedback about other SSRCs is ignored.
   */
  receive(data: Uint8Array, now: number): Feedback {
    const stream = this.#stream
    const retransmissions: Retransmission[] = []
    const transportFeedback: TransportFeedback[] = []
    let keyframeRequested = false
    let receiverEstimate: number | undefined
    let bye = false
    for (const packet of parseRtcp(data)) {
      switch (packet.type) {
        case 'sender-report':
        case 'receiver-report':
          for (const block of packet.reports) stream.onReport(block, now)
          break
        case 'nack':
          if (packet.mediaSsrc === stream.ssrc)
            retransmissions.push(...stream.onNack(packet.sequenceNumbers, now))
          break
        case 'transport-feedback':
          transportFeedback.push(packet)
          break
        case 'pli':
          if (packet.mediaSsrc === stream.ssrc) keyframeRequested = true
          break
        case 'fir':
          if (this.#isNewIntraRequest(packet)) keyframeRequested = true
          break
        case 'remb':
          if (packet.ssrcs.includes(stream.ssrc)) receiverEstimate = packet.bitrate
          break
        case 'bye':
          bye = true
          break
      }
    }
    return { keyframeRequested, retransmissions, transportFeedback, receiverEstimate, bye }
  }

  #isNewIntraRequest({ senderSsrc, requests }: FullIntraRequest): boolean {
    const last = this.#lastIntraRequest
    const request = requests.findLast(({ ssrc }) => ssrc === this.#stream.ssrc)
    if (!request) return false
    this.#lastIntraRequest = { sender: senderSsrc, sequenceNumber: request.sequenceNumber }
    return last?.sender !== senderSsrc || last.sequenceNumber !== request.sequenceNumber
  }
}
