import { randomInt } from 'node:crypto'
import type { VideoCodec } from '../common/codec.js'
import type { LocalEndpoint } from './local-description.js'
import { EXTENSION_URIS, FEEDBACK_LINES } from './negotiate.js'
import { joinLines } from './sdp-text.js'
import { simulcastLines } from './simulcast.js'

/** One codec that a publisher offers. */
export interface PublishedCodec {
  readonly codec: VideoCodec
  /** 0..127. */
  readonly payloadType: number
  /** Of its retransmissions (RFC 4588). */
  readonly rtxPayloadType: number
  /** What a=fmtp says; undefined for none. */
  readonly fmtp?: string
}

/** The mid of the only section. */
export const PUBLISH_MID = '0'

/** Constrained Baseline, level 3.1: what every engine and every browser behind it takes. */
const PUBLISHED: Readonly<Record<VideoCodec, PublishedCodec>> = {
  h264: {
    codec: 'h264',
    payloadType: 96,
    rtxPayloadType: 97,
    fmtp: 'level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  },
  vp8: { codec: 'vp8', payloadType: 98, rtxPayloadType: 99 },
}

/** The header extensions that we know how to write when we publish; the last two are for rungs (RFC 8852). */
export const PUBLISHED_URIS = {
  ...EXTENSION_URIS,
  rid: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  repairedRid: 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
} as const
export type PublishedExtensionName = keyof typeof PUBLISHED_URIS

/** Ids of the header extensions that are offered. */
export const PUBLISHED_EXTENSIONS: Readonly<Record<PublishedExtensionName, number>> = {
  mid: 1,
  transportCc: 2,
  playoutDelay: 3,
  rid: 4,
  repairedRid: 5,
}
const FOR_RUNGS: readonly string[] = ['rid', 'repairedRid']

/** What is offered of each of these codecs, best first. */
export function publishedCodecs(codecs: readonly VideoCodec[]): PublishedCodec[] {
  return codecs.map((codec) => PUBLISHED[codec])
}

export interface PublishOfferParameters {
  /** Best first, at least one. */
  readonly codecs: readonly PublishedCodec[]
  readonly local: LocalEndpoint
  /** Of the rungs, the largest first. Empty: one stream, of `source`. */
  readonly rids: readonly string[]
  readonly source: { readonly ssrc: number; readonly rtxSsrc: number }
  readonly cname: string
  /** Ids of the MediaStream and its track: tokens. */
  readonly streamId: string
  readonly trackId: string
}

/**
 * Writes the offer that is posted to a WHIP endpoint (RFC 9725 §4.2): one video section that sends. It has no
 * candidates, which RFC 9725 §4.3.1 allows: with them the engine's DTLS ClientHello could arrive before its answer has
 * been applied here, and the handshake would fail ("unknown CA", 1 to 2 in 40). Without them it only answers our checks,
 * and those begin with the answer.
 *
 * With rungs it names no SSRCs, as browsers do not either (RFC 8853 §5.1): who takes them learns which is which by the
 * rid in the packets, and who takes only one stream gets one, which its mid assigns.
 */
export function buildPublishOffer(parameters: PublishOfferParameters): string {
  const { codecs, local, rids, streamId, trackId } = parameters
  const formats = codecs.flatMap(({ payloadType, rtxPayloadType }) => [payloadType, rtxPayloadType])
  return joinLines([
    'v=0',
    `o=- ${randomInt(1, 2 ** 47)} 1 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    `a=group:BUNDLE ${PUBLISH_MID}`,
    'a=extmap-allow-mixed',
    `a=msid-semantic: WMS ${streamId}`,
    `m=video 9 UDP/TLS/RTP/SAVPF ${formats.join(' ')}`,
    'c=IN IP4 0.0.0.0',
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=ice-ufrag:${local.iceUfrag}`,
    `a=ice-pwd:${local.icePwd}`,
    'a=ice-options:trickle',
    `a=fingerprint:${local.fingerprint.algorithm} ${local.fingerprint.value}`,
    'a=setup:actpass',
    `a=mid:${PUBLISH_MID}`,
    ...extensionLines(rids.length > 0),
    'a=sendonly',
    `a=msid:${streamId} ${trackId}`,
    'a=rtcp-mux',
    'a=rtcp-rsize',
    ...codecs.flatMap(codecLines),
    ...(rids.length > 0 ? simulcastLines(rids) : sourceLines(parameters)),
  ])
}

function sourceLines({ source, cname, streamId, trackId }: PublishOfferParameters): string[] {
  const { ssrc, rtxSsrc } = source
  return [
    `a=ssrc-group:FID ${ssrc} ${rtxSsrc}`,
    ...[ssrc, rtxSsrc].flatMap((id) => [
      `a=ssrc:${id} cname:${cname}`,
      `a=ssrc:${id} msid:${streamId} ${trackId}`,
    ]),
  ]
}

function extensionLines(hasRungs: boolean): string[] {
  return (Object.keys(PUBLISHED_EXTENSIONS) as PublishedExtensionName[])
    .filter((name) => hasRungs || !FOR_RUNGS.includes(name))
    .map((name) => `a=extmap:${PUBLISHED_EXTENSIONS[name]} ${PUBLISHED_URIS[name]}`)
}

function codecLines({ codec, payloadType, rtxPayloadType, fmtp }: PublishedCodec): string[] {
  return [
    `a=rtpmap:${payloadType} ${codec.toUpperCase()}/90000`,
    ...Object.values(FEEDBACK_LINES).map((feedback) => `a=rtcp-fb:${payloadType} ${feedback}`),
    ...(fmtp === undefined ? [] : [`a=fmtp:${payloadType} ${fmtp}`]),
    `a=rtpmap:${rtxPayloadType} rtx/90000`,
    `a=fmtp:${rtxPayloadType} apt=${payloadType}`,
  ]
}
