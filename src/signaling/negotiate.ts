import { VIDEO_CODECS, type VideoCodec } from '../common/codec.js'
import { SignalingError } from '../common/errors.js'
import { readH264Profile } from './h264-profile.js'
import {
  type ApplicationSection,
  type CarrierSection,
  isCarrier,
  type Offer,
  type VideoSection,
} from './offer.js'
import type { OfferedCodec } from './offered-video.js'
import { asInteger } from './sdp-text.js'
import type { TransportParameters } from './transport-parameters.js'

/** The header extensions that we know how to write. */
export const EXTENSION_URIS = {
  playoutDelay: 'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay',
  transportCc: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
} as const
export type ExtensionName = keyof typeof EXTENSION_URIS

/** Id (1..14) of each negotiated header extension (RFC 8285, one-byte headers). */
export type NegotiatedExtensions = { readonly [Name in ExtensionName]?: number }

/** The RTCP feedback that we act on, as it is written in a=rtcp-fb. */
export const FEEDBACK_LINES = {
  nack: 'nack',
  nackPli: 'nack pli',
  ccmFir: 'ccm fir',
  googRemb: 'goog-remb',
  transportCc: 'transport-cc',
} as const
export type FeedbackName = keyof typeof FEEDBACK_LINES

/** A section of the answer that is not rejected. A carrier is there for its transport only. */
export type AcceptedSection = VideoSection | ApplicationSection | CarrierSection

/** What offer and server agree on. */
export interface Negotiated {
  readonly codec: VideoCodec
  /** 0..127. */
  readonly payloadType: number
  /** Hz; 90000 for every video codec. */
  readonly clockRate: 90000
  /** What a=fmtp says for the payload type in the answer; undefined for none. */
  readonly fmtp?: string
  /** H.264 only: six lower-case hex digits, as offered. Undefined when the offer gave none. */
  readonly profileLevelId?: string
  /** Most macroblocks in a frame that the receiver says it takes (VP8 max-fs, RFC 7741 §6.1). */
  readonly maxFrameSize?: number
  /** Most frames a second that the receiver says it takes (VP8 max-fr, RFC 7741 §6.1). */
  readonly maxFrameRate?: number
  /** Retransmission on its own SSRC (RFC 4588); undefined when not offered. */
  readonly rtx?: { readonly payloadType: number }
  readonly extensions: NegotiatedExtensions
  /** Which kinds of feedback the receiver offered to send for the codec. */
  readonly feedback: Readonly<Record<FeedbackName, boolean>>
  /** The m-line that the video goes out on. */
  readonly video: VideoSection
  /** The data channel's m-line, when there is one on the same transport. */
  readonly application?: ApplicationSection
  /**
   * The sections that the answer accepts. The first one's transport is that of all (RFC 9143 §7.3.1): the
   * one that the offer's BUNDLE group names first, or when that is rejected, the next.
   */
  readonly accepted: readonly AcceptedSection[]
  /** The peer's ICE and DTLS parameters for the one transport of all that is accepted. */
  readonly transport: TransportParameters
}

/**
 * Picks the codec (best of `preferences` first), its payload types, the extensions and the m-lines.
 * Throws `SignalingError` (406) when there is no common codec; the message lists both sides.
 */
export function negotiate(offer: Offer, preferences: readonly VideoCodec[] = VIDEO_CODECS): Negotiated {
  for (const codec of preferences)
    for (const video of offer.videos) {
      const offered = pick(codec, video)
      if (offered) return agree(offer, video, codec, offered)
    }
  const names = new Set(offer.videos.flatMap(({ codecs }) => codecs.map(describe)))
  throw new SignalingError(
    406,
    `no common video codec: offered ${[...names].slice(0, 20).join(', ') || 'none'}; ` +
      `can send ${preferences.map((codec) => CAN_SEND[codec]).join(', ') || 'none'}`,
  )
}

const CAN_SEND: Readonly<Record<VideoCodec, string>> = {
  h264: 'H264 (Constrained Baseline, packetization-mode=1)',
  vp8: 'VP8',
}

function describe({ name, parameters }: OfferedCodec): string {
  if (name !== 'h264') return name.toUpperCase().slice(0, 20)
  const mode = parameters.get('packetization-mode') ?? '0'
  return `H264 (${parameters.get('profile-level-id') ?? 'no profile'}, mode ${mode})`.slice(0, 40)
}

function pick(codec: VideoCodec, { codecs }: VideoSection): OfferedCodec | undefined {
  const usable = codecs.filter((offered) => offered.name === codec && isUsable(offered))
  if (codec === 'vp8') return usable[0]
  let best: { offered: OfferedCodec; distance: number } | undefined
  for (const offered of usable) {
    // Mode 0 knows no fragmentation units, so a frame would have to fit in one packet (RFC 6184 §6.2).
    if (offered.parameters.get('packetization-mode') !== '1') continue
    const profile = readH264Profile(offered.parameters.get('profile-level-id'))
    if (profile && (!best || profile.distance < best.distance)) best = { offered, distance: profile.distance }
  }
  return best?.offered
}

/** RFC 5761 §4: with RTCP on the same port, payload types 64..95 look like RTCP packet types. */
function isUsable({ payloadType, clockRate }: OfferedCodec): boolean {
  return clockRate === 90000 && (payloadType < 64 || payloadType > 95)
}

function agree(offer: Offer, video: VideoSection, codec: VideoCodec, offered: OfferedCodec): Negotiated {
  const feedback = {
    nack: offered.feedback.has('nack'),
    nackPli: offered.feedback.has('nack pli'),
    ccmFir: offered.feedback.has('ccm fir'),
    googRemb: offered.feedback.has('goog-remb'),
    transportCc: offered.feedback.has('transport-cc'),
  }
  const extensions = pickExtensions(video, feedback.transportCc)
  const bundled = sectionsOfBundle(offer, video)
  const application = bundled.find((section) => section.use === 'application')
  const carrier = bundled.find((section) => section.use === 'none')
  const accepted = bundled.filter((section) => [video, application, carrier].includes(section))
  const rtx = video.codecs.find(
    (other) =>
      other.name === 'rtx' && isUsable(other) && other.parameters.get('apt') === String(offered.payloadType),
  )
  return {
    codec,
    payloadType: offered.payloadType,
    clockRate: 90000,
    ...(codec === 'h264' ? h264Format(offered) : vp8Limits(offered)),
    // Without NACK nobody would ever ask for a retransmission.
    ...(rtx && feedback.nack && { rtx: { payloadType: rtx.payloadType } }),
    extensions,
    // Transport-wide feedback refers to the numbers in the extension: one without the other is of no use.
    feedback: { ...feedback, transportCc: extensions.transportCc !== undefined },
    video,
    ...(application && { application }),
    accepted,
    transport: transportOf(accepted[0] ?? video),
  }
}

/** What could go over the transport of `video`, in the order in which the BUNDLE group names it. */
function sectionsOfBundle(offer: Offer, video: VideoSection): AcceptedSection[] {
  if (video.bundle === undefined) return [video]
  return offer.sections
    .filter((section) => section.bundle?.group === video.bundle?.group)
    .filter((section) => section.use !== 'none' || isCarrier(section))
    .sort((a, b) => (a.bundle?.position ?? 0) - (b.bundle?.position ?? 0))
}

function transportOf(section: AcceptedSection): TransportParameters {
  return section.use === 'none' ? section.carrier.transport : section.transport
}

function pickExtensions(video: VideoSection, transportCc: boolean): NegotiatedExtensions {
  const idOf = (name: ExtensionName) =>
    video.extensions.find((extension) => extension.uri === EXTENSION_URIS[name])?.id
  const playoutDelay = idOf('playoutDelay')
  const sequence = transportCc ? idOf('transportCc') : undefined
  // A one-byte header element holds at most 16 bytes.
  const mid = video.mid !== undefined && video.mid.length <= 16 ? idOf('mid') : undefined
  return {
    ...(playoutDelay !== undefined && { playoutDelay }),
    ...(sequence !== undefined && { transportCc: sequence }),
    ...(mid !== undefined && { mid }),
  }
}

/**
 * RFC 6184 §8.2.2: profile and packetization-mode have to be the same on both sides, so the answer repeats
 * them. The level is repeated too: browsers do not hold a sender to it, and another one than offered
 * would need level-asymmetry-allowed.
 */
function h264Format({ parameters }: OfferedCodec): Pick<Negotiated, 'fmtp' | 'profileLevelId'> {
  const text = parameters.get('profile-level-id')
  const profile = text === undefined ? undefined : readH264Profile(text)
  const fmtp = ['packetization-mode=1']
  if (profile) fmtp.push(`profile-level-id=${profile.profileLevelId}`)
  if (parameters.get('level-asymmetry-allowed') === '1') fmtp.unshift('level-asymmetry-allowed=1')
  return { fmtp: fmtp.join(';'), ...(profile && { profileLevelId: profile.profileLevelId }) }
}

function vp8Limits({ parameters }: OfferedCodec): Pick<Negotiated, 'maxFrameSize' | 'maxFrameRate'> {
  const maxFrameSize = asInteger(parameters.get('max-fs'), 1, 0xffffffff)
  const maxFrameRate = asInteger(parameters.get('max-fr'), 1, 0xffffffff)
  return {
    ...(maxFrameSize !== undefined && { maxFrameSize }),
    ...(maxFrameRate !== undefined && { maxFrameRate }),
  }
}
